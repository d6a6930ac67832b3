import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';

interface Row {
	readonly label: string;
	readonly description?: string;
	readonly detail?: string;
}

/** "Tiller: Import from Another Agent…" and "Tiller: Undo Import…". Questions of VS Code are answered here. */
describe('imports from another agent', () => {
	const run = (command: string) => vscode.commands.executeCommand(`tiller.${command}`);
	const home = process.env['CODEX_HOME'] ?? '';
	const folder = process.env['TILLER_TEST_WORKSPACE'] ?? '';
	const theirs = [path.join(os.homedir(), '.claude'), path.join(folder, '.claude')];
	const guidance = path.join(home, 'AGENTS.md');
	const ours = [guidance, path.join(folder, '.agents')];
	const restore: (() => void)[] = [];
	/** Messages with their buttons and details, in order. */
	const told: string[] = [];

	function replace(changes: Partial<typeof vscode.window>): void {
		const before = Object.fromEntries(Object.keys(changes).map((name) => [name, vscode.window[name as keyof typeof vscode.window]]));
		Object.assign(vscode.window, changes);
		restore.push(() => Object.assign(vscode.window, before));
	}
	/** The button that is pressed in the next message that has it. */
	let button: string | undefined;
	const message = async (text: string, ...more: readonly (string | vscode.MessageOptions)[]) => {
		// What else the extension has to say is not looked at here.
		if (!/import/i.test(text)) return undefined;
		const [first, ...rest] = more;
		const buttons = typeof first === 'object' ? rest : more;
		told.push([text, ...buttons.map((label) => `[${String(label)}]`), ...(typeof first === 'object' ? [first.detail ?? ''] : [])].join('\n'));
		return buttons.find((label) => label === button);
	};
	/** Answers the next lists. */
	const pick = (choose: (rows: readonly Row[]) => unknown) => replace({ showQuickPick: (async (rows: readonly Row[]) => choose(rows)) as never });
	const exists = (file: string) =>
		fs.stat(file).then(
			() => true,
			() => false,
		);
	const write = async (file: string, content: string) => {
		await fs.mkdir(path.dirname(file), { recursive: true });
		await fs.writeFile(file, content);
	};
	const removeAll = () => Promise.all([...theirs, ...ours].map((file) => fs.rm(file, { recursive: true, force: true })));
	const skillsOf = async () => ((await exists(path.join(folder, '.agents/skills'))) ? fs.readdir(path.join(folder, '.agents/skills')) : []);

	before(async () => {
		assert.ok(home !== '' && folder !== '');
		await removeAll();
		await write(path.join(os.homedir(), '.claude/CLAUDE.md'), 'Be kind.');
		await write(path.join(folder, '.claude/commands/greet.md'), '---\ndescription: Greets.\n---\nSay hello.');
		await write(path.join(folder, '.claude/commands/ask.md'), '---\ndescription: Asks.\n---\nAsk $ARGUMENTS.');
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		replace({ showInformationMessage: message as never, showWarningMessage: message as never, showErrorMessage: message as never });
	});
	after(async () => {
		for (const undo of restore.splice(0).reverse()) undo();
		await removeAll();
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
	});
	beforeEach(() => {
		told.splice(0);
		button = undefined;
	});

	it('show every item, and what is skipped and why, before anything is written', async () => {
		let rows: readonly Row[] = [];
		let text = '';
		pick(async (shown: readonly Row[]) => {
			rows = shown;
			await until(
				'the preview is open',
				() => {
					const document = vscode.workspace.textDocuments.find(({ uri }) => uri.path.endsWith('/Import from Another Agent.md'));
					text = document?.getText() ?? '';
					return text !== '';
				},
				patienceMs,
			);
			return undefined;
		});
		await run('importFromAgent');
		assert.deepEqual(
			rows.map(({ label, description }) => `${label}: ${description}`),
			['Instructions: User', `Commands: ${folder}`],
		);
		assert.match(text, /^# Import from Another Agent\n\n## Instructions: User\n/);
		assert.match(text, /\n### Skipped\n\n- ` ask\.md `: it takes arguments\n/);
		assert.deepEqual([told, await exists(guidance), await skillsOf()], [[], false, []]);
	});

	it('say what could not be written', async () => {
		pick(async (rows: readonly Row[]) => {
			await write(path.join(folder, '.agents'), 'in the way');
			return rows.filter(({ label }) => label === 'Commands');
		});
		await run('importFromAgent');
		assert.equal(told.length, 1);
		assert.match(told[0] ?? '', /^The import is incomplete\. Not imported: Write the commands .*: E[A-Z]+/);
		assert.ok(!told[0]?.includes('[Undo]'), 'nothing was written');
		await fs.rm(path.join(folder, '.agents'));
	});

	it('write what was chosen, once, and are undone but for what was changed since', async () => {
		pick((rows) => rows);
		await run('importFromAgent');
		assert.deepEqual(told.splice(0), ['Imported 2 items.\n[Undo]']);
		assert.equal(await exists(guidance), true);
		const [skill = ''] = await skillsOf();
		assert.match(skill, /greet/);

		await fs.appendFile(guidance, '\nMine.');
		pick(([first]) => first);
		await run('undoImport');
		const question = told.splice(0);
		assert.match(
			question[0] ?? '',
			/^Remove 1 imported item\?\n\[Remove\]\n• .*SKILL\.md\n• Kept: .*AGENTS\.md \(it was changed after the import\)$/,
		);
		assert.deepEqual([question.length, await skillsOf()], [1, [skill]], 'a question that was closed is no yes');

		button = 'Remove';
		await run('undoImport');
		assert.equal(told.splice(0)[1], 'Imported items removed: 1, kept: 1.');
		assert.deepEqual([await skillsOf(), (await fs.readFile(guidance, 'utf8')).endsWith('\nMine.')], [[], true]);
		await run('undoImport');
		assert.match(told[0] ?? '', /^Nothing from this import can be removed\.\n• Kept: /);
	});

	it('are undone at once when the person says so', async () => {
		pick((rows) => rows);
		button = 'Undo';
		replace({
			showWarningMessage: (async (...args: Parameters<typeof message>) => {
				button = 'Remove';
				return message(...args);
			}) as never,
		});
		await run('importFromAgent');
		restore.pop()?.();
		assert.deepEqual([told.at(-1), await skillsOf()], ['The import was undone.', []]);
	});

	it('bring conversations into the list of threads, until they are undone', async () => {
		const lines = [
			{ type: 'user', message: { role: 'user', content: 'Mend the old parser' } },
			{ type: 'assistant', message: { role: 'assistant', content: [{ type: 'text', text: 'Done.' }] } },
		];
		const file = path.join(os.homedir(), '.claude/projects/-ws/1.jsonl');
		await write(file, lines.map((line) => JSON.stringify({ cwd: folder, ...line })).join('\n'));
		const isListed = async () => {
			let labels: readonly string[] = [];
			pick((rows) => {
				labels = rows.map(({ label }) => label);
				return undefined;
			});
			await run('pickThread');
			restore.pop()?.();
			return labels.some((label) => label.includes('Mend the old parser'));
		};
		pick((rows) => rows.filter(({ label }) => label === 'Conversations'));
		await run('importFromAgent');
		assert.deepEqual(told.splice(0), ['Imported 1 item.\n[Undo]']);
		await until('the conversation is in the list', isListed, patienceMs);
		pick(([first]) => first);
		button = 'Remove';
		await run('undoImport');
		assert.match(told[0] ?? '', /\n• Mend the old parser$/);
		await until('the conversation is gone from the list', async () => !(await isListed()), patienceMs);
	});
});
