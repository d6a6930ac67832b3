import assert from 'node:assert/strict';
import { Emitter } from 'vscode-jsonrpc/node.js';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Client } from '../server/client.ts';
import { askOnce } from './askOnce.ts';
import { commitQuestion, commitText } from './commitText.ts';

describe('a commit message', () => {
	it('is asked for with the diff and the manner of earlier ones', () => {
		assert.equal(commitQuestion({ diff: '+a', earlier: ['Add b'] }), 'Earlier messages:\n- Add b\n\nThe diff:\n+a');
		assert.match(commitQuestion({ diff: 'x'.repeat(60_005), earlier: [] }), /x\n\(5 more characters are not shown\)$/);
	});

	it('is taken out of fences and quotes', () => {
		assert.equal(commitText('```text\nAdd a\n\nWhy.\n```\n'), 'Add a\n\nWhy.');
		assert.equal(commitText(' "Add a" '), 'Add a');
		assert.equal(commitText('Say "a" and "b"'), 'Say "a" and "b"');
	});

	const question = { cwd: '/w', model: null, provider: null, instructions: 'i', text: 't' };
	function fixture() {
		const notifications = new Emitter<ServerNotification>();
		const asked: string[] = [];
		const request = (method: string) => {
			asked.push(method);
			return Promise.resolve(method === 'thread/start' ? { thread: { id: 'side' } } : { turn: { id: 'turn' } });
		};
		const client = { request, onNotification: notifications.event } as unknown as Client;
		const end = (status: string, message?: string) =>
			notifications.fire({
				method: 'turn/completed',
				params: { threadId: 'side', turn: { id: 'turn', status, error: message === undefined ? null : { message } } },
			} as unknown as ServerNotification);
		const say = (threadId: string, text: string) =>
			notifications.fire({
				method: 'item/completed',
				params: { threadId, turnId: 'turn', item: { type: 'agentMessage', text } },
			} as ServerNotification);
		return { client, asked, end, say };
	}
	const settled = () => new Promise((resolve) => setImmediate(resolve));

	it('is the last answer of a thread of its own, which is left afterwards', async () => {
		const { client, asked, end, say } = fixture();
		const answer = askOnce(client, question, new AbortController().signal);
		await settled();
		say('side', 'Let me see.');
		say('other', 'Not this.');
		say('side', 'Add a');
		end('completed');
		assert.equal(await answer, 'Add a');
		assert.deepEqual(asked, ['thread/start', 'turn/start', 'thread/unsubscribe']);
	});

	it('can be cancelled, and tells why it failed', async () => {
		const cancelled = fixture();
		const abort = new AbortController();
		const answer = askOnce(cancelled.client, question, abort.signal);
		await settled();
		abort.abort();
		await assert.rejects(answer, /cancelled/);
		await settled();
		assert.ok(cancelled.asked.includes('turn/interrupt'));
		const failing = fixture();
		const failed = askOnce(failing.client, question, new AbortController().signal);
		await settled();
		failing.end('failed', 'The provider is away.');
		await assert.rejects(failed, /The provider is away/);
	});
});
