import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { RolloutFolders } from './rolloutFolders.ts';

describe('folders of rollouts', () => {
	let root: string;
	const { readdirSync } = fs;
	beforeEach(() => {
		root = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-folders-'));
	});
	afterEach(() => {
		fs.readdirSync = readdirSync;
		fs.rmSync(root, { recursive: true });
	});

	it('that this user may not read hide no other thread', () => {
		for (const day of ['01', '02']) {
			const folder = path.join(root, '2026', '01', day);
			fs.mkdirSync(folder, { recursive: true });
			fs.writeFileSync(path.join(folder, `rollout-2026-01-${day}T00-00-00-00000000-0000-7000-8000-0000000000${day}.jsonl`), '');
		}
		// Tests may run as root, for whom no folder is closed.
		fs.readdirSync = ((folder: string, options: { withFileTypes: true }) => {
			if (folder.endsWith('02')) throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES' });
			return readdirSync(folder, options);
		}) as unknown as typeof fs.readdirSync;
		const keys = [...new RolloutFolders(root).walk({ newestFirst: true, after: null })].map((ref) => ref.key.slice(0, 10));
		assert.deepEqual(keys, ['2026-01-01']);
	});
});
