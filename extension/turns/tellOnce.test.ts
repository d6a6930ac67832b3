import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { claimEnd } from './tellOnce.ts';

describe('the end of a turn', () => {
	let home: string;
	beforeEach(async () => {
		home = await fs.mkdtemp(path.join(os.tmpdir(), 'tiller-told-'));
	});
	afterEach(() => fs.rm(home, { recursive: true, force: true }));

	it('is told by one of the windows that follow the thread', async () => {
		const claims = await Promise.all(Array.from({ length: 8 }, () => claimEnd(home, 'turn-1')));
		assert.equal(claims.filter(Boolean).length, 1);
		assert.equal(await claimEnd(home, 'turn-2'), true);
	});

	it('leaves no claims behind for long', async () => {
		await claimEnd(home, 'old');
		const old = path.join(home, 'tiller', 'told', 'old');
		await fs.utimes(old, 1, 1);
		await claimEnd(home, 'new');
		assert.deepEqual(await fs.readdir(path.dirname(old)), ['new']);
	});

	it('is told where nothing can be claimed, and claims nothing outside of its folder', async () => {
		await fs.writeFile(path.join(home, 'tiller'), 'a file');
		assert.equal(await claimEnd(home, 'turn-1'), true);
		assert.equal(await claimEnd(home, '../../turn'), true);
		assert.deepEqual(await fs.readdir(home), ['tiller']);
	});
});
