import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { applyFileChanges } from '../../extension/edits/applyFileChanges.ts';
import type { FileChangeApplyChange, FileChangeApplyResult } from '../../server/protocol/approval/fileChangeApply.ts';
import { until as untilState } from '../support/deadline.ts';

/** A patch of one file, as the server sends it. */
function update(file: string, before: string, after: string): FileChangeApplyChange {
	return { path: file, kind: 'update', movePath: null, before, after };
}

const applied = (file: string, content: string | null = null): FileChangeApplyResult => ({ path: file, status: 'applied', message: null, content });

async function openEditor(file: string): Promise<vscode.TextEditor> {
	return await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(file), { preview: false });
}

const until = (holds: () => boolean | Promise<boolean>) => untilState('what VS Code tells', holds);

describe('patches of the agent in the editor', () => {
	let folder: string;
	const at = (name: string) => path.join(folder, name);
	const write = async (name: string, content: string | Uint8Array) => {
		await fs.writeFile(at(name), content);
		return at(name);
	};

	beforeEach(async () => {
		folder = await fs.mkdtemp(path.join(await fs.realpath(os.tmpdir()), 'tiller-edits-'));
	});
	afterEach(async () => {
		for (const document of vscode.workspace.textDocuments) {
			if (document.isDirty && document.uri.fsPath.startsWith(folder)) {
				await vscode.window.showTextDocument(document);
				await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
			}
		}
		await vscode.commands.executeCommand('workbench.action.closeAllEditors');
		await fs.rm(folder, { recursive: true, force: true });
	});

	it('change a file that is not open, on disk', async () => {
		const file = await write('a.txt', 'one\ntwo\n');
		assert.deepEqual(await applyFileChanges([update(file, 'one\ntwo\n', 'one\nzwei\n')]), [applied(file)]);
		assert.equal(await fs.readFile(file, 'utf8'), 'one\nzwei\n');
	});

	it('merge into unsaved text, keep it unsaved, and one undo takes only the patch back', async () => {
		const file = await write('a.txt', 'one\ntwo\nthree\nfour\n');
		const editor = await openEditor(file);
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'mine\n'));
		const [result] = await applyFileChanges([update(file, 'one\ntwo\nthree\nfour\n', 'one\ntwo\nthree\nvier\n')]);
		assert.equal(result?.status, 'applied');
		assert.equal(result.content, 'mine\none\ntwo\nthree\nvier\n');
		assert.match(result.message ?? '', /unsaved/);
		assert.equal(editor.document.isDirty, true);
		assert.equal(await fs.readFile(file, 'utf8'), 'one\ntwo\nthree\nfour\n');
		await vscode.window.showTextDocument(editor.document);
		await vscode.commands.executeCommand('undo');
		assert.equal(editor.document.getText(), 'mine\none\ntwo\nthree\nfour\n');
	});

	it('never overwrite what the person typed in the same place', async () => {
		const file = await write('a.txt', 'one\ntwo\nthree\n');
		const other = await write('b.txt', 'x\n');
		const editor = await openEditor(file);
		await editor.edit((edit) => edit.replace(new vscode.Range(1, 0, 1, 3), 'mine'));
		const results = await applyFileChanges([update(file, 'one\ntwo\nthree\n', 'one\ntheirs\nthree\n'), update(other, 'x\n', 'y\n')]);
		assert.deepEqual(
			results.map(({ status }) => status),
			['conflict', 'applied'],
		);
		assert.match(results[0]?.message ?? '', /line 2/);
		assert.equal(editor.document.getText(), 'one\nmine\nthree\n');
		assert.equal(await fs.readFile(other, 'utf8'), 'y\n');
	});

	it('keep CRLF, the byte order mark and UTF-16', async () => {
		const crlf = await write('crlf.txt', '\uFEFFone\r\ntwo\r\n');
		const wide = await write('wide.txt', Buffer.from('\uFEFFone\ntwo\n', 'utf16le'));
		assert.deepEqual(await applyFileChanges([update(crlf, 'one\r\ntwo\r\n', 'one\r\nzwei\r\ndrei\r\n'), update(wide, 'one\ntwo\n', 'one\nzwei\n')]), [
			applied(crlf),
			applied(wide),
		]);
		assert.equal(await fs.readFile(crlf, 'utf8'), '\uFEFFone\r\nzwei\r\ndrei\r\n');
		assert.deepEqual(await fs.readFile(wide), Buffer.from('\uFEFFone\nzwei\n', 'utf16le'));
	});

	it('create, delete and rename files as one step that one undo takes back', async () => {
		const old = await write('old.txt', 'old\n');
		const from = await write('from.txt', 'one\ntwo\n');
		const created = at('sub/new.txt');
		const results = await applyFileChanges([
			{ path: created, kind: 'add', movePath: null, before: null, after: 'new\n' },
			{ path: old, kind: 'delete', movePath: null, before: 'old\n', after: null },
			{ path: from, kind: 'move', movePath: at('to.txt'), before: 'one\ntwo\n', after: 'one\nzwei\n' },
		]);
		assert.deepEqual(results, [applied(created), applied(old), applied(from)]);
		assert.equal(await fs.readFile(created, 'utf8'), 'new\n');
		assert.equal(await fs.readFile(at('to.txt'), 'utf8'), 'one\nzwei\n');
		assert.deepEqual((await fs.readdir(folder)).sort(), ['sub', 'to.txt']);
	});

	it('are taken back by one undo when a file was created', async () => {
		const created = at('new.txt');
		await applyFileChanges([{ path: created, kind: 'add', movePath: null, before: null, after: 'new\n' }]);
		await openEditor(created);
		void vscode.commands.executeCommand('undo');
		await until(async () => !(await fs.readdir(folder)).includes('new.txt'));
	});

	it('rename a file with unsaved text and keep that text', async () => {
		const file = await write('a.txt', 'one\ntwo\nthree\n');
		const editor = await openEditor(file);
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'mine\n'));
		const [result] = await applyFileChanges([
			{ path: file, kind: 'move', movePath: at('b.txt'), before: 'one\ntwo\nthree\n', after: 'one\ntwo\ndrei\n' },
		]);
		assert.equal(result?.status, 'applied');
		assert.equal(result.content, 'mine\none\ntwo\ndrei\n');
		const document = await vscode.workspace.openTextDocument(at('b.txt'));
		assert.equal(document.getText(), 'mine\none\ntwo\ndrei\n');
	});

	it('report what stands in the way instead of writing', async () => {
		const there = await write('there.txt', 'other\n');
		const changed = await write('changed.txt', 'new text\n');
		const binary = await write('binary.bin', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 0, 13, 0, 0, 0xff));
		const latin = await write('latin.txt', Uint8Array.of(0x67, 0xe9, 0x0a));
		const results = await applyFileChanges([
			{ path: there, kind: 'add', movePath: null, before: null, after: 'mine\n' },
			{ path: changed, kind: 'delete', movePath: null, before: 'old text\n', after: null },
			update(at('gone.txt'), 'a\n', 'b\n'),
			update(binary, 'a', 'b'),
			update(latin, 'g\uFFFD\n', 'x\n'),
			update(folder, 'a', 'b'),
		]);
		assert.deepEqual(
			results.map(({ status }) => status),
			['conflict', 'conflict', 'conflict', 'failed', 'failed', 'failed'],
		);
		assert.ok(results.every(({ message }) => (message ?? '') !== ''));
		assert.equal(await fs.readFile(there, 'utf8'), 'other\n');
		assert.equal(await fs.readFile(changed, 'utf8'), 'new text\n');
		assert.deepEqual([...(await fs.readFile(latin))], [0x67, 0xe9, 0x0a]);
	});

	it('say that a read-only file was not changed, and leave no change behind in its editor', async () => {
		const file = await write('locked.txt', 'one\ntwo\n');
		const files = vscode.workspace.getConfiguration('files');
		await files.update('readonlyInclude', { '**/locked.txt': true }, vscode.ConfigurationTarget.Global);
		try {
			const editor = await openEditor(file);
			const [result] = await applyFileChanges([update(file, 'one\ntwo\n', 'one\nzwei\n')]);
			assert.equal(result?.status, 'failed');
			assert.match(result.message ?? '', /read-only/);
			assert.equal(await fs.readFile(file, 'utf8'), 'one\ntwo\n');
			assert.equal(editor.document.getText(), 'one\ntwo\n');
		} finally {
			await files.update('readonlyInclude', undefined, vscode.ConfigurationTarget.Global);
		}
	});

	it('find the unsaved text of a file that is open under another name', async () => {
		const real = at('real');
		await fs.mkdir(real);
		await fs.symlink(real, at('link'));
		await fs.writeFile(path.join(real, 'a.txt'), 'one\ntwo\nthree\nfour\n');
		const editor = await openEditor(path.join(at('link'), 'a.txt'));
		await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'mine\n'));
		const file = path.join(real, 'a.txt');
		const [result] = await applyFileChanges([update(file, 'one\ntwo\nthree\nfour\n', 'one\ntwo\nthree\nvier\n')]);
		assert.equal(result?.status, 'applied');
		assert.equal(result.path, file);
		assert.equal(editor.document.getText(), 'mine\none\ntwo\nthree\nvier\n');
		assert.equal(await fs.readFile(file, 'utf8'), 'one\ntwo\nthree\nfour\n');
	});

	it('tell what a save changed by itself from what the person typed', async () => {
		const file = await write('formatted.txt', 'one\n');
		const files = vscode.workspace.getConfiguration('files');
		await files.update('trimTrailingWhitespace', true, vscode.ConfigurationTarget.Global);
		try {
			const [result] = await applyFileChanges([update(file, 'one\n', 'two   \n')]);
			assert.deepEqual(result, { path: file, status: 'applied', message: null, content: 'two\n', changedBySave: true });
		} finally {
			await files.update('trimTrailingWhitespace', undefined, vscode.ConfigurationTarget.Global);
		}
	});

	it('leave a file that VS Code cannot hold as text to the server, unless an editor has unsaved text of it', async () => {
		const text = `first\n${'x'.repeat(1023)}\n`.repeat(53_000);
		const file = await write('huge.txt', text);
		const [result] = await applyFileChanges([update(file, text, text.replace('first', 'zero'))]);
		assert.deepEqual([result?.status, result?.content], ['notOpen', null]);
	});

	it('apply to an editor that the person types into at the same time', async () => {
		const lines = Array.from({ length: 200 }, (_, i) => `line ${i}`);
		const file = await write('busy.txt', `${lines.join('\n')}\n`);
		const editor = await openEditor(file);
		const before = editor.document.getText();
		const typing = (async () => {
			let typed = '';
			// An edit of the test is refused when the patch arrives in that moment; a key press is not.
			for (let i = 0; i < 20; i++) if (await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'x'))) typed += 'x';
			return typed;
		})();
		const results = await applyFileChanges([update(file, before, before.replace('line 150', 'line 150 changed'))]);
		const typed = await typing;
		assert.ok(typed.length > 1);
		assert.equal(results[0]?.status, 'applied');
		assert.equal(editor.document.getText(), typed + before.replace('line 150', 'line 150 changed'));
	});
});
