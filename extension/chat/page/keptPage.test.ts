import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { KeptPage } from './keptPage.ts';

describe('the kept state of the page', () => {
	let folder: string;
	beforeEach(async () => {
		folder = path.join(await fs.mkdtemp(path.join(os.tmpdir(), 'tiller-kept-')), 'deep');
	});
	afterEach(() => fs.rm(path.dirname(folder), { recursive: true }));
	const fail = (error: unknown) => assert.fail(String(error));

	it('is the newest, also after many changes at once, in this window and the next', async () => {
		const kept = new KeptPage(folder, fail);
		for (let index = 0; index < 50; index++) kept.keep(`{"n":${index}}`);
		assert.equal(kept.read(), '{"n":49}');
		await kept.settled();
		assert.equal(new KeptPage(folder, fail).read(), '{"n":49}');
		assert.deepEqual(await fs.readdir(folder), ['page.json']);
	});

	it('is empty where nothing is kept', () => {
		const kept = new KeptPage(null, fail);
		kept.keep('{}');
		assert.equal(kept.read(), '');
		assert.equal(new KeptPage(folder, fail).read(), '');
	});
});
