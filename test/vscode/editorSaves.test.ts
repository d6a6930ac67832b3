import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import { EditorSaves } from '../../extension/edits/editorSaves.ts';
import type { Client } from '../../extension/server/client.ts';
import { until } from '../support/deadline.ts';

describe('what the person saves', () => {
	let file: string;
	before(async () => {
		file = path.join(await fs.realpath(await fs.mkdtemp(path.join(os.tmpdir(), 'tiller-saves-'))), 'a.txt');
		await fs.writeFile(file, 'one\n');
	});
	after(async () => {
		await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
		await fs.rm(path.dirname(file), { recursive: true, force: true });
	});

	it('is told to the server before and after it is written, and is written without an answer too', async () => {
		const told: [string, string][] = [];
		let answers = true;
		const request = async (method: string, params: { readonly path?: string }) => {
			if (params.path === file) told.push([method, await fs.readFile(file, 'utf8')]);
			return answers ? {} : await new Promise<never>(() => {});
		};
		const client = { supports: async () => true, request } as unknown as Client;
		const saves = new EditorSaves({ client: () => client, failed: (error) => assert.fail(String(error)) });
		try {
			const editor = await vscode.window.showTextDocument(vscode.Uri.file(file), { preview: false });
			const type = (text: string) => editor.edit((edit) => edit.insert(new vscode.Position(0, 0), text));
			await type('two\n');
			assert.equal(await editor.document.save(), true);
			await until('both are told', () => told.length === 2);
			assert.deepEqual(told, [
				['thread/checkpoint/saving', 'one\n'],
				['thread/checkpoint/saved', 'two\none\n'],
			]);
			answers = false;
			await type('three\n');
			assert.equal(await editor.document.save(), true);
			assert.equal(await fs.readFile(file, 'utf8'), 'three\ntwo\none\n');
		} finally {
			saves.dispose();
		}
	});
});
