import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { fakeModelConfig } from '../../support/model/fakeModelConfig.ts';
import { httpError, type Reply, respond, say, type ScriptEntry } from '../../support/model/fakeModelServer.ts';
import { completed, created, execCommand, itemDone, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const sealed = { type: 'context_compaction', encrypted_content: 'SEALED' };
const sealedItem = itemDone(sealed);
const said = (role: string, text: string) => ({ type: 'message', role, content: [{ type: 'input_text', text }] });
const json = (body: unknown): Reply => ({ status: 200, body });

describe('compaction by the provider', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	/** A thread with one turn behind it, of a provider that can compact. */
	const started = async (script: readonly ScriptEntry[], { stream = false, more = '' } = {}) => {
		fixture = await serverFixture([say('One.'), ...script]);
		const config = fakeModelConfig(fixture.model.url).replace('"Fake"', '"OpenAI"');
		await fixture.home.config(`${more}\n${config}\n[features]\nremote_compaction_v2 = ${stream}\n`);
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'first');
		const compact = async () => {
			const from = server.mark();
			await server.request('thread/compact/start', { threadId: id });
			const { params } = await server.waitForNotification('turn/completed', () => true, from);
			const items = server.received.slice(from).filter(({ params: told }) => told?.item?.type === 'contextCompaction');
			return { turn: params.turn, items: items.map(({ method, params: told }) => [method, told.item.status ?? null]) };
		};
		return { server, id, compact };
	};
	const requests = () => fixture.model.requests.map(({ path }) => path.replace('/v1', ''));
	/** What a request held, without what the server says of itself. */
	const sent = (request: number) =>
		(fixture.model.requests[request]?.body.input ?? []).flatMap((item) => {
			const { role, content } = item as { role?: string; content?: { text?: string }[] };
			const text = (content ?? []).map((part) => part.text ?? '').join('');
			return role === 'developer' || text.startsWith('<environment_context>') ? [] : [role === undefined ? item : `${role}: ${text}`];
		});

	it('takes what its endpoint gives back, tells the context anew, and keeps it over a restart', async () => {
		const output = [
			said('developer', 'old permissions'),
			said('user', '<environment_context>old</environment_context>'),
			said('user', 'first'),
			sealed,
		];
		const { server, id, compact } = await started([json({ output }), say('Two.'), say('Three.')]);
		assert.deepEqual((await compact()).items, [
			['item/started', null],
			['item/completed', null],
		]);
		await server.runTurn(id, 'second');
		assert.deepEqual(requests(), ['/responses', '/responses/compact', '/responses']);
		assert.deepEqual(sent(2), ['user: first', sealed, 'user: second']);
		assert.doesNotMatch(JSON.stringify(fixture.model.requests[2]?.body.input), /\bold\b/);
		const [turn, call] = [fixture.model.requests[0]?.body, fixture.model.requests[1]?.body];
		assert.deepEqual([call?.instructions, call?.tools, call?.stream], [turn?.instructions, turn?.tools, undefined]);
		await server.close();
		const again = fixture.start();
		await again.initialize();
		await again.request('thread/resume', { threadId: id });
		await again.runTurn(id, 'third');
		assert.deepEqual(sent(3).slice(0, 2), ['user: first', sealed]);
	});

	it('is done by the model where there is no such endpoint, now and from then on', async () => {
		const { server, id, compact } = await started([
			httpError(404, { error: { message: 'no' } }),
			say('SUMMARY'),
			say('Two.'),
			say('SUMMARY'),
			say('Three.'),
		]);
		assert.equal((await compact()).turn.status, 'completed');
		await server.runTurn(id, 'second');
		assert.match(String(sent(3)[1]), /SUMMARY$/);
		assert.equal((await compact()).turn.status, 'completed');
		assert.deepEqual(requests().slice(1), ['/responses/compact', '/responses', '/responses', '/responses']);
	});

	it('that fails leaves all as it was, and is shown as failed, later too', async () => {
		const { server, id, compact } = await started([
			httpError(400, { error: { message: 'bad' } }),
			json({ output: [] }),
			httpError(200, '{"output":'),
			say('Two.'),
		]);
		for (let n = 0; n < 3; n += 1) {
			const { turn, items } = await compact();
			assert.match(turn.error.message, /could not be summarised/);
			assert.deepEqual(items, [
				['item/started', null],
				['item/completed', 'failed'],
			]);
		}
		await server.runTurn(id, 'second');
		assert.deepEqual(sent(4), ['user: first', 'assistant: One.', 'user: second']);
		await server.close();
		const again = fixture.start();
		await again.initialize();
		const { thread } = await again.request('thread/resume', { threadId: id });
		assert.equal(thread.turns[1].items[0].status, 'failed');
	});

	for (const [name, steps, works] of [
		['exactly one item', [sealedItem], true],
		['one item among others', [message('thinking aloud'), sealedItem, execCommand('touch never')], true],
		['no item', [message('no')], false],
		['two items', [sealedItem, itemDone({ ...sealed, encrypted_content: 'B' })], false],
	] as const)
		it(`by a stream with ${name} ${works ? 'is done' : 'fails'}`, async () => {
			const { server, id, compact } = await started([respond(...steps), say('Two.')], { stream: true });
			assert.equal((await compact()).turn.status, works ? 'completed' : 'failed');
			assert.deepEqual(sent(1).at(-1), { type: 'context_compaction' });
			await server.runTurn(id, 'second');
			assert.deepEqual(sent(2), works ? ['user: first', sealed, 'user: second'] : ['user: first', 'assistant: One.', 'user: second']);
			assert.deepEqual(new Set(requests()), new Set(['/responses']));
		});

	it('happens in the middle of a turn too', async () => {
		const full: Reply = { steps: [created(), ...execCommand('true'), completed({ input: 5000, output: 0 })] };
		const { server, id } = await started([full, json({ output: [said('user', 'first'), said('user', 'go'), sealed] }), say('Done.')], {
			more: 'model_auto_compact_token_limit = 4900',
		});
		assert.equal((await server.runTurn(id, 'go')).status, 'completed');
		assert.deepEqual(requests().slice(1), ['/responses', '/responses/compact', '/responses']);
		assert.deepEqual(sent(3), ['user: first', 'user: go', sealed]);
		assert.match(JSON.stringify(fixture.model.requests[3]?.body.input), /<permissions instructions>/);
	});
});

describe('compaction that cannot help', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('ends the turn with what to change, instead of doing it again at each step', async () => {
		const full = (callId: string): Reply => ({ steps: [created(), ...execCommand('true', { callId }), completed({ input: 9000, output: 0 })] });
		fixture = await serverFixture([full('a'), say('SUMMARY'), full('b'), say('SUMMARY'), full('c'), say('never')], {
			model_auto_compact_token_limit: '8000',
		});
		const server = fixture.start();
		await server.initialize();
		const id = await server.startThread(fixture.home);
		const turn = await server.runTurn(id, 'go');
		assert.equal(turn.status, 'failed');
		assert.match(turn.error?.message ?? '', /twice it left more than 8000 tokens.*model_auto_compact_token_limit/);
		assert.equal(fixture.model.requests.length, 5);
	});
});
