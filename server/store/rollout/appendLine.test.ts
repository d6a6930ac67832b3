import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GitPatches } from './gitPatches.ts';
import { ThreadNames } from '../index/threadNames.ts';

describe('what is kept of threads in files of lines', () => {
	let folder: string;
	beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-lines-'))));
	afterEach(() => fs.rmSync(folder, { recursive: true }));
	const file = () => path.join(folder, 'lines.jsonl');

	it('a name that comes after a torn line gets a line of its own', async () => {
		fs.writeFileSync(file(), '{"id":"a","thread_name":"One"}\n{"id":"b","thr');
		const names = new ThreadNames(file());
		names.set('c', 'Three');
		assert.deepEqual(
			[...(await names.all())],
			[
				['a', 'One'],
				['c', 'Three'],
			],
		);
	});

	it('the names of a deleted thread are gone, all others and damaged lines stay', async () => {
		const names = new ThreadNames(file());
		for (const [id, name] of [
			['a', 'secret one'],
			['b', 'kept'],
			['a', 'secret two'],
		] as const)
			names.set(id, name);
		fs.appendFileSync(file(), 'no JSON\n');
		names.remove('a');
		assert.deepEqual([...(await names.all())], [['b', 'kept']]);
		assert.doesNotMatch(fs.readFileSync(file(), 'utf8'), /secret/);
		assert.match(fs.readFileSync(file(), 'utf8'), /no JSON\n$/);
	});

	it('two writers of different members of the git state keep both', () => {
		const [one, two] = [new GitPatches(file()), new GitPatches(file())];
		const recorded = { sha: 'abc', branch: 'main', originUrl: null };
		one.add('a', { branch: 'topic' });
		two.add('a', { originUrl: 'https://example.invalid/r.git' });
		for (const patches of [one, two])
			assert.deepEqual(patches.apply('a', recorded), { sha: 'abc', branch: 'topic', originUrl: 'https://example.invalid/r.git' });
		one.add('a', { sha: null, branch: null, originUrl: null });
		assert.equal(two.apply('a', recorded), null);
		assert.equal(two.apply('b', recorded), recorded);
	});
});
