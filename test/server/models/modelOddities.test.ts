import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { httpError, type ReceivedRequest, respond, say } from '../../support/model/fakeModelServer.ts';
import { fakeModelConfig } from '../../support/model/fakeModelConfig.ts';
import { created, execCommand, itemAdded, itemDone, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

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

	it('that says something in a part that nobody knows is heard in the others', async () => {
		const content = [{ type: 'output_text', text: 'Heard.' }, { type: 'output_smell', data: 'x' }, null];
		fixture = await serverFixture([respond(itemDone({ type: 'message', role: 'assistant', id: 'm', content })), say('Again.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'go');
		await server.waitForNotification('item/completed', ({ item }) => item.type === 'agentMessage' && item.text === 'Heard.');
		await server.runTurn(threadId, 'on');
		assert.ok(JSON.stringify(fixture.model.requests[1]?.body.input).includes('"text":"Heard."'));
	});

	it('that writes the arguments of a call as an object has it run', async () => {
		const call = { type: 'function_call', id: 'f', call_id: 'c', name: 'exec_command', arguments: { cmd: 'echo object' } };
		fixture = await serverFixture([respond(itemDone(call)), say('End.')]);
		const server = fixture.start();
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'go');
		assert.equal(pairs(fixture.model.requests[1]).at(-1)?.said, 'object');
	});

	it('that counts tokens beyond all reason is not believed', async () => {
		const usage = { input_tokens: 1e300, output_tokens: -5, total_tokens: 1.5 };
		fixture = await serverFixture([{ steps: [created(), message('Hello.'), { type: 'response.completed', response: { id: 'r', usage } }] }]);
		const server = fixture.start();
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'go');
		const { params } = await server.waitForNotification('thread/tokenUsage/updated');
		assert.equal(params.tokenUsage.last.totalTokens, 1);
	});

	for (const wait of ['86400', '99999999999', new Date(Date.now() + 86_400_000).toUTCString()])
		it(`that wants to be asked again after ${wait.includes(' ') ? 'a date' : wait} is not waited for: the turn ends and says so`, async () => {
			fixture = await serverFixture([httpError(429, { error: { message: 'Busy.' } }, { 'retry-after': wait }), say('Back.')]);
			await fixture.home.config(fakeModelConfig(fixture.model.url).replaceAll('_max_retries = 0', '_max_retries = 3'));
			const server = fixture.start();
			await server.initialize();
			const threadId = await server.startThread(fixture.home);
			const turn = await server.runTurn(threadId, 'go');
			assert.equal(turn.status, 'failed');
			assert.match(turn.error.message, /Busy\..*asked again only after \d{4}-/);
			assert.equal(fixture.model.requests.length, 1);
			assert.equal((await server.runTurn(threadId, 'again')).status, 'completed');
		});
});

describe('what a client wants its provider to be told', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('goes along with each request of the turn, and takes nothing of ours away', async () => {
		fixture = await serverFixture([respond(...execCommand('true')), say('One.'), say('Two.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const { id } = await server.runTurn(threadId, 'go', { responsesapiClientMetadata: { job: 'Prüfung 💡', turn_id: 'mine' } });
		await server.runTurn(threadId, 'on');
		const told = fixture.model.requests.map(({ headers }) => JSON.parse(String(headers['x-codex-turn-metadata'])) as Record<string, unknown>);
		assert.deepEqual(
			told.map(({ job }) => job),
			['Prüfung 💡', 'Prüfung 💡', undefined],
		);
		assert.deepEqual(
			told.slice(0, 2).map((each) => each['turn_id']),
			[id, id],
		);
	});

	it('that cannot open the thoughts of the history is asked again without them, and from then on at once', async () => {
		const sealed = { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'sealed elsewhere' };
		const refusal = httpError(400, {
			error: { code: 'invalid_encrypted_content', message: 'The encrypted content for item rs_1 could not be verified.' },
		});
		fixture = await serverFixture([respond(itemDone(sealed), ...message('One.')), refusal, say('Two.'), say('Three.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		for (const text of ['first', 'second', 'third']) assert.equal((await server.runTurn(threadId, text)).status, 'completed');
		const thoughts = fixture.model.requests.map(({ body }) => JSON.stringify(body.input).includes('sealed elsewhere'));
		assert.deepEqual(thoughts, [false, true, false, false]);
		assert.ok(JSON.stringify(fixture.model.requests[3]?.body.input).includes('One.'));
		const warnings = server.received.filter(({ method }) => method === 'warning');
		assert.equal(warnings.filter(({ params }) => /cannot read what the model thought/.test(params.message)).length, 1);
	});
});
