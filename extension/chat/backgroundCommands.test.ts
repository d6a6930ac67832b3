import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { BackgroundTerminal } from '../../server/protocol/thread/threadStatus.ts';
import type { Client } from '../server/client.ts';
import { BackgroundCommands } from './backgroundCommands.ts';

const terminal: BackgroundTerminal = { processId: '1', itemId: 'i', turnId: 't', command: 'serve', cwd: '/w', pid: 1, startedAtMs: 1 };

describe('commands that outlive their turn', () => {
	it('are looked after until the last has ended, and nobody is asked after that', async () => {
		const answers = [[terminal], [terminal], []];
		let asked = 0;
		const client = { request: async () => ({ data: answers[asked++] ?? [] }) } as unknown as Client;
		const commands = new BackgroundCommands({ ready: async () => client, activeThread: () => 'thread', visible: () => true, lookMs: 1 });
		const seen: number[] = [];
		const ended = new Promise<void>((resolve) => {
			commands.onDidChange(() => {
				seen.push(commands.list.length);
				if (commands.list.length === 0) resolve();
			});
		});
		commands.notice({ method: 'turn/completed', params: { threadId: 'other' } } as never);
		assert.equal(asked, 0);
		commands.notice({ method: 'turn/completed', params: { threadId: 'thread' } } as never);
		await ended;
		await new Promise(setImmediate);
		assert.deepEqual([seen, asked], [[1, 0], 3]);
		commands.dispose();
	});
});
