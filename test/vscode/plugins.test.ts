import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { showSkillList } from '../../extension/skills/skillList.ts';
import { patienceMs, until } from '../support/deadline.ts';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');

/** "Tiller: Plugins", from a marketplace in a folder to a plugin that is gone again. Questions of VS Code are answered here. */
describe('plugins', () => {
	const run = (command: string) => vscode.commands.executeCommand(`tiller.${command}`);
	const home = process.env['CODEX_HOME'] ?? '';
	const restore: (() => void)[] = [];
	const told: string[] = [];
	const asked: string[] = [];
	let market = '';

	function replace(changes: Partial<typeof vscode.window>): void {
		const before = Object.fromEntries(Object.keys(changes).map((name) => [name, vscode.window[name as keyof typeof vscode.window]]));
		Object.assign(vscode.window, changes);
		restore.push(() => Object.assign(vscode.window, before));
	}
	const without = (label: string) => label.replace(/^\$\([\w-]+\) /, '');
	const write = async (name: string, content: string | Uint8Array) => {
		await fs.mkdir(path.dirname(path.join(market, name)), { recursive: true });
		await fs.writeFile(path.join(market, name), content);
	};

	/** Chooses in the main list each time that it comes, and in the list of what can be done with a plugin; then closes it. */
	async function work(...steps: readonly (readonly [row: string, action?: string])[]): Promise<readonly string[]> {
		let shown: readonly string[] = [];
		const rest = [...steps];
		let action: string | undefined;
		const { createQuickPick } = vscode.window;
		const drive = async (pick: vscode.QuickPick<vscode.QuickPickItem>) => {
			let isOver = false;
			pick.onDidHide(() => (isOver = true));
			pick.onDidAccept(() => (isOver = true));
			await until('the list is filled', () => !pick.busy && pick.items.length > 0, patienceMs);
			shown = pick.items.map(({ label, description }) => `${without(label)}${description ? ` (${description})` : ''}`);
			const [wanted, then] = rest.shift() ?? [];
			action = then;
			const row = pick.items.find(({ label }) => without(label) === wanted);
			if (row === undefined) return pick.hide();
			pick.activeItems = [row];
			// What is set here is sent when this turn of the loop is over, and is there when a later command has come back.
			await new Promise((resolve) => setTimeout(resolve));
			await vscode.commands.executeCommand('setContext', 'tiller.testRow', wanted);
			await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
			await until('it is chosen', () => isOver, patienceMs);
		};
		replace({
			showQuickPick: (async (rows: readonly (string | vscode.QuickPickItem)[]) =>
				rows.find((row) => (typeof row === 'string' ? row : without(row.label)) === action)) as never,
			createQuickPick: (() => {
				const pick = createQuickPick();
				// A page that opened before may take the focus late, on a busy machine.
				pick.ignoreFocusOut = true;
				void drive(pick);
				return pick;
			}) as never,
		});
		await run('showPlugins');
		restore.pop()?.();
		assert.deepEqual(rest, [], `not in ${shown.join(', ')}`);
		return shown;
	}

	before(async () => {
		market = await fs.mkdtemp(path.join(os.tmpdir(), 'tiller-market-'));
		await write(
			'.agents/plugins/marketplace.json',
			JSON.stringify({ name: 'shop', interface: { displayName: 'The Shop' }, plugins: [{ name: 'saw', source: './saw' }] }),
		);
		await write(
			'saw/.codex-plugin/plugin.json',
			JSON.stringify({
				name: 'saw',
				version: '1.0.0',
				interface: { displayName: 'Saw', shortDescription: 'Cuts wood.', screenshots: ['./saw.png', './link.png'] },
			}),
		);
		await write('saw/skills/cut/SKILL.md', '---\nname: cut\ndescription: Cuts.\n---\n');
		await write('saw/.mcp.json', JSON.stringify({ mcpServers: { sharpen: { command: 'sharpen', args: ['--now'] } } }));
		await write('saw/saw.png', png);
		await write('outside.png', png);
		await fs.symlink('../outside.png', path.join(market, 'saw/link.png'));
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		replace({
			showInformationMessage: (async (text: string) => void told.push(text)) as never,
			showInputBox: (async () => market) as never,
			showWarningMessage: (async (text: string, { detail }: { readonly detail?: string }, button: string) => {
				asked.push(`${text}\n${detail ?? ''}`);
				return button;
			}) as never,
		});
	});
	after(async () => {
		for (const undo of restore.splice(0).reverse()) undo();
		await fs.rm(market, { recursive: true, force: true });
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
	});

	it('come from marketplaces that the person adds, and say what they would run before they are installed', async () => {
		await work(['Add Marketplace…']);
		assert.deepEqual(told.splice(0), ['Added the marketplace shop.']);
		const shown = await work(['Saw', 'Install']);
		assert.match(
			asked.splice(0).join(),
			/^Install the plugin Saw\?\nFrom .*saw\n\nThese programs run .*\n• sharpen: sharpen --now\n\nSkills: saw:cut$/,
		);
		assert.deepEqual(told.splice(0), ['Installed the plugin Saw. Applies to new threads.']);
		assert.deepEqual(shown.slice(0, 2), ['Installed', 'Saw (saw@shop)']);
		assert.ok(await fs.stat(path.join(home, 'plugins/cache/shop/saw/1.0.0/skills/cut/SKILL.md')));
	});

	it('are named where their skills are listed, and so is a skill that gave way to another', async () => {
		const skill = (more: object) => ({ name: 'saw:cut', description: 'Cuts.', path: '/x/SKILL.md', scope: 'user', enabled: true, ...more });
		const skills = [skill({}), skill({ name: 'saw:file', pluginId: 'saw@shop' })];
		const data = [{ cwd: '/', skills, errors: [{ path: '/y/SKILL.md', message: 'it is not used' }] }];
		const { createQuickPick } = vscode.window;
		let pick: vscode.QuickPick<vscode.QuickPickItem> | null = null;
		replace({ createQuickPick: (() => (pick = createQuickPick())) as never });
		const client = { request: () => Promise.resolve({ data }) } as never;
		const shown = showSkillList(client, { folder: () => null, putSkill: () => {} });
		const rows = () => pick?.items.map(({ label, description, detail }) => [without(label), description, detail]) ?? [];
		await until('the skills are listed', () => rows().length > 0, patienceMs);
		assert.deepEqual(rows().slice(0, 3), [
			['saw:cut', '[User]', 'Cuts.'],
			['saw:file', '[Plugin saw@shop]', 'Cuts.'],
			['/y/SKILL.md', undefined, 'it is not used'],
		]);
		(pick as vscode.QuickPick<vscode.QuickPickItem> | null)?.hide();
		await shown;
		restore.pop()?.();
	});

	it('have a page with what they bring and with pictures of their own folder alone', async () => {
		await work(['Saw', 'Show Details']);
		await until('the preview is open', () => vscode.window.tabGroups.activeTabGroup.activeTab?.label.includes('Saw') === true, patienceMs);
		const page = await vscode.workspace.openTextDocument(vscode.Uri.from({ scheme: 'tiller-plugin', path: '/saw@shop/Plugin: Saw.md' }));
		const text = page.getText();
		assert.match(text, /^# Saw\n/);
		assert.match(text, /## Skills\n\n- \*\*saw&#58;cut\*\*/);
		assert.match(text, /` sharpen &?.*--now `/);
		assert.equal([...text.matchAll(/data:image\/png/g)].length, 1, 'a link out of the folder is no picture of the plugin');
	});

	it('are switched off and on, outlive their marketplace, and are removed', async () => {
		assert.ok((await work(['Saw', 'Switch Off'])).includes('Saw (saw@shop · off)'));
		assert.ok((await work(['Saw', 'Switch On'])).includes('Saw (saw@shop)'));
		const { showQuickPick } = vscode.window;
		await work(['Remove Marketplace…', 'shop']);
		assert.equal(vscode.window.showQuickPick, showQuickPick);
		const shown = await work(['saw@shop', 'Uninstall']);
		assert.equal(
			shown.some((row) => row.includes('saw@shop')),
			false,
		);
		await assert.rejects(fs.stat(path.join(home, 'plugins/cache/shop/saw')));
		assert.match(told.splice(0).join(), /Uninstalled the plugin saw@shop/);
	});
});
