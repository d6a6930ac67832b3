import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';
import { FakeModelServer, respond, say } from '../support/model/fakeModelServer.ts';
import { execCommand } from '../support/model/modelEvents.ts';
import { replaceInWindow, useConfiguredModel } from './quickPicks.ts';
import { fakeModelConfig } from '../support/model/fakeModelConfig.ts';

interface Worktree {
	readonly folder: string;
	readonly name: string;
}

/** Threads in worktrees, as a person begins them, brings their work back and removes them. Questions of VS Code are answered here. */
describe('worktrees', () => {
	const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
	const home = process.env['CODEX_HOME'] ?? '';
	const at = (name: string) => path.join(root, name);
	const text = (file: string) => fs.readFile(file, 'utf8');
	const run = (command: string, ...args: readonly unknown[]) => vscode.commands.executeCommand(`tiller.${command}`, ...args);
	const git = (...args: readonly string[]) =>
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
	const restore: (() => void)[] = [];
	const told: string[] = [];
	let model: FakeModelServer;

	const window = (changes: Readonly<Record<string, (...args: never[]) => unknown>>) => restore.push(replaceInWindow(changes as never));
	const pick = (label: string) => (rows: readonly { readonly label: string }[]) => Promise.resolve(rows.find((row) => row.label === label));
	const worktrees = async () => (await fs.readdir(path.join(home, 'worktrees', path.basename(root))).catch(() => [])).sort();

	/** A worktree with a thread in it, in which the model runs a command. */
	async function work(name: string, start: string, command: string): Promise<Worktree> {
		window({ showInputBox: async () => name, showQuickPick: pick(start) });
		await run('newWorktreeThread');
		const folder = path.join(home, 'worktrees', path.basename(root), name);
		assert.ok(existsSync(folder), `${folder} was made`);
		const asked = model.requests.length;
		model.add(respond(execCommand(command, { callId: `c-${name}` })), say('Done.'));
		window({ showInputBox: async () => `Work in ${name}` });
		await run('sendMessage');
		await until('the model has answered', () => model.requests.length === asked + 2, patienceMs);
		return { folder, name };
	}

	const { createQuickPick } = vscode.window;

	/** Brings the work of the thread in the chat back, once the rows were looked at, and some of them cleared; null: there is nothing to look at. Gives what is said. */
	async function apply(rows: readonly string[] | null, cleared: readonly string[] = []): Promise<string> {
		told.length = 0;
		const steps = rows === null ? [] : [rows];
		window({
			createQuickPick: () => {
				const shown = createQuickPick<vscode.QuickPickItem>();
				// What the list says of its selection comes a moment after each change.
				let heard = 0;
				shown.onDidChangeSelection(() => heard++);
				const accept = async () => {
					await until('the files are listed', () => shown.items.length > 0);
					assert.deepEqual(
						shown.items.map(({ label, description }) => `${label}: ${description}`),
						steps.shift(),
					);
					await until('all files are selected', () => heard > 0);
					if (cleared.length > 0) {
						const before = heard;
						shown.selectedItems = shown.items.filter(({ label }) => !cleared.includes(label));
						await until('some files are cleared', () => heard > before);
					}
					await until(
						'the files are accepted',
						async () => {
							await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
							return told.length > 0;
						},
						patienceMs,
					);
				};
				accept().catch((error: unknown) => (told.push(String(error)), shown.hide()));
				return shown;
			},
		});
		await run('applyWorktree');
		assert.deepEqual(steps, []);
		return told.join('\n');
	}

	before(async () => {
		assert.ok(home !== '' && root !== '');
		model = await FakeModelServer.start();
		await fs.writeFile(path.join(home, 'config.toml'), fakeModelConfig(model.url, { model: '"in-worktrees"' }));
		await vscode.workspace.getConfiguration().update('tiller.approvals.mode', 'config', vscode.ConfigurationTarget.Global);
		await fs.writeFile(at('list.txt'), 'one\ntwo\nthree\nfour\nfive\n');
		await fs.writeFile(at('old.txt'), 'old\n');
		await fs.writeFile(at('.gitignore'), '.env\n');
		await fs.writeFile(at('.env'), 'KEY=1\n');
		git('init', '-q', '-b', 'main');
		git('add', '.');
		git('commit', '-qm', 'first');
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		await run('restartServer');
		await useConfiguredModel('in-worktrees');
	});
	beforeEach(() => {
		const hear = async (message: string) => void told.push(message);
		window({ showInformationMessage: hear, showWarningMessage: hear, showErrorMessage: hear });
		told.length = 0;
	});
	afterEach(async () => {
		for (const undo of restore.splice(0).reverse()) undo();
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
	});
	after(async () => {
		await run('newThread');
		await fs.rm(at('.git'), { recursive: true, force: true });
		await model.stop();
	});

	it('begin with the uncommitted work, and bring theirs back into a folder that moved on, as one edit that was looked at', async () => {
		await fs.writeFile(at('list.txt'), 'one\ntwo\nthree\nfour\nfive\nsix\n');
		const { folder } = await work(
			'bring-back',
			'Current folder',
			'sed -i s/one/ONE/ list.txt && printf new > new.txt && chmod +x new.txt .gitignore && rm old.txt',
		);
		assert.equal(await text(path.join(folder, 'list.txt')), 'ONE\ntwo\nthree\nfour\nfive\nsix\n');
		assert.equal(await text(path.join(folder, '.env')), 'KEY=1\n', 'ignored files that are needed are there');
		assert.equal(existsSync(at('new.txt')), false, 'the folder is as it was');

		const editor = await vscode.window.showTextDocument(vscode.Uri.file(at('list.txt')));
		await editor.edit((edit) => edit.insert(new vscode.Position(4, 0), 'between\n'));
		const rows = ['.gitignore: will become executable', 'list.txt: changed', 'new.txt: new', 'old.txt: will be deleted'];
		assert.equal(await apply(rows, ['new.txt']), 'Applied 3 files from bring-back. Not applied: new.txt (not selected).');
		assert.equal(existsSync(at('new.txt')), false, 'what was cleared is left out');
		assert.equal(await apply(['new.txt: new']), 'Applied 1 file from bring-back.');
		for (const name of ['.gitignore', 'new.txt']) assert.equal((await fs.stat(at(name))).mode & 0o100, 0o100, name);
		assert.equal(editor.document.getText(), 'ONE\ntwo\nthree\nfour\nbetween\nfive\nsix\n', 'merged into what is being edited');
		assert.equal(await text(at('new.txt')), 'new');
		assert.equal(existsSync(at('old.txt')), false);
		await editor.document.save();

		assert.equal(await apply(null), 'Your folder already has everything from bring-back.');
		await run('removeWorktree');
		assert.match(told.join(), /Removed the worktree bring-back\./);
		assert.deepEqual(await worktrees(), []);
		assert.equal(git('branch', '--list', 'tiller/*'), '');
	});

	it('show both versions where the person changed the same lines, and say which files were left out', async () => {
		await fs.writeFile(at('both.txt'), 'start\n');
		await fs.writeFile(at('gone.txt'), 'gone\n');
		const { name } = await work('conflicts', 'Current folder', 'echo theirs > both.txt && echo more >> gone.txt && ln -s both.txt link.txt');
		await fs.writeFile(at('both.txt'), 'mine\n');
		await fs.rm(at('gone.txt'));
		const said = await apply(['both.txt: conflict: both versions, with conflict markers']);
		assert.match(said, /^Applied 1 file from conflicts\. 1 file has conflict markers\. Not applied: /);
		assert.match(said, /gone\.txt \(you deleted it\)/);
		assert.match(said, /link\.txt \(a symbolic link\)/);
		assert.equal(await text(at('both.txt')), '<<<<<<< My Folder\nmine\n=======\ntheirs\n>>>>>>> conflicts\n');
		await until('the conflict is shown', () => vscode.window.activeTextEditor?.document.uri.fsPath === at('both.txt'));

		const asked: string[] = [];
		const answers = [undefined, 'Remove'];
		window({
			showWarningMessage: async (...[message, options]: readonly [string, { readonly detail: string }]) => {
				asked.push(`${message}\n${options.detail}`);
				return answers.shift();
			},
		});
		await run('removeWorktree');
		assert.deepEqual(await worktrees(), [name], 'a question that was closed is no yes');
		await run('removeWorktree');
		assert.deepEqual(await worktrees(), []);
		assert.match(asked[0] ?? '', /^Remove the worktree conflicts\?[^]*Files that differ from your folder:\n[^]*gone\.txt/);
		await fs.rm(at('both.txt'));
	});

	it('are prepared by commands that the person read and allowed once, in a terminal', async () => {
		await fs.mkdir(at('.codex'), { recursive: true });
		await fs.writeFile(at('.codex/config.toml'), '[worktree]\nsetup = ["echo first > prepared.txt", "echo second >> prepared.txt"]\n');
		await fs.appendFile(path.join(home, 'config.toml'), `\n[projects.${JSON.stringify(root)}]\ntrust_level = "trusted"\n`);
		await run('restartServer');
		const asked: string[] = [];
		window({
			showWarningMessage: async (...[message, options]: readonly [string, { readonly detail: string }]) => {
				asked.push(`${message}\n${options.detail}`);
				return 'Run';
			},
			showInputBox: async () => 'prepared',
			showQuickPick: pick('Last commit'),
		});
		await run('newWorktreeThread');
		const made = (name: string) => path.join(home, 'worktrees', path.basename(root), name, 'prepared.txt');
		assert.equal(await text(made('prepared')), 'first\nsecond\n');
		assert.match(asked[0] ?? '', /^Run the setup commands of this repository\?\necho first > prepared\.txt\necho second >> prepared\.txt\n/);
		window({ showInputBox: async () => 'again' });
		await run('newWorktreeThread');
		assert.equal(await text(made('again')), 'first\nsecond\n');
		assert.equal(asked.length, 1, 'the same commands are not asked about again');
	});

	it('open in a window of their own', async () => {
		const opened: unknown[] = [];
		const { executeCommand } = vscode.commands;
		Object.assign(vscode.commands, {
			executeCommand: async (name: string, ...args: readonly unknown[]) =>
				name === 'vscode.openFolder' ? void opened.push(...args) : await executeCommand(name, ...args),
		});
		restore.push(() => Object.assign(vscode.commands, { executeCommand }));
		await run('openWorktree');
		const [folder, options] = opened as [vscode.Uri, object];
		assert.equal(folder.fsPath, path.join(home, 'worktrees', path.basename(root), 'again'));
		assert.deepEqual(options, { forceNewWindow: true });
	});
});
