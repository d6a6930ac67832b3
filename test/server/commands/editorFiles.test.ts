import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { respond, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { applyPatch, execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const patchLine = (file: string, from: string, to: string) => `*** Begin Patch\n*** Update File: ${file}\n@@\n-${from}\n+${to}\n*** End Patch`;

interface Change {
	readonly path: string;
	readonly before: string | null;
	readonly after: string | null;
}

describe('files and the editor that shows them', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	let threadId: string;
	afterEach(() => fixture.dispose());

	const file = (name: string) => path.join(fixture.home.workspace, name);
	const asked = () => JSON.stringify(fixture.model.requests.at(-1)?.body.input);
	const turn = () => server.runTurn(threadId, 'go');
	const changed = async () =>
		(await server.request('thread/checkpoint/list', { threadId })).data.flatMap(({ files }: { files: { path: string }[] }) =>
			files.map((each) => path.relative(fixture.home.workspace, each.path)),
		);

	/** `editor`: unsaved texts by name, which patches go into; without it the client changes no files. */
	async function begin(script: readonly ScriptEntry[], files: Readonly<Record<string, string>>, editor?: Map<string, string>) {
		fixture = await serverFixture(script);
		for (const [name, content] of Object.entries(files)) await writeFile(file(name), content);
		server = fixture.start();
		await server.initialize({ experimentalApi: true, applyFileChanges: editor !== undefined, readUnsavedFiles: editor !== undefined });
		server.answer('item/fileChange/readUnsaved', ({ paths }: { paths: string[] }) => ({
			files: paths.flatMap((each) => {
				const text = editor?.get(path.basename(each));
				return text === undefined ? [] : [{ path: each, text }];
			}),
		}));
		server.answer('item/fileChange/apply', ({ changes }: { changes: Change[] }) => ({
			results: changes.map((change) => {
				const name = path.basename(change.path);
				if (editor?.get(name) !== change.before)
					return { path: change.path, status: 'conflict', message: 'not what is in the editor', content: null };
				editor?.set(name, change.after ?? '');
				return { path: change.path, status: 'applied', message: null, content: null };
			}),
		}));
		threadId = await server.startThread(fixture.home);
	}

	it('over a megabyte are no change of a command that does not touch them', async () => {
		await begin([respond(execCommand('echo new > small.txt', { callId: 'call_1' })), respond(message('Done.'))], {
			'big.txt': 'x'.repeat(2 ** 20 + 1),
		});
		await turn();
		assert.deepEqual(await changed(), ['small.txt']);
	});

	it('that were not changed after all are no change of the turn', async () => {
		await begin(
			[respond(applyPatch(patchLine('a.txt', 'one', 'two'), 'call_1')), respond(message('Done.'))],
			{ 'a.txt': 'one\n' },
			new Map([['a.txt', 'one']]),
		);
		server.answer('item/fileChange/apply', ({ changes }: { changes: Change[] }) => ({
			results: changes.map((change) => ({ path: change.path, status: 'failed', message: 'This is a notebook.', content: null })),
		}));
		await turn();
		assert.deepEqual(await changed(), []);
		const { ranges } = await server.request('file/blame', { path: file('a.txt') });
		assert.deepEqual(ranges, []);
	});

	it('are changed twice while the person has not saved, each time as the editor shows them, and taken back there', async () => {
		const editor = new Map([['a.txt', 'mine\none\ntwo\n']]);
		await begin(
			[
				respond(applyPatch(patchLine('a.txt', 'one', 'eins'), 'call_1')),
				respond(applyPatch(patchLine('a.txt', 'eins', 'uno'), 'call_2')),
				respond(applyPatch(patchLine('a.txt', 'one', 'un'), 'call_3')),
				respond(message('Done.')),
			],
			{ 'a.txt': 'one\ntwo\n' },
			editor,
		);
		const { id: checkpointId } = await turn();
		assert.equal(editor.get('a.txt'), 'mine\nuno\ntwo\n');
		assert.equal(await readFile(file('a.txt'), 'utf8'), 'one\ntwo\n');
		const said = asked();
		assert.match(said, /until the user saves, commands read the old text: [^"]*a\.txt/);
		assert.match(said, /verification failed[^"]*unsaved edits of [^"]*a\.txt[^"]*-one[^"]*\+mine[^"]*\+uno/);
		const { files } = await server.request('thread/checkpoint/restore', { threadId, checkpointId });
		assert.equal(files[0].outcome, 'restored', JSON.stringify(files));
		assert.equal(editor.get('a.txt'), 'mine\none\ntwo\n');
	});

	it('that the editor cannot hold are written by the server', async () => {
		await begin([respond(applyPatch(patchLine('a.txt', 'one', 'two'), 'call_1')), respond(message('Done.'))], { 'a.txt': 'one\n' }, new Map());
		server.answer('item/fileChange/apply', ({ changes }: { changes: Change[] }) => ({
			results: changes.map((change) => ({ path: change.path, status: 'notOpen', message: null, content: null })),
		}));
		await turn();
		assert.equal(await readFile(file('a.txt'), 'utf8'), 'two\n');
		assert.deepEqual(await changed(), ['a.txt']);
	});

	it('are not made again where the folder of the project is gone', async () => {
		await begin(
			[
				respond(execCommand('mv "$PWD" "$PWD-elsewhere"', { callId: 'call_1' })),
				respond(applyPatch('*** Begin Patch\n*** Add File: new.txt\n+text\n*** End Patch', 'call_2')),
				respond(message('Done.')),
			],
			{ 'a.txt': 'one\n', 'b.txt': 'two\n' },
		);
		const ended = await server.runTurn(threadId, 'go', { sandboxPolicy: { type: 'dangerFullAccess' }, approvalPolicy: 'never' });
		try {
			assert.equal(existsSync(fixture.home.workspace), false, 'the folder is there again');
			assert.deepEqual(await changed(), []);
			assert.equal(ended.status, 'failed');
			assert.match(ended.error?.message ?? '', /is gone/);
		} finally {
			await rename(`${fixture.home.workspace}-elsewhere`, fixture.home.workspace);
		}
	});
});
