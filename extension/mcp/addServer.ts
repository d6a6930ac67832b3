import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { keyOf, writeServer } from './serverConfig.ts';
import type { OfferedServer } from './mcpJson.ts';
import { commandWords, offeredServers } from './vscodeServers.ts';

type Kind = vscode.QuickPickItem & ({ readonly kind_: 'command' | 'address' } | { readonly kind_: 'offered'; readonly server: OfferedServer });

/** Asks for what a server needs and writes it into the person's configuration. Nothing that others configured is taken over unasked. */
export async function addServer(client: Client): Promise<void> {
	const offered = await offeredServers();
	const kinds: readonly Kind[] = [
		{ label: `$(terminal) ${words.mcpAddCommand()}`, detail: words.mcpAddCommandHint(), kind_: 'command' },
		{ label: `$(globe) ${words.mcpAddAddress()}`, detail: words.mcpAddAddressHint(), kind_: 'address' },
		...offered.map(
			(server): Kind => ({
				label: `$(plug) ${server.name}`,
				description: words.mcpFromVscode(server.from),
				detail: server.what,
				kind_: 'offered',
				server,
			}),
		),
	];
	const kind = await vscode.window.showQuickPick(kinds, { title: words.mcpAdd(), matchOnDetail: true });
	if (kind === undefined) return;
	const entry = kind.kind_ === 'offered' ? kind.server.entry : await (kind.kind_ === 'command' ? askCommand() : askAddress());
	if (entry === undefined) return;
	const name = await vscode.window.showInputBox({
		title: words.mcpAdd(),
		prompt: words.mcpName(),
		value: kind.kind_ === 'offered' ? kind.server.name : '',
		validateInput: (value) => (/^[A-Za-z0-9_-]{1,64}$/.test(value.trim()) ? null : words.mcpNameWrong()),
	});
	if (name === undefined) return;
	await writeServer(client, keyOf(name.trim()), entry);
}

async function askCommand(): Promise<object | undefined> {
	const line = await vscode.window.showInputBox({
		title: words.mcpAdd(),
		prompt: words.mcpCommandPrompt(),
		placeHolder: 'npx -y @modelcontextprotocol/server-filesystem /path',
		validateInput: (value) => (commandWords(value).length > 0 ? null : words.mcpCommandPrompt()),
	});
	if (line === undefined) return undefined;
	const [command, ...args] = commandWords(line);
	return { command, ...(args.length === 0 ? {} : { args }) };
}

async function askAddress(): Promise<object | undefined> {
	const url = await vscode.window.showInputBox({
		title: words.mcpAdd(),
		prompt: words.mcpAddressPrompt(),
		placeHolder: 'https://example.com/mcp',
		validateInput: (value) => (/^https?:\/\/\S+$/.test(value.trim()) && URL.canParse(value.trim()) ? null : words.mcpAddressPrompt()),
	});
	return url === undefined ? undefined : { url: url.trim() };
}
