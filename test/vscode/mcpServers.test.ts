import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';
import { inLists, replaceInWindow, type Step } from './quickPicks.ts';

// A server with two tools; it writes into the file beside it that it was started.
const PROGRAM = `
require('node:fs').appendFileSync(__filename + '.starts', 'started\\n');
console.error('hello from the server');
const tool = (name, description) => ({ name, description, inputSchema: { type: 'object' } });
const results = { initialize: ({ protocolVersion }) => ({ protocolVersion, capabilities: { tools: {} }, serverInfo: { name: 's', version: '1' } }), 'tools/list': () => ({ tools: [tool('look', 'Looks.'), tool('act', 'Acts.')] }) };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
	const { id, method, params } = JSON.parse(line);
	if (id !== undefined && results[method]) process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result: results[method](params) }) + '\\n');
}).on('close', () => process.exit(0));`;

/** "Tiller: MCP Servers", from a server that is added to one that is removed. Questions of VS Code are answered here. */
describe('MCP servers', () => {
	const config = path.join(process.env['CODEX_HOME'] ?? '', 'config.toml');
	const restore: (() => void)[] = [];
	const typed: string[] = [];
	const asked: string[] = [];
	const errors: string[] = [];
	/** What each log held when it was shown. */
	const logs: string[] = [];
	let answer: string | undefined;
	let folder = '';
	let program = '';
	let kept: string | null = null;

	const read = () => fs.readFile(config, 'utf8').catch(() => '');
	const starts = async () => (await fs.readFile(`${program}.starts`, 'utf8').catch(() => '')).split('\n').length - 1;
	const work = (...steps: readonly Step[]) => inLists('tiller.showMcpServers', ...steps);
	/** What the list says of the server after the steps. */
	const stateOf = async (name: string, ...steps: readonly Step[]) => (await work(...steps)).at(-1)?.find((row) => row.startsWith(`${name} (`));
	const openLine = () => {
		const { document, selection } = vscode.window.activeTextEditor ?? assert.fail('no editor is open');
		return [document.uri.fsPath, document.lineAt(selection.active.line).text];
	};

	before(async () => {
		kept = await fs.readFile(config, 'utf8').catch(() => null);
		folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tiller-mcp-'));
		program = path.join(folder, 'my server.cjs');
		await fs.writeFile(program, PROGRAM);
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		const { createOutputChannel } = vscode.window;
		restore.push(
			replaceInWindow({
				showInputBox: (async ({ value, validateInput }: vscode.InputBoxOptions) => {
					const text = typed.shift() ?? value ?? '';
					assert.equal((await validateInput?.(text)) ?? null, null);
					return text;
				}) as never,
				createOutputChannel: ((name: string) => {
					const channel = createOutputChannel(name);
					let text = '';
					return {
						replace: (value: string) => channel.replace((text = value)),
						show: () => (channel.show(), logs.push(`${name}\n${text}`)),
						dispose: () => channel.dispose(),
					};
				}) as never,
				showErrorMessage: (async (text: string) => void errors.push(text)) as never,
				showWarningMessage: (async (text: string) => {
					asked.push(text);
					return answer;
				}) as never,
			}),
		);
	});
	after(async () => {
		for (const undo of restore.splice(0)) undo();
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await (kept === null ? fs.rm(config, { force: true }) : fs.writeFile(config, kept));
		await vscode.commands.executeCommand('tiller.restartServer');
		await fs.rm(folder, { recursive: true, force: true, maxRetries: 5 });
	});

	afterEach(() => assert.deepEqual(errors.splice(0), []));

	it('are added as a person types their command line, and tell their tools at once', async () => {
		typed.push(`node "${program.replaceAll('\\', '\\\\')}"`, 'local');
		assert.equal(await stateOf('local', 'Add Server…', 'Program'), 'local (2 tools)');
		assert.match(await read(), /\[mcp_servers\.local\]\s+command = "node"\s+args = \[".*my server\.cjs"\]/);
		assert.deepEqual(typed, []);
	});

	it('give the model the tools that are ticked', async () => {
		assert.equal(await stateOf('local', 'local', 'Tools', ['look']), 'local (1 tool)');
		assert.match(await read(), /disabled_tools = \["act"\]/);
		assert.equal(await stateOf('local', 'local', 'Tools', ['look', 'act']), 'local (2 tools)');
		assert.doesNotMatch(await read(), /disabled_tools/);
	});

	it('are restarted, switched off and on, and keep a log', async () => {
		const running = await starts();
		assert.equal(await stateOf('local', 'local', 'Restart'), 'local (2 tools)');
		// Threads of other suites that are loaded have it too.
		assert.ok((await starts()) > running);
		assert.equal(await stateOf('local', 'local', 'Switch Off'), 'local (Off)');
		const [, actions] = await work('local');
		assert.ok(actions?.includes('Switch On') && !actions.includes('Restart'), String(actions));
		assert.equal(await stateOf('local', 'local', 'Switch On'), 'local (2 tools)');
		await work('local', 'Show Log');
		assert.match(logs.at(-1) ?? '', /hello from the server/);
	});

	it('open at their own line, also beside one whose name begins alike', async () => {
		await fs.writeFile(config, `[mcp_servers.local2]\ncommand = "node"\nenabled = false\n\n${await read()}`);
		await work('local', 'Open the Configuration');
		assert.deepEqual(openLine(), [config, '[mcp_servers.local]']);
		await work('local2', 'Open the Configuration');
		assert.deepEqual(openLine(), [config, '[mcp_servers.local2]']);
	});

	it('that cannot be used say why', async () => {
		await fs.appendFile(config, `\n[mcp_servers.dead]\ncommand = "node"\nargs = ["-e", "console.error('no key'); process.exit(3)"]\n`);
		await fs.appendFile(config, `\n[mcp_servers.wrong]\ncommand = "node"\nurl = "http://127.0.0.1:1/"\n`);
		const [list] = await work();
		assert.ok(list?.includes('dead (Failed to start)') && list.includes('wrong (Failed to start)'), String(list));
		await work('dead', 'Failed to start');
		assert.match(logs.at(-1) ?? '', /no key/);
	});

	it('are all shown at once, and each says what it has when it has answered', async function () {
		this.timeout(patienceMs * 2);
		const hangs = `\n[mcp_servers.hung]\ncommand = "node"\nargs = ["-e", "setInterval(() => {}, 1e6)"]\nstartup_timeout_sec = 3600\n`;
		const before = await read();
		await fs.appendFile(config, hangs);
		const picks: vscode.QuickPick<vscode.QuickPickItem>[] = [];
		const { createQuickPick } = vscode.window;
		const undo = replaceInWindow({
			createQuickPick: (() => {
				const pick = createQuickPick();
				pick.ignoreFocusOut = true;
				picks.push(pick);
				return pick;
			}) as never,
		});
		try {
			const shown = vscode.commands.executeCommand('tiller.showMcpServers');
			const rows = () => (picks[0]?.items ?? []).map(({ label, description }) => `${label} (${description ?? ''})`);
			await until(
				'the others have answered',
				() => rows().includes('$(server) local (2 tools)') && rows().includes('$(error) dead (Failed to start)'),
				patienceMs,
			);
			assert.ok(rows().includes('$(loading~spin) hung (Starting…)'), rows().join(', '));
			assert.equal(picks[0]?.busy, true);
			picks[0].hide();
			await shown;
		} finally {
			undo();
			await fs.writeFile(config, before);
		}
	});

	it('that VS Code has are offered, and taken only when they are chosen', async () => {
		const own = vscode.Uri.joinPath(vscode.workspace.workspaceFolders?.[0]?.uri ?? assert.fail('no folder is open'), '.vscode', 'mcp.json');
		await vscode.workspace.fs.writeFile(own, Buffer.from(JSON.stringify({ servers: { shared: { command: 'node', args: [program] } } })));
		try {
			const [list, kinds] = await work('Add Server…');
			assert.equal(
				list?.some((row) => row.startsWith('shared')),
				false,
			);
			assert.ok(
				kinds?.some((row) => row.startsWith('shared (')),
				String(kinds),
			);
			assert.doesNotMatch(await read(), /shared/);
			assert.equal(await stateOf('shared', 'Add Server…', 'shared'), 'shared (2 tools)');
		} finally {
			await vscode.workspace.fs.delete(own);
		}
	});

	it('are removed when the person agrees, and leave the others as they are', async () => {
		answer = undefined;
		await work('local', 'Remove');
		assert.match(await read(), /mcp_servers\.local\]/);
		answer = 'Remove';
		assert.equal(await stateOf('local', 'local', 'Remove'), undefined);
		assert.equal(asked[1], 'Remove the MCP server local from your configuration?');
		const text = await read();
		assert.doesNotMatch(text, /mcp_servers\.local\]/);
		assert.match(text, /\[mcp_servers\.local2\]/);
	});
});
