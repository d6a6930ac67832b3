import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';

interface Row {
	readonly label: string;
	readonly description?: string;
	readonly detail?: string;
}

/** "Tiller: Hooks" and the notice about new ones, as a person meets them. Questions of VS Code are answered here. */
describe('hooks', () => {
	const run = (command: string) => vscode.commands.executeCommand(`tiller.${command}`);
	const home = process.env['CODEX_HOME'] ?? '';
	const file = path.join(home, 'hooks.json');
	const restore: (() => void)[] = [];
	const notices: string[] = [];

	function answer(kind: 'showQuickPick' | 'showWarningMessage' | 'showInformationMessage', reply: (first: never, options: never) => unknown): void {
		const real = vscode.window[kind];
		Object.assign(vscode.window, { [kind]: async (first: unknown, options: unknown) => reply(first as never, options as never) });
		restore.push(() => Object.assign(vscode.window, { [kind]: real }));
	}
	const write = (...commands: readonly string[]) =>
		fs.writeFile(file, JSON.stringify({ hooks: { Stop: [{ hooks: commands.map((command) => ({ type: 'command', command })) }] } }, null, '\t'));
	/** Chooses in the lists that come, by the beginning of a label without its icon, until nothing is wanted any more. Gives each list's rows. */
	async function choose(...wanted: readonly string[]): Promise<readonly (readonly Row[])[]> {
		const seen: (readonly Row[])[] = [];
		const rest = [...wanted];
		answer('showQuickPick', (rows: readonly Row[]) => {
			seen.push(rows);
			const next = rest.shift();
			return next === undefined ? undefined : rows.find(({ label }) => label.replace(/^\$\([\w-]+\) /, '').startsWith(next));
		});
		await run('showHooks');
		restore.pop()?.();
		return seen;
	}
	const states = async () => ((await choose())[0] ?? []).map(({ description }) => description);

	before(async () => {
		answer('showInformationMessage', (text: string) => void notices.push(text));
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
	});
	after(async () => {
		for (const undo of restore.splice(0).reverse()) undo();
		await fs.rm(file, { force: true });
		await run('restartServer');
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
	});

	it('that nobody has decided on are told of once, and run only when the person has read their text and said so', async () => {
		await write('echo one', 'echo two');
		await run('restartServer');
		await until('the notice has come', () => notices.includes('2 hooks do not run until you trust them.'), patienceMs);
		assert.deepEqual(await states(), ['[User] · not trusted', '[User] · not trusted']);

		const asked: string[] = [];
		answer('showWarningMessage', (_text: string, { detail }: { readonly detail: string }) => {
			asked.push(detail);
			return asked.length === 1 ? undefined : 'Trust';
		});
		await choose('Stop', 'Trust');
		assert.deepEqual(await states(), ['[User] · not trusted', '[User] · not trusted'], 'a question that was closed is no yes');
		await choose('Stop', 'Trust');
		assert.match(asked[1] ?? '', /^echo one\n\nRuns at Stop\nDefined in .*hooks\.json/);
		assert.deepEqual(await states(), ['[User] · not trusted', '[User] · trusted']);
		assert.match(await fs.readFile(path.join(home, 'config.toml'), 'utf8'), /trusted_hash = "sha256:[0-9a-f]{64}"/);
	});

	it('that have changed are asked about again, and can be switched off and on', async () => {
		await write('echo other', 'echo two');
		await run('restartServer');
		await until('the notice has come', () => notices.includes('1 hook changed and does not run until you trust it again.'), patienceMs);
		assert.equal(notices.length, 2, 'the second hook is not asked about again');
		assert.deepEqual(await states(), ['[User] · changed, not trusted', '[User] · not trusted']);
		await choose('Stop', 'Switch Off');
		assert.deepEqual(await states(), ['[User] · not trusted', '[User] · changed, not trusted · off']);
	});

	it('open at their line', async () => {
		await choose('Stop', 'Open');
		const editor = vscode.window.activeTextEditor;
		assert.equal(editor?.document.uri.fsPath, file);
		assert.match(editor.document.lineAt(editor.selection.active.line).text, /echo two/);
	});
});
