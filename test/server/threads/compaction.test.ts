import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { Gate, httpError, type Reply, respond, say, type Step } from '../../support/model/fakeModelServer.ts';
import { completed, created, execCommand, failed, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
/** An answer after which the provider has counted this many tokens. */
const counted = (tokens: number, ...parts: readonly (readonly Step[])[]): Reply => ({
	steps: [created(), ...parts, completed({ input: tokens, output: 0 })],
});

describe('compaction', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** What a request held, as `role or type: text`, without what the server says of itself. */
	const sent = (request: number) =>
		(fixture.model.requests[request]?.body.input ?? []).flatMap((item) => {
			const { type, role, content, output } = item as { type: string; role?: string; content?: { text?: string }[]; output?: string };
			const text = output ?? (content ?? []).map((part) => part.text ?? '').join('');
			return role === 'developer' || text.startsWith('<environment_context>') ? [] : [`${role ?? type}: ${text}`];
		});
	const started = async () => {
		const server = fixture.start();
		await server.initialize();
		return { server, id: await server.startThread(fixture.home) };
	};

	it("leaves the person's words and a summary, also after a restart, and all items to read", async () => {
		fixture = await serverFixture([say('Long answer.'), say('SUMMARY'), say('After.'), say('Later.')]);
		const { server, id } = await started();
		await server.runTurn(id, 'first');
		const from = server.mark();
		assert.deepEqual(await server.request('thread/compact/start', { threadId: id }), {});
		await server.waitForNotification('turn/completed', () => true, from);
		await server.runTurn(id, 'second');
		const [first, summary, second] = sent(2);
		assert.deepEqual([first, second, sent(2).length], ['user: first', 'user: second', 3]);
		assert.match(summary ?? '', /SUMMARY$/);
		const context = JSON.stringify(fixture.model.requests[2]?.body.input).match(/<permissions instructions>|<environment_context>/g);
		assert.deepEqual(context, ['<permissions instructions>', '<environment_context>']);
		const live = await server.request('thread/read', { threadId: id, includeTurns: true });
		await server.close();

		const again = fixture.start();
		await again.initialize();
		const resumed = await again.request('thread/resume', { threadId: id });
		assert.deepEqual(resumed.thread.turns, live.thread.turns);
		assert.deepEqual(
			resumed.thread.turns.map((turn: { items: { type: string }[] }) => turn.items.map((item) => item.type)),
			[['userMessage', 'agentMessage'], ['contextCompaction'], ['userMessage', 'agentMessage']],
		);
		await again.runTurn(id, 'third');
		assert.deepEqual(sent(3).slice(0, 3), sent(2));
		assert.deepEqual(sent(3).slice(3), ['assistant: After.', 'user: third']);
	});

	it('goes on with a turn in its middle, and counts output that the model has not seen', async () => {
		fixture = await serverFixture([counted(100, execCommand('head -c 8000 /dev/zero | tr "\\0" x')), say('SUMMARY'), say('Done.')], {
			model_auto_compact_token_limit: '1500',
		});
		const { server, id } = await started();
		assert.equal((await server.runTurn(id, 'go')).status, 'completed');
		assert.deepEqual(
			sent(2).map((each) => each.slice(0, 8)),
			['user: go', 'user: Th'],
		);
		const { thread } = await server.request('thread/read', { threadId: id, includeTurns: true });
		assert.deepEqual(
			thread.turns[0].items.map((item: { type: string }) => item.type),
			['userMessage', 'commandExecution', 'contextCompaction', 'agentMessage'],
		);
		await server.close();
		fixture.model.add(say('Back.'));
		const again = fixture.start();
		await again.initialize();
		await again.request('thread/resume', { threadId: id });
		await again.runTurn(id, 'more');
		const context = JSON.stringify(fixture.model.requests.at(-1)?.body.input).match(/<permissions instructions>|<environment_context>/g);
		assert.deepEqual(context, ['<permissions instructions>', '<environment_context>']);
	});

	it('takes what is said meanwhile as the next message of the same turn', async () => {
		const gate = new Gate();
		fixture = await serverFixture([say('One.'), respond(gate, message('SUMMARY')), say('Two.')]);
		const { server, id } = await started();
		await server.runTurn(id, 'first');
		const from = server.mark();
		await server.request('thread/compact/start', { threadId: id });
		await gate.reached();
		const { turn } = await server.request('turn/start', { threadId: id, input: input('second') });
		gate.open();
		const done = await server.waitForNotification('turn/completed', () => true, from);
		assert.equal(done.params.turn.id, turn.id);
		assert.equal(sent(2).at(-1), 'user: second');
	});

	it('can be asked for while a turn runs, and happens between two steps of it', async () => {
		const gate = new Gate();
		fixture = await serverFixture([respond(gate, message('Still talking.')), say('SUMMARY'), say('Next.')]);
		const { server, id } = await started();
		await server.request('turn/start', { threadId: id, input: input('go') });
		await gate.reached();
		await server.request('thread/compact/start', { threadId: id });
		gate.open();
		const done = await server.waitForNotification('turn/completed');
		assert.equal(done.params.turn.status, 'completed');
		await server.runTurn(id, 'and now');
		assert.deepEqual([sent(2)[0], /SUMMARY/.test(sent(2)[1] ?? ''), sent(2)[2]], ['user: go', true, 'user: and now']);
	});

	it('that fails or is stopped costs nothing: the thread goes on as it was', async () => {
		const gate = new Gate();
		fixture = await serverFixture([say('One.'), httpError(500, { error: { message: 'broken' } }), respond(gate), respond(), say('Two.')]);
		const { server, id } = await started();
		await server.runTurn(id, 'first');
		for (const stop of [false, true, false]) {
			const from = server.mark();
			await server.request('thread/compact/start', { threadId: id });
			if (stop) {
				await gate.reached();
				await server.request('turn/interrupt', { threadId: id, turnId: '' });
				gate.open();
			}
			const done = await server.waitForNotification('turn/completed', () => true, from);
			assert.equal(done.params.turn.status, stop ? 'interrupted' : 'failed');
			const items = server.received.slice(from).filter((each) => each.params?.item?.type === 'contextCompaction');
			assert.deepEqual(
				items.map((each) => each.method),
				['item/started', 'item/completed'],
			);
			if (!stop) assert.match(done.params.turn.error.message, /could not be summarised/);
		}
		await server.runTurn(id, 'second');
		assert.deepEqual(
			sent(4).filter((each) => !each.includes('turn_aborted')),
			['user: first', 'assistant: One.', 'user: second'],
		);
	});

	it('leaves out the oldest when even the summary request is too long', async () => {
		fixture = await serverFixture([say('One.'), respond(failed('context_length_exceeded', 'too long')), say('SUMMARY'), say('Two.')]);
		const { server, id } = await started();
		await server.runTurn(id, 'first');
		const from = server.mark();
		await server.request('thread/compact/start', { threadId: id });
		const done = await server.waitForNotification('turn/completed', () => true, from);
		assert.equal(done.params.turn.status, 'completed');
		assert.ok((fixture.model.requests[2]?.body.input?.length ?? 0) < (fixture.model.requests[1]?.body.input?.length ?? 0));
	});

	it('is taken back by a rollback of its turn', async () => {
		fixture = await serverFixture([say('One.'), say('SUMMARY'), say('Two.')]);
		const { server, id } = await started();
		await server.runTurn(id, 'first');
		const from = server.mark();
		await server.request('thread/compact/start', { threadId: id });
		await server.waitForNotification('turn/completed', () => true, from);
		await server.request('thread/rollback', { threadId: id, numTurns: 1 });
		await server.runTurn(id, 'second');
		assert.deepEqual(sent(2), ['user: first', 'assistant: One.', 'user: second']);
	});

	it('of a thread in which nothing was said asks no model and is done', async () => {
		fixture = await serverFixture([]);
		const { server, id } = await started();
		await server.request('thread/compact/start', { threadId: id });
		const { turn } = (await server.waitForNotification('turn/completed')).params;
		assert.equal(turn.status, 'completed');
		assert.equal(fixture.model.requests.length, 0);
	});

	for (const [name, body] of [
		['OpenAI', { error: { code: 'context_length_exceeded', message: 'Your input exceeds the context window of this model.' } }],
		[
			'llama.cpp',
			{ error: { code: 400, type: 'exceed_context_size_error', message: 'the request exceeds the available context size (4096 tokens)' } },
		],
		['vLLM', { object: 'error', message: "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens.", code: 400 }],
		['LiteLLM', { error: { message: 'litellm.ContextWindowExceededError: ...', type: null, code: '400' } }],
		['Ollama', { error: { message: 'the input length exceeds the context length', type: 'api_error' } }],
	] as const) {
		it(`saves a turn whose context overflows in its middle, in the words of ${name}`, async () => {
			fixture = await serverFixture([respond(execCommand('echo hi')), httpError(400, body), say('SUMMARY'), say('Done.')]);
			const { server, id } = await started();
			assert.equal((await server.runTurn(id, 'go')).status, 'completed');
			const [first, summary, ...rest] = sent(3);
			assert.deepEqual([first, rest], ['user: go', []]);
			assert.match(summary ?? '', /SUMMARY$/);
		});
	}

	it('that does not help ends the turn, and what the person said stays', async () => {
		const refused = httpError(400, { error: { code: 'context_length_exceeded', message: 'Too long.' } });
		fixture = await serverFixture([respond(execCommand('echo hi')), refused, say('SUMMARY'), refused, say('SUMMARY'), say('Back.')]);
		const { server, id } = await started();
		const failure = await server.runTurn(id, 'the first wish');
		assert.deepEqual([failure.status, failure.error.codexErrorInfo], ['failed', 'contextWindowExceeded']);
		assert.equal((await server.runTurn(id, 'the second wish')).status, 'completed');
		assert.match(JSON.stringify(sent(5)), /the first wish.*the second wish/);
	});

	it('is refused, and the message that it was to make room for is there afterwards', async () => {
		const broken = httpError(400, { error: { message: 'No.' } });
		fixture = await serverFixture([counted(2000, message('Hm.')), broken, say('SUMMARY'), say('Back.')], { model_auto_compact_token_limit: '1500' });
		const { server, id } = await started();
		await server.runTurn(id, 'one');
		assert.equal((await server.runTurn(id, 'two')).status, 'failed');
		assert.equal((await server.runTurn(id, 'three')).status, 'completed');
		assert.match(JSON.stringify(sent(3)), /one.*two.*three/);
	});
});
