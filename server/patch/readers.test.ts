import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { PlannedChange } from './computeChanges.ts';
import { diskReader, errorCode, type FileRead, osMessage } from './fileReader.ts';
import { TurnDiff } from './turnDiff.ts';
import { UnsavedTexts } from './unsavedTexts.ts';

const plain = { encoding: 'utf8', bom: false } as unknown as Extract<FileRead, { type: 'text' }>['format'];
const text = (content: string, more: object = {}): FileRead => ({ type: 'text', text: content, format: plain, executable: false, ...more });

describe('what a patch reads of the disk', () => {
	let root: string;
	beforeEach(() => {
		root = mkdtempSync(path.join(os.tmpdir(), 'tiller-readers-'));
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));
	const read = async (name: string) => {
		const found = await diskReader.read(path.join(root, name));
		return found.type === 'text' ? [found.text, found.executable] : [found.type, found.message];
	};

	it('is its text, or why there is none in the words of the system', async () => {
		writeFileSync(path.join(root, 'a'), 'one\n');
		writeFileSync(path.join(root, 'run'), 'two\n', { mode: 0o755 });
		writeFileSync(path.join(root, 'bytes'), Buffer.from([0x61, 0, 0xff]));
		mkdirSync(path.join(root, 'folder'));
		symlinkSync('loop', path.join(root, 'loop'));
		assert.deepEqual(await read('a'), ['one\n', false]);
		assert.deepEqual(await read('run'), ['two\n', true]);
		assert.deepEqual(await read('none'), ['missing', 'No such file or directory (os error 2)']);
		assert.deepEqual(await read('a/b'), ['missing', 'Not a directory (os error 20)']);
		const [kind, why] = await read('bytes');
		assert.equal(kind, 'unreadable');
		assert.match(String(why), /^it is not text: it holds null bytes/);
		assert.equal((await read('folder'))[0], 'unreadable');
		assert.match(String((await read('loop'))[1]), /symbolic links/);
	});

	it('has words for every error, also those that are none of the system', () => {
		const failure = (code: unknown) => Object.assign(new Error('plain words'), { code });
		for (const [code, message] of [
			['EACCES', /^Permission denied \(os error 13\)$/],
			['EPERM', /^Operation not permitted \(os error 1\)$/],
			['EROFS', /^Read-only file system/],
			['ENOSPC', /^No space left/],
			['EISDIR', /^Is a directory/],
			['ENAMETOOLONG', /^File name too long/],
			['EWHAT', /^plain words$/],
		] as const)
			assert.match(osMessage(failure(code)), message);
		assert.equal(osMessage('said'), 'said');
		assert.deepEqual([failure('EPERM'), failure(7), new Error('x'), 'EPERM', null].map(errorCode), ['EPERM', null, null, null, null]);
	});

	it('is told apart from what an editor has unsaved, and only that', async () => {
		const file = path.join(root, 'a');
		writeFileSync(file, 'on disk\n');
		const change = (name: string) => ({ path: name }) as PlannedChange;
		const reads: Readonly<Record<string, FileRead>> = {
			[file]: text('in editor\n', { unsaved: true }),
			saved: text('saved\n'),
			other: text('x', { unsaved: false }),
		};
		const texts = new UnsavedTexts({ read: (name) => Promise.resolve(reads[name] ?? { type: 'missing', message: 'none' }) });
		assert.equal(await texts.note(), '');
		for (const name of [file, 'saved', 'other', 'none']) await texts.read(name);
		const note = await texts.note();
		assert.match(note, /^\nThe user has unsaved edits of [^\n]*[\\/]a\. .*like this:\n@@ -1 \+1 @@\n-on disk\n\+in editor\n$/);
		assert.ok(texts.appliedNote([change(file), change('saved')]).endsWith(`old text: ${file}\n`));
		assert.equal(texts.appliedNote([change('saved'), change('other'), change('none')]), '');
	});
});

describe('what a turn changed', () => {
	const changed = (more: Partial<PlannedChange>): PlannedChange =>
		({ path: '/w/a', before: 'one\n', movePath: null, replaced: null, format: plain, executable: false, ...more }) as PlannedChange;
	const render = async (changes: readonly PlannedChange[], now: Readonly<Record<string, string>>) => {
		const diff = new TurnDiff('/w', {
			read: (name) => Promise.resolve(now[name] === undefined ? { type: 'missing', message: '' } : text(now[name])),
		});
		for (const change of changes) diff.add(change);
		return (await diff.render()).replaceAll(/[0-9a-f]{40}/g, 'ID');
	};

	it('is a rename where a file only moved, and a difference where it also changed', async () => {
		const move = changed({ movePath: '/w/b' });
		assert.equal(await render([move], { '/w/b': 'one\n' }), 'diff --git a/a b/b\nsimilarity index 100%\nrename from a\nrename to b\n');
		assert.match(
			await render([move], { '/w/b': 'two\n' }),
			/^diff --git a\/a b\/b\nindex ID\.\.ID\n--- a\/a\n\+\+\+ b\/b\n@@ -1 \+1 @@\n-one\n\+two\n$/,
		);
	});

	it('counts from the first patch of the turn on, also for a place that a file moved to', async () => {
		const changes = [changed({ path: '/w/b', before: 'b\n' }), changed({ movePath: '/w/b', replaced: 'b changed\n' })];
		const rendered = await render(changes, { '/w/b': 'one\n' });
		assert.match(rendered, /diff --git a\/a b\/a\ndeleted file mode 100644\n/);
		assert.match(rendered, /diff --git a\/b b\/b\nindex ID\.\.ID\n--- a\/b\n\+\+\+ b\/b\n@@ -1 \+1 @@\n-b\n\+one\n$/);
		assert.equal(await render([changed({})], { '/w/a': 'one\n' }), '', 'brought back');
	});
});
