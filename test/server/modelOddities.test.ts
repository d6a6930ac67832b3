import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { type ReceivedRequest, respond, say } from '../support/fakeModelServer.ts';
import { execCommand, itemAdded, message } from '../support/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const pairs = (request: ReceivedRequest | undefined) =>
	(request?.body.input ?? [])
		.map((item) => item as { readonly type: string; readonly call_id?: string; readonly output?: string })
		.filter(({ call_id }) => call_id !== undefined)
		.map(({ type, call_id, output }) => ({ type, call_id, said: /Output:\n(.*)\n/.exec(output ?? '')?.[1] ?? null }));

describe('a model server with its own ways', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('that names the calls of each response anew has every call run and answered, in every turn and after a resume', async () => {
		const call = (text: string) => respond(...execCommand(`echo ${text}`, { callId: 'call_0' }));
		fixture = await serverFixture([call('one'), call('two'), say('End.'), call('three'), say('End.'), say('Resumed.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(threadId, 'go')).status, 'completed');
		assert.equal((await server.runTurn(threadId, 'on')).status, 'completed');
		const before = await server.request('thread/read', { threadId, includeTurns: true });
		const outputs = before.thread.turns.map(({ items }: { items: { type: string; aggregatedOutput?: string }[] }) =>
			items.filter(({ type }) => type === 'commandExecution').map((item) => item.aggregatedOutput),
		);
		assert.deepEqual(outputs, [['one\n', 'two\n'], ['three\n']]);
		await server.close();
		const again = fixture.start();
		await again.initialize();
		await again.request('thread/resume', { threadId });
		await again.runTurn(threadId, 'go on');
		const sent = pairs(fixture.model.requests.at(-1));
		assert.deepEqual(
			sent.filter(({ type }) => type === 'function_call_output').map(({ said }) => said),
			['one', 'two', 'three'],
		);
		for (const [index, { type, call_id }] of sent.entries()) if (type === 'function_call') assert.equal(sent[index + 1]?.call_id, call_id);
	});

	it('that gives two calls of one response the same id has both run and answered', async () => {
		const calls = ['one', 'two'].flatMap((text) => execCommand(`echo ${text}`, { callId: 'call_0' }));
		fixture = await serverFixture([respond(...calls), say('End.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		assert.equal((await server.runTurn(threadId, 'go')).status, 'completed');
		const sent = pairs(fixture.model.requests[1]);
		assert.deepEqual(
			sent.filter(({ type }) => type === 'function_call_output').map(({ said }) => said),
			['one', 'two'],
		);
		assert.equal(new Set(sent.filter(({ type }) => type === 'function_call').map(({ call_id }) => call_id)).size, 2);
	});

	for (const index of [3_000_000_000, -1, 1.5, '1', null])
		it(`that numbers a part of its reasoning with ${JSON.stringify(index)} is heard to the end`, async () => {
			const part = { type: 'response.reasoning_summary_text.delta', item_id: 'rs_1', summary_index: index, delta: 'Hm.' };
			fixture = await serverFixture([respond(itemAdded({ type: 'reasoning', id: 'rs_1', summary: [] }), part, message('Hello.'))]);
			const server = fixture.start();
			await server.initialize();
			assert.equal((await server.runTurn(await server.startThread(fixture.home), 'go')).status, 'completed');
		});
});
