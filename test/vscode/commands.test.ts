import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';
import { FakeModelServer, respond, type ScriptEntry, say } from '../support/model/fakeModelServer.ts';
import { applyPatch, execCommand } from '../support/model/modelEvents.ts';
import { fakeModelConfig } from '../support/model/fakeModelConfig.ts';

const lines = (changes: Readonly<Record<number, string>> = {}) =>
	Array.from({ length: 30 }, (_, index) => `${changes[index] ?? `line ${index}`}\n`).join('');

/** Changes lines of a file that holds `lines()`. */
const patchOf = (file: string, ...at: readonly number[]) => {
	const hunks = at.flatMap((index) => ['@@', ` line ${index - 1}`, `-line ${index}`, `+new ${index}`]);
	return ['*** Begin Patch', `*** Update File: ${file}`, ...hunks, '*** End Patch'].join('\n');
};

const patience = patienceMs;

/**
 * The commands as a person calls them, with the extension, its server and a scripted model behind them. Questions of VS Code are answered here.
 * Each test has files of its own: VS Code learns late of what is written behind its back.
 */
describe('commands of Tiller', function () {
	const run = (command: string, ...args: readonly unknown[]) => vscode.commands.executeCommand(`tiller.${command}`, ...args);
	const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
	const at = (name: string) => path.join(folder(), name);
	const uri = (name: string) => vscode.Uri.file(at(name));
	const text = (name: string) => fs.readFile(at(name), 'utf8');
	const restore: (() => void)[] = [];
	let model: FakeModelServer;

	/** Answers the questions of one kind until the end of the test. */
	function answer<K extends 'showInputBox' | 'showQuickPick' | 'showWarningMessage' | 'showInformationMessage'>(
		kind: K,
		reply: (first: never) => unknown,
	): void {
		const real = vscode.window[kind];
		Object.assign(vscode.window, { [kind]: async (first: unknown) => reply(first as never) });
		restore.push(() => Object.assign(vscode.window, { [kind]: real }));
	}

	/** The next list that stays open while a person works in it. */
	function captureQuickPick(): Promise<vscode.QuickPick<vscode.QuickPickItem>> {
		const { createQuickPick } = vscode.window;
		const shown = Promise.withResolvers<vscode.QuickPick<vscode.QuickPickItem>>();
		const create = () => {
			const pick = createQuickPick();
			shown.resolve(pick);
			return pick;
		};
		Object.assign(vscode.window, { createQuickPick: create });
		restore.push(() => Object.assign(vscode.window, { createQuickPick }));
		return shown.promise;
	}

	/** A turn in a new thread, up to the model's last answer. */
	async function turn(message: string, script: readonly ScriptEntry[]): Promise<void> {
		const before = model.requests.length;
		await run('newThread');
		model.add(...script);
		answer('showInputBox', () => message);
		await run('sendMessage');
		await until('the model is asked', () => model.requests.length === before + script.length, patience);
	}

	const lenses = async (name: string) => {
		await vscode.workspace.openTextDocument(uri(name));
		const found = await vscode.commands.executeCommand<vscode.CodeLens[]>('vscode.executeCodeLensProvider', uri(name), 100);
		return found.flatMap(({ command }) => (command?.command.startsWith('tiller.') ? [command.title] : []));
	};
	const toReview = (name: string, count: number) =>
		until(
			`${count} changes of ${name} are to be reviewed`,
			async () => (await lenses(name)).filter((title) => /^Keep \(/.test(title)).length === count,
			patience,
		);
	const place = () => {
		const editor = vscode.window.activeTextEditor;
		return editor === undefined ? '' : `${path.basename(editor.document.uri.fsPath)}:${editor.selection.active.line}`;
	};
	const goTo = async (name: string, line: number) => {
		await vscode.window.showTextDocument(uri(name), { preview: false, selection: new vscode.Range(line, 0, line, 0) });
	};
	/** What `pickThread` offers, in its order. */
	const threads = async () => {
		let offered: readonly { readonly label: string; readonly threadId: string }[] = [];
		answer('showQuickPick', (items: typeof offered) => void (offered = items));
		await run('pickThread');
		return offered;
	};

	before(async () => {
		model = await FakeModelServer.start();
		const home = process.env['CODEX_HOME'];
		assert.ok(home, 'the run has a home of its own');
		await fs.writeFile(path.join(home, 'config.toml'), fakeModelConfig(model.url));
		await vscode.workspace.getConfiguration().update('tiller.approvals.mode', 'config', vscode.ConfigurationTarget.Global);
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		await run('restartServer');
	});
	afterEach(async () => {
		for (const undo of restore.splice(0).reverse()) undo();
		await run('keepAll');
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
	});
	after(async () => {
		await model.stop();
	});

	it('lead from change to change, and decide each of them', async () => {
		await fs.writeFile(at('a.txt'), lines());
		await fs.writeFile(at('b.txt'), lines());
		await turn('Change both', [respond(applyPatch(patchOf('a.txt', 3, 12, 22), 'c1')), respond(applyPatch(patchOf('b.txt', 5), 'c2')), say('Done.')]);
		await toReview('a.txt', 3);
		await toReview('b.txt', 1);
		await goTo('a.txt', 0);
		const seen: string[] = [];
		for (let step = 0; step < 5; step++) {
			await run('nextChange');
			seen.push(place());
		}
		assert.deepEqual(seen, ['a.txt:3', 'a.txt:12', 'a.txt:22', 'b.txt:5', 'a.txt:3']);
		await run('previousChange');
		assert.equal(place(), 'b.txt:5');
		await run('previousChange');
		assert.equal(place(), 'a.txt:22');

		await run('toggleReviewed');
		await until('it is marked', async () => (await lenses('a.txt')).includes('Reviewed ✓'));
		await run('toggleReviewed');
		await until('it is not', async () => !(await lenses('a.txt')).includes('Reviewed ✓'));
		await run('undoHunk');
		await until('the change at the cursor is gone', async () => (await text('a.txt')) === lines({ 3: 'new 3', 12: 'new 12' }));
		await toReview('a.txt', 2);
		await goTo('a.txt', 12);
		await run('keepHunk');
		await toReview('a.txt', 1);
		assert.equal(await text('a.txt'), lines({ 3: 'new 3', 12: 'new 12' }));

		await run('compareFile', uri('b.txt'));
		await until('both sides are shown', () => vscode.window.tabGroups.activeTabGroup.activeTab?.input instanceof vscode.TabInputTextDiff);
		await run('undoFile', uri('a.txt'));
		await until('what was not kept is undone', async () => (await text('a.txt')) === lines({ 12: 'new 12' }));
		await toReview('a.txt', 0);
		await run('keepFile', uri('b.txt'));
		await toReview('b.txt', 0);
		assert.equal(await text('b.txt'), lines({ 5: 'new 5' }));
	});

	it('undo all changes only when the person says so', async () => {
		await fs.writeFile(at('e.txt'), lines());
		await turn('Change it', [
			respond(applyPatch(patchOf('e.txt', 3), 'c1')),
			respond(execCommand('printf made > made-e.txt', { callId: 'c2' })),
			say('Done.'),
		]);
		await toReview('e.txt', 1);
		await toReview('made-e.txt', 1);
		const said = [undefined, 'Undo All'];
		answer('showWarningMessage', () => said.shift());
		await run('undoAll');
		assert.equal(await text('e.txt'), lines({ 3: 'new 3' }));
		await run('undoAll');
		assert.equal(await text('e.txt'), lines());
		assert.equal(existsSync(at('made-e.txt')), false);
	});

	it('undo a turn after a look at what would happen, which says what is not covered', async () => {
		await fs.writeFile(at('f.txt'), lines());
		await turn('Change it', [
			respond(applyPatch(patchOf('f.txt', 3), 'c1')),
			respond(execCommand('printf made > made-f.txt', { callId: 'c2' })),
			say('Done.'),
		]);
		await toReview('made-f.txt', 1);
		answer('showQuickPick', (items: readonly unknown[]) => items[0]);
		answer('showInformationMessage', () => undefined);
		const shown = captureQuickPick();
		const undone = run('undoTurn');
		const pick = await shown;
		await until('the files are listed', () => pick.items.length === 2, patience);
		assert.deepEqual(
			pick.items.map(({ label, description }) => `${label} ${description}`),
			['f.txt will be reverted', 'made-f.txt will be deleted (was new)'],
		);
		assert.match(pick.prompt ?? '', /git ignores.*1 MB.*outside/);
		assert.equal(existsSync(at('made-f.txt')), true, 'a look changes nothing');
		await until('the preview has been answered', async () => {
			await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
			return !existsSync(at('made-f.txt'));
		});
		await undone;
		assert.equal(await text('f.txt'), lines());
	});

	it('pin, archive and bring back threads', async () => {
		await turn('First of two', [say('One.')]);
		await turn('Second of two', [say('Two.')]);
		const both = async () => (await threads()).filter(({ label }) => / of two$/.test(label));
		await until('both are listed', async () => (await both()).length === 2, patience);
		const nodes = new Map((await both()).map(({ label, threadId }) => [label, { type: 'thread', threadId }]));
		const [first, second] = [nodes.get('First of two'), nodes.get('Second of two')];
		const order = async () => (await both()).map(({ label }) => label.split(' ')[0]).join();
		await run('pinThread', second);
		await run('pinThread', first);
		await run('unpinThread', second);
		assert.equal(await order(), 'First,Second');
		await run('unpinThread', first);
		await run('pinThread', second);
		assert.equal(await order(), 'Second,First');
		await run('unpinThread', second);

		answer('showInformationMessage', () => undefined);
		await run('archiveThread', first);
		await until('it is not listed', async () => (await order()) === 'Second');
		await run('unarchiveThread', first?.threadId);
		await until('it is listed again', async () => (await both()).length === 2);
	});

	it('tell which turns changed a file, and show each of them in its thread', async () => {
		await fs.writeFile(at('c.txt'), lines());
		await turn('Change the third', [respond(applyPatch(patchOf('c.txt', 3), 'c1')), say('Done with the third.')]);
		await toReview('c.txt', 1);
		await turn('Change the fifth', [respond(applyPatch(patchOf('c.txt', 5), 'c1')), say('Done with the fifth.')]);
		await toReview('c.txt', 2);
		let offered: readonly { readonly label: string; readonly turn: { readonly threadId: string; readonly turnId: string } }[] = [];
		answer('showQuickPick', (items: typeof offered) => void (offered = items));
		await run('fileTurns', uri('c.txt'));
		assert.deepEqual(offered.map(({ label }) => label).sort(), ['Change the fifth', 'Change the third']);
		const third = offered.find(({ label }) => label === 'Change the third')?.turn;
		await run('openTurn', third?.threadId, third?.turnId);
		await run('openThreadText');
		await until('its thread is the one that is open', () => /Done with the third\./.test(vscode.window.activeTextEditor?.document.getText() ?? ''));
	});

	it('put problems, files and selections into the message that is being written', async () => {
		const drafts = async () => {
			const storage = path.resolve(process.env['CODEX_HOME'] ?? '', '../vscode/data/User/workspaceStorage');
			const files = await Array.fromAsync(fs.glob('*/tiller.tiller/page.json', { cwd: storage }));
			return (await Promise.all(files.map((name) => fs.readFile(path.join(storage, name), 'utf8')))).join('\n');
		};
		const drafted = (words: string) => until(`the draft contains ${words}`, async () => (await drafts()).includes(words), patience);
		const problems = vscode.languages.createDiagnosticCollection('tiller-command-test');
		restore.push(() => problems.dispose());
		await fs.writeFile(at('d.txt'), lines());
		await run('newThread');
		await goTo('d.txt', 0);
		problems.set(uri('d.txt'), [new vscode.Diagnostic(new vscode.Range(4, 0, 4, 4), 'The fourth is bad')]);
		await run('fixProblems');
		await drafted('The fourth is bad');
		await run('addFile', uri('README.md'));
		await drafted('@README.md');
		const editor = await vscode.window.showTextDocument(uri('d.txt'));
		editor.selection = new vscode.Selection(7, 0, 8, 0);
		await run('addSelection');
		await drafted('"label":"d.txt:8"');
	});

	it('show what the processes take, the settings, the log and the trust', async () => {
		const shown = captureQuickPick();
		const closed = run('showResources');
		const pick = await shown;
		await until('the server is listed', () => pick.items.some(({ label }) => label.startsWith('$(server-process)')), patience);
		pick.hide();
		await closed;
		await run('showLog');
		const tabs = () => vscode.window.tabGroups.all.flatMap((group) => group.tabs.map(({ label }) => label));
		await run('openSettings');
		await until('the settings are open', () => tabs().includes('Settings'), patience);
		await run('manageTrust');
		await until('the trust is shown', () => tabs().includes('Workspace Trust'), patience);
	});
});
