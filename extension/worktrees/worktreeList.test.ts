import assert from 'node:assert/strict';
import type { Worktree } from '../../server/protocol/host/worktree.ts';
import type { Client } from '../server/client.ts';
import { WorktreeList, worktreeName } from './worktreeList.ts';

const worktree = (id: string, source: string, inside = ''): Worktree => ({
	id,
	folder: `/home/worktrees/${id}`,
	cwd: `/home/worktrees/${id}${inside}`,
	branch: `tiller/${id}`,
	source,
	createdAt: 0,
	missing: false,
});

const clientWith = (answer: () => Promise<unknown>) => ({ request: answer }) as unknown as Client;

describe('worktrees', () => {
	it('belong to the folder of the person that they stand for, by whatever name', async () => {
		const list = new WorktreeList((folder) => folder.replace(/^\/link/, '/work'));
		await list.load(clientWith(async () => ({ data: [worktree('a', '/work'), worktree('b', '/work', '/sub'), worktree('c', '/other')] })));
		assert.deepEqual(list.of('/link'), ['/home/worktrees/a']);
		assert.deepEqual(list.of('/work/sub'), ['/home/worktrees/b/sub']);
		assert.deepEqual(list.of('/nowhere'), []);
		assert.equal(list.at('/home/worktrees/b/sub/deeper')?.id, 'b');
		assert.equal(list.at('/home/worktrees/bb'), undefined);
		assert.equal(list.at(null), undefined);
		assert.equal(worktreeName(worktree('fix', '/work')), 'fix');
	});

	it('tell of changes only when there are some, and are none where the server knows none', async () => {
		const list = new WorktreeList((folder) => folder);
		let told = 0;
		list.onDidChange(() => told++);
		const one = clientWith(async () => ({ data: [worktree('a', '/work')] }));
		await list.load(one);
		await list.load(one);
		assert.equal(told, 1);
		await list.load(clientWith(() => Promise.reject(new Error('unknown method'))));
		assert.deepEqual([told, list.all.length], [2, 0]);
	});
});
