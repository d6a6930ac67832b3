import * as vscode from 'vscode';
import type { McpServerStatus } from '../../server/protocol/integrations/mcp.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { addServer } from './addServer.ts';
import { configLine } from './configLine.ts';
import { keyOf, pathOf, writeServer } from './serverConfig.ts';
import { signIn } from './signIn.ts';

export interface McpServersOptions {
	readonly folder: () => string | null;
}

interface Entry {
	readonly status: McpServerStatus;
	/** Of the configuration. */
	readonly key: string;
	readonly config: Readonly<Record<string, unknown>>;
}

interface Row extends vscode.QuickPickItem {
	readonly entry?: Entry;
	readonly run?: () => Promise<unknown> | undefined;
}

/** The MCP servers as people see and change them: a list, and for each server what can be done with it. */
export class McpServers implements vscode.Disposable {
	readonly #options: McpServersOptions;
	readonly #logs = new Map<string, vscode.OutputChannel>();

	constructor(options: McpServersOptions) {
		this.#options = options;
	}

	/** Shows the list until a person has chosen what to do. */
	async show(client: Client): Promise<void> {
		const pick = vscode.window.createQuickPick<Row>();
		pick.title = words.mcpTitle();
		pick.placeholder = words.mcpPlaceholder();
		pick.matchOnDetail = true;
		pick.busy = true;
		pick.keepScrollPosition = true;
		pick.items = this.#general(client);
		pick.show();
		const { promise, resolve } = Promise.withResolvers<Row | undefined>();
		pick.onDidAccept(() => resolve(pick.selectedItems[0]));
		pick.onDidHide(() => resolve(undefined));
		let isOver = false;
		const show = (rows: readonly Row[]) => {
			if (isOver) return;
			const active = pick.activeItems[0]?.entry?.status.name;
			const all = [...rows, ...this.#general(client)];
			pick.items = all;
			// Where the person is stays where they are.
			pick.activeItems = all.filter(({ entry }) => entry !== undefined && entry.status.name === active);
		};
		void this.#entries(client, (entries) => show(entries.map(rowOf)))
			.catch((error: unknown) => show([{ label: `$(error) ${error instanceof Error ? error.message : String(error)}` }]))
			.finally(() => {
				if (!isOver) pick.busy = false;
			});
		const row = await promise;
		isOver = true;
		pick.dispose();
		if (row?.entry) await this.#showServer(client, row.entry);
		else await row?.run?.();
	}

	dispose(): void {
		for (const log of this.#logs.values()) log.dispose();
	}

	#general(client: Client): readonly Row[] {
		return [
			{ label: '', kind: vscode.QuickPickItemKind.Separator },
			{ label: `$(add) ${words.mcpAdd()}`, run: () => this.#again(client, addServer(client)) },
			{ label: `$(go-to-file) ${words.mcpOpenConfig()}`, run: () => openConfig(client, null) },
		];
	}

	/** Tells of all servers at once, and again whenever one of them has answered. Resolves when all have. */
	async #entries(client: Client, tell: (entries: readonly Entry[]) => void): Promise<void> {
		const wanted = { detail: 'toolsAndAuthOnly', includeErrors: true } as const;
		const [{ data }, { config }] = await Promise.all([
			client.request('mcpServerStatus/list', { ...wanted, onlyKnown: true }),
			client.request('config/read', { cwd: this.#options.folder() }),
		]);
		const { mcp_servers: own, plugins } = tableOf(config);
		const entries = data.map((status): Entry => {
			const { name, pluginId } = status;
			const servers = !pluginId ? own : tableOf(tableOf(plugins)[pluginId]).mcp_servers;
			return { status, key: keyOf(name, pluginId), config: tableOf(tableOf(servers)[name]) };
		});
		tell(entries);
		const asked = entries.map(async (entry, at) => {
			const { name, isPending } = entry.status;
			if (isPending !== true) return;
			const status = (await client.request('mcpServerStatus/list', { ...wanted, name })).data[0];
			// Removed in between: the next list shows it no more.
			entries[at] = { ...entry, status: status ?? { ...entry.status, isPending: false } };
			tell(entries);
		});
		await Promise.all(asked);
	}

	async #showServer(client: Client, entry: Entry): Promise<void> {
		const { name, authStatus, tools, pluginId, error } = entry.status;
		const isOff = entry.config.enabled === false;
		const write = (key: string, value: unknown) => this.#again(client, writeServer(client, `${entry.key}.${key}`, value));
		const rows: readonly Row[] = [
			...(error === undefined ? [] : [{ label: `$(error) ${words.mcpFailed()}`, detail: error, run: () => this.#showLog(client, name) }]),
			{
				label: `$(tools) ${words.mcpToolsOf()}`,
				description: words.mcpTools(Object.keys(tools).length),
				run: () => this.#chooseTools(client, entry),
			},
			...(authStatus === 'notLoggedIn' ? [{ label: `$(sign-in) ${words.mcpSignIn()}`, run: () => this.#again(client, signIn(client, name)) }] : []),
			...(authStatus === 'oAuth'
				? [{ label: `$(sign-out) ${words.mcpSignOut()}`, run: () => this.#again(client, client.request('mcpServer/oauth/logout', { name })) }]
				: []),
			...(isOff
				? []
				: [{ label: `$(debug-restart) ${words.mcpRestart()}`, run: () => this.#again(client, client.request('mcpServer/restart', { name })) }]),
			isOff
				? { label: `$(play) ${words.mcpSwitchOn()}`, run: () => write('enabled', true) }
				: { label: `$(circle-slash) ${words.mcpSwitchOff()}`, run: () => write('enabled', false) },
			{ label: `$(output) ${words.mcpLog()}`, run: () => this.#showLog(client, name) },
			{ label: `$(go-to-file) ${words.mcpOpenConfig()}`, run: () => openConfig(client, pathOf(name, pluginId)) },
			...(!pluginId ? [{ label: `$(trash) ${words.mcpRemove()}`, run: () => this.#remove(client, name) }] : []),
		];
		const row = await vscode.window.showQuickPick(rows, { title: name, placeHolder: stateText(entry) });
		await row?.run?.();
	}

	/** Ticked tools are offered to the model. */
	async #chooseTools(client: Client, { status, key, config }: Entry): Promise<void> {
		const { tools } = await client.request('mcpServer/tools/list', { name: status.name });
		const rows = tools.map(({ name, title, description, enabled }) => ({
			label: name,
			description: title ?? '',
			detail: (description ?? '').split('\n')[0] ?? '',
			picked: enabled,
		}));
		const picked = await vscode.window.showQuickPick(rows, {
			title: `${status.name}: ${words.mcpToolsOf()}`,
			canPickMany: true,
			matchOnDetail: true,
		});
		if (picked === undefined) return this.show(client);
		const on = new Set(picked.map(({ label }) => label));
		const off = rows.map(({ label }) => label).filter((label) => !on.has(label));
		// A list of what is allowed goes on being one; else what is not wanted is named, so that new tools are there by themselves.
		const isList = Array.isArray(config.enabled_tools);
		if (isList) await writeServer(client, `${key}.enabled_tools`, [...on]);
		await this.#again(client, writeServer(client, `${key}.disabled_tools`, isList || off.length === 0 ? null : off));
	}

	async #remove(client: Client, name: string): Promise<void> {
		const answer = await vscode.window.showWarningMessage(words.mcpRemoveQuestion(name), { modal: true }, words.mcpRemove());
		if (answer === words.mcpRemove()) await this.#again(client, writeServer(client, keyOf(name), null));
	}

	async #showLog(client: Client, name: string): Promise<void> {
		const { lines } = await client.request('mcpServer/log/read', { name });
		const log = this.#logs.get(name) ?? vscode.window.createOutputChannel(words.mcpLogTitle(name));
		this.#logs.set(name, log);
		log.replace(lines.map(({ atMs, line }) => `${new Date(atMs).toLocaleTimeString()}  ${line}\n`).join(''));
		log.show();
	}

	/** Does it, says what went wrong, and shows the list as it is then. */
	async #again(client: Client, work: Promise<unknown>): Promise<void> {
		try {
			await work;
		} catch (error) {
			void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
			return;
		}
		await this.show(client);
	}
}

const tableOf = (value: unknown): Readonly<Record<string, unknown>> =>
	typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

function rowOf(entry: Entry): Row {
	const { name, tools, pluginId, replacesPluginIds = [], error } = entry.status;
	const origin = !pluginId ? [] : [words.mcpOfPlugin(pluginId)];
	const description = [stateText(entry), ...origin, ...replacesPluginIds.map(words.mcpInsteadOfPlugin)].join(' · ');
	return { label: `${iconOf(entry)} ${name}`, description, detail: error ?? Object.keys(tools).join(', '), entry };
}

function iconOf({ config, status }: Entry): string {
	if (config.enabled === false) return '$(circle-slash)';
	if (status.isPending === true) return '$(loading~spin)';
	if (status.authStatus === 'notLoggedIn') return '$(account)';
	return status.error === undefined ? '$(server)' : '$(error)';
}

function stateText({ config, status }: Entry): string {
	if (config.enabled === false) return words.mcpOff();
	if (status.isPending === true) return words.mcpStarting();
	if (status.authStatus === 'notLoggedIn') return words.mcpNotSignedIn();
	return status.error === undefined ? words.mcpTools(Object.keys(status.tools).length) : words.mcpFailed();
}

/** Opens the person's configuration, at the server's lines where it has some. */
async function openConfig(client: Client, server: readonly string[] | null): Promise<void> {
	const { layers } = await client.request('config/read', { includeLayers: true });
	const user = (layers ?? []).map(({ name: source }) => source).find((source) => source.type === 'user');
	const file = user !== undefined && 'file' in user && typeof user.file === 'string' ? user.file : null;
	if (file === null) return;
	const uri = vscode.Uri.file(file);
	const exists = await vscode.workspace.fs.stat(uri).then(
		() => true,
		() => false,
	);
	if (!exists) await vscode.workspace.fs.writeFile(uri, new Uint8Array());
	const document = await vscode.workspace.openTextDocument(uri);
	const line = server === null ? 0 : (configLine(document.getText(), server) ?? 0);
	await vscode.window.showTextDocument(document, { selection: new vscode.Range(line, 0, line, 0) });
}
