import assert from 'node:assert/strict';
import type { FileBlameResponse } from '../../server/protocol/host/fileBlame.ts';
import type { Client } from '../server/client.ts';
import { FileBlame } from './fileBlame.ts';

describe('blame', () => {
	const turn = { threadId: 't', threadTitle: 'Title', turnId: 'u', itemId: null, changedAt: 1, message: 'Do it', undone: false };
	const answer: FileBlameResponse = { turns: [turn], ranges: [{ from: 2, to: 3, turn: 0 }] };
	const text = (version: number) => ({ path: '/a.ts', version, text: `v${version}` });

	function fixture(reply: () => Promise<FileBlameResponse>) {
		const asked: unknown[] = [];
		const client = {
			request: (method: string, params: unknown) => {
				asked.push([method, params]);
				return reply();
			},
		} as unknown as Client;
		return { asked, client };
	}

	it('knows whose a line is, and asks once for each state of a file', async () => {
		const { asked, client } = fixture(() => Promise.resolve(answer));
		const blame = new FileBlame(() => client);
		assert.deepEqual(await Promise.all([0, 1, 2, 3].map((line) => blame.turnAt(text(1), line))), [null, turn, turn, null]);
		assert.deepEqual(asked, [['file/blame', { path: '/a.ts', text: 'v1' }]]);
		await blame.of(text(2));
		assert.equal(asked.length, 2);
		const files = [{ path: '/a.ts', change: 'modified' as const, by: [], kept: true }];
		blame.notice({ method: 'thread/checkpoint/updated', params: { threadId: 't', checkpointId: 'u', from: 0, files } });
		await blame.of(text(2));
		assert.equal(asked.length, 3);
	});

	it('is silent without a server, and with one that does not know', async () => {
		assert.equal(await new FileBlame(() => null).turnAt(text(1), 1), null);
		const { client } = fixture(() => Promise.reject(new Error('unknown method')));
		assert.equal(await new FileBlame(() => client).turnAt(text(1), 1), null);
	});
});
