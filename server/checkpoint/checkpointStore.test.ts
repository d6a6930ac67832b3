import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ABSENT, type RecordedChange, undoneIds } from './checkpoint.ts';
import { CheckpointStore } from './checkpointStore.ts';

describe('CheckpointStore', () => {
	let folder: string;
	let store: CheckpointStore;
	beforeEach(async () => {
		folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tiller-checkpoints-'));
		store = new CheckpointStore(folder);
	});
	afterEach(() => fs.rm(folder, { recursive: true, force: true }));

	async function keep(threadId: string, text: string): Promise<string> {
		const hash = await store.contents.put(Buffer.from(text));
		const change: RecordedChange = {
			path: '/a',
			real: '/a',
			by: 'patch',
			before: { type: 'file', hash, bytes: text.length, mode: null },
			after: ABSENT,
		};
		await store.log(threadId).changes('turn', null, [change]);
		return hash;
	}

	it('keeps equal contents once, privately', async () => {
		assert.equal(await keep('one', 'same'), await keep('two', 'same'));
		const files = (await fs.readdir(path.join(folder, 'objects'), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
		assert.equal(files.length, 1);
		assert.equal((await fs.stat(path.join(files[0]?.parentPath ?? '', files[0]?.name ?? ''))).mode & 0o077, 0);
	});

	it('removes what only a deleted thread needed', async () => {
		const shared = await keep('one', 'shared');
		await keep('two', 'shared');
		const own = await keep('one', 'own');
		const scanned = await keep('one', 'scanned');
		await store.remove('one', new Set([scanned]));
		assert.deepEqual(await Promise.all([shared, own, scanned].map((hash) => store.contents.has(hash))), [true, false, true]);
		assert.deepEqual(await store.log('one').read(), []);
	});

	it('lets the oldest threads go when there is too much', async () => {
		const old = await keep('old', 'x'.repeat(1000));
		await fs.utimes(path.join(folder, 'threads', 'old.jsonl'), 1, 1);
		const fresh = await keep('fresh', 'y'.repeat(1000));
		await store.prune(1500, new Set());
		assert.deepEqual([await store.contents.has(old), await store.contents.has(fresh)], [false, true]);
		assert.equal((await store.log('old').read()).length, 1, 'the record still says what was changed');
	});

	it('tells a damaged content from a kept one', async () => {
		const hash = await keep('one', 'text');
		await fs.writeFile(path.join(folder, 'objects', hash.slice(0, 2), hash.slice(2)), 'other');
		assert.equal(await store.contents.get(hash), null);
	});

	it('reads a record with torn and unknown lines', async () => {
		await keep('one', 'text');
		await fs.appendFile(path.join(folder, 'threads', 'one.jsonl'), '{"type":"chan');
		await store
			.log('one')
			.changes('later', null, [{ path: '/b', real: '/b', by: 'command', before: ABSENT, after: { type: 'notKept', reason: 'tooLarge' } }]);
		assert.deepEqual(
			(await store.log('one').read()).map(({ id, changes }) => [id, changes.length]),
			[
				['turn', 1],
				['later', 1],
			],
		);
	});
});

describe('undoneIds', () => {
	const step = (id: string, ...of: string[]) => ({ id, kind: of.length === 0 ? 'turn' : 'restore', of, at: 0, changes: [], uncovered: [] }) as const;

	it('counts a turn as undone until its restore was taken back', () => {
		assert.deepEqual([...undoneIds([step('t1'), step('t2'), step('r1', 't1')])], ['t1']);
		assert.deepEqual([...undoneIds([step('t1'), step('r1', 't1'), step('r2', 'r1')])], ['r1']);
		assert.deepEqual([...undoneIds([step('t1'), step('t2'), step('r1', 't2'), step('r2', 't1', 't2', 'r1')])].sort(), ['r1', 't1', 't2']);
	});
});
