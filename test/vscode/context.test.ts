import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import type { Attachment } from '../../webview/channel/attachment.ts';
import { ContextActions } from '../../extension/context/contextActions.ts';
import { TerminalCommands } from '../../extension/context/terminalCommands.ts';
import { until } from '../support/deadline.ts';

describe('context from VS Code', () => {
	const folder = () => vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
	const terminals = new TerminalCommands();
	let texts: string[] = [];
	let attached: Attachment[] = [];
	let shown: string[] = [];
	const actions = new ContextActions({
		terminals,
		putText: (text) => texts.push(text),
		attach: (attachment) => attached.push(attachment),
		show: async (focus) => void shown.push(focus),
	});
	const problems = vscode.languages.createDiagnosticCollection('tiller-test');
	const files: string[] = [];
	const open = async (name: string, text: string) => {
		const file = path.join(folder(), name);
		files.push(file);
		await fs.writeFile(file, text);
		return await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
	};

	before(async () => {
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
	});
	beforeEach(() => {
		texts = [];
		attached = [];
		shown = [];
	});
	afterEach(async () => {
		problems.clear();
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
	});
	after(async () => {
		problems.dispose();
		terminals.dispose();
		for (const file of files) await fs.rm(file, { force: true });
	});

	it('offers to ask about a selection and to fix problems, where the editor offers its actions', async () => {
		const { document } = await open('offered.ts', 'const a = 1;\nconst b = a;\n');
		const line = new vscode.Range(0, 0, 0, 12);
		problems.set(document.uri, [new vscode.Diagnostic(line, 'A is bad', vscode.DiagnosticSeverity.Error)]);
		const offered = async (range: vscode.Range) =>
			(await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', document.uri, range)).map(({ title }) => title);
		await until('both are offered', async () => (await offered(line)).filter((title) => /Tiller/.test(title)).length === 2);
		assert.deepEqual((await offered(line)).filter((title) => /Tiller/.test(title)).sort(), ['Ask Tiller', 'Fix with Tiller']);
		assert.deepEqual(
			(await offered(new vscode.Range(1, 0, 1, 0))).filter((title) => /Tiller/.test(title)),
			[],
		);
	});

	it('attaches the selection as it is in the editor, and sends nothing', async () => {
		const editor = await open('selection.ts', 'const a = 1;\nconst b = a;\nconst c = b;\n');
		await editor.edit((edit) => edit.insert(new vscode.Position(1, 0), '// new\n'));
		editor.selection = new vscode.Selection(0, 0, 2, 0);
		await actions.ask();
		assert.deepEqual(attached[0], {
			kind: 'selection',
			label: 'selection.ts:1-2',
			content: 'const a = 1;\n// new',
			tokens: attached[0]?.tokens,
			cut: false,
		});
		editor.selection = new vscode.Selection(3, 0, 3, 0);
		await actions.addSelection();
		assert.deepEqual([attached[1]?.label, attached[1]?.content, texts], ['selection.ts:4', 'const c = b;', []]);
		assert.deepEqual(shown, ['composer', 'keep']);
	});

	it('puts the problems at the cursor into the composer, or all of the file', async () => {
		const editor = await open('problems.ts', 'const a = 1;\nconst b = a;\n');
		const problem = (line: number, message: string) => new vscode.Diagnostic(new vscode.Range(line, 6, line, 7), message);
		problems.set(editor.document.uri, [problem(0, 'First'), problem(1, 'Second')]);
		editor.selection = new vscode.Selection(1, 0, 1, 0);
		await actions.fix(undefined, undefined);
		assert.deepEqual(texts, ['Fix this problem:\n- @problems.ts:2:7 error: Second\n  `const b = a;`\n']);
		editor.selection = new vscode.Selection(2, 0, 2, 0);
		await actions.fix(undefined, undefined);
		assert.match(texts[1] ?? '', /^Fix these problems:\n.*First\n.*\n.*Second\n/);
	});

	it('adds files, and refuses clearly what the agent cannot work on', async () => {
		const file = (name: string) => vscode.Uri.file(path.join(folder(), name));
		await actions.addFiles(file('README.md'), [file('README.md'), file('wordCount.js')]);
		assert.deepEqual(texts, ['@README.md @wordCount.js ']);
		await actions.addFiles(vscode.Uri.file('/elsewhere/some file.txt'), undefined);
		assert.equal(texts[1], '@"/elsewhere/some file.txt" ');
		const untitled = await vscode.workspace.openTextDocument({ content: 'not on the disk' });
		await vscode.window.showTextDocument(untitled);
		await actions.addSelection();
		for (const uri of [untitled.uri, file('a.ipynb'), vscode.Uri.parse('git:/a.ts')]) await actions.addFiles(uri, undefined);
		assert.equal(texts.length, 2);
	});

	it('adds what the newest command of a terminal wrote', async () => {
		const terminal = vscode.window.createTerminal({ name: 'work', shellPath: '/bin/bash' });
		try {
			terminal.show();
			await actions.addTerminal(terminal);
			assert.deepEqual(texts, []);
			await until('the shell integration is there', () => terminal.shellIntegration !== undefined);
			const ended = new Promise<void>((resolve) => {
				const listener = vscode.window.onDidEndTerminalShellExecution((event) => {
					if (event.terminal !== terminal) return;
					listener.dispose();
					resolve();
				});
			});
			terminal.shellIntegration?.executeCommand('sleep 0.3; echo one; echo two; false');
			await ended;
			await until('its output is there', async () => {
				await actions.addTerminal(terminal);
				return /Terminal "work", exit code 1:\n```\n\$ sleep 0\.3; echo one; echo two; false\none\ntwo\n```\n$/.test(texts.at(-1) ?? '');
			});
		} finally {
			terminal.dispose();
		}
	});
});
