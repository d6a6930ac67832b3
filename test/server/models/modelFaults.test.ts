import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { fakeModelConfig } from '../../support/model/fakeModelConfig.ts';
import { Gate, httpError, type ReceivedRequest, type Reply, respond, say, type ScriptEntry, type Step } from '../../support/model/fakeModelServer.ts';
import { completed, created, functionCall, itemAdded, itemDone, message, messageItem, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const IDLE_MS = 1500;
const plan = (callId: string) => functionCall('update_plan', { plan: [{ step: 'a', status: 'pending' }] }, callId);
const sse = (event: object & { readonly type: string }) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
const bodyOf = (...events: readonly { readonly type: string }[]) => events.map(sse).join('');

describe('a model that fails in the middle', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const started = async (script: readonly ScriptEntry[], config = (text: string) => text) => {
		fixture = await serverFixture(script);
		const text = fakeModelConfig(fixture.model.url).replace('stream_max_retries = 0', `stream_max_retries = 3\nstream_idle_timeout_ms = ${IDLE_MS}`);
		await fixture.home.config(config(text));
		const server = fixture.start();
		await server.initialize();
		return server;
	};

	/** What every turn has to keep: each item that started has completed once, in its turn; and how often the plan was changed in it. */
	const told = (server: AppServerProcess, turnId: string) => {
		const own = server.received.filter(({ params }) => params?.turnId === turnId);
		const ids = (method: string) => own.filter((each) => each.method === method).map(({ params }) => params.item.id as string);
		assert.deepEqual([...ids('item/completed')].sort(), [...ids('item/started')].sort());
		assert.equal(new Set(ids('item/started')).size, ids('item/started').length);
		return {
			plans: own.filter(({ method }) => method === 'turn/plan/updated').length,
			texts: own
				.filter(({ method, params }) => method === 'item/completed' && params.item.type === 'agentMessage')
				.map(({ params }) => params.item.text),
			retries: own
				.filter(({ method, params }) => method === 'error' && params.willRetry)
				.map(({ params }) => params.error.additionalDetails as string),
		};
	};

	it('loses nothing and does nothing twice, at whichever byte its answer is cut', async function () {
		const events = [created(), itemDone(messageItem('So €.', 'm')), ...plan('c'), completed()];
		const whole = Buffer.from(bodyOf(...events));
		const seen = new Map<number, number>();
		/** The turn is known by what the person said last: "cut N". */
		const answer = ({ body }: ReceivedRequest): Reply => {
			const text = JSON.stringify(body.input);
			const cut = Number(text.slice(text.lastIndexOf('cut ') + 4).match(/^\d+/)?.[0]);
			const since = text.slice(text.lastIndexOf('cut '));
			const before = seen.get(cut) ?? 0;
			seen.set(cut, before + 1);
			if (before === 0) return { steps: [{ raw: whole.subarray(0, cut) }, 'cut'] };
			return since.includes('function_call_output') ? say('Done.') : { steps: events };
		};
		const server = await started(Array.from({ length: whole.length * 4 }, () => answer));
		const cuts = Array.from({ length: whole.length }, (_, index) => index);
		const worker = async () => {
			const threadId = await server.startThread(fixture.home);
			for (let cut = cuts.shift(); cut !== undefined; cut = cuts.shift()) {
				const turn = await server.runTurn(threadId, `cut ${cut}`);
				const { plans, texts } = told(server, turn.id);
				assert.equal(turn.status, 'completed', `cut at ${cut}`);
				assert.equal(plans, 1, `the plan was changed ${plans} times after a cut at ${cut}`);
				assert.equal(texts.at(-1), 'Done.');
			}
			const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
			assert.ok(thread.turns.every(({ status }: { status: string }) => status === 'completed'));
		};
		await Promise.all(Array.from({ length: 24 }, worker));
		assert.equal(fixture.model.unscripted, 0);
	});

	const once: readonly Step[] = [created(), ...message('Hello.', 'm'), ...plan('c'), completed()];
	const faults: readonly { readonly name: string; readonly first: () => Reply; readonly retries: readonly RegExp[]; readonly plans?: number }[] = [
		{
			name: 'stalls in a message',
			first: () => ({ steps: [created(), ...message('Hel', 'm').slice(0, 2), new Gate()] }),
			retries: [/nothing came for/],
		},
		{ name: 'stalls after a call', first: () => ({ steps: [...once.slice(0, -1), new Gate()] }), retries: [/nothing came for/], plans: 1 },
		{ name: 'ends in good order too early', first: () => ({ steps: [...once.slice(0, -1), 'end'] }), retries: [/ended before/], plans: 1 },
		{
			name: 'sends no JSON',
			first: () => ({ steps: [created(), { raw: 'event: response.completed\ndata: {"type":\n\n' }] }),
			retries: [/no valid JSON/],
		},
		{
			name: 'sends everything twice',
			first: () => ({ steps: once.flatMap((step) => (step === once.at(-1) ? [step] : [step, step])) }),
			retries: [],
			plans: 1,
		},
		{
			name: 'sends what nobody knows',
			first: () => ({
				steps: [created(), { type: 'response.new_thing', x: 1 }, { raw: ': comment\n\ndata: [1]\n\nevent: odd\ndata: {}\n\n' }, ...once.slice(1)],
			}),
			retries: [],
			plans: 1,
		},
		{
			name: 'names the wrong items',
			first: () => ({
				steps: [created(), textDelta('lost', 'nobody'), itemAdded({ type: 'message', role: 'assistant', id: 'x', content: [] }), ...once.slice(1)],
			}),
			retries: [],
			plans: 1,
		},
		{
			name: 'comes through a proxy that buffers',
			first: () => ({ steps: [{ raw: bodyOf(...(once as { type: string }[])) }] }),
			retries: [],
			plans: 1,
		},
		{
			name: 'fails after a call',
			first: () => ({ steps: [...once.slice(0, -1), { type: 'response.failed', response: {} }] }),
			retries: [/did not say why/],
			plans: 1,
		},
	];
	for (const { name, first, retries, plans = 0 } of faults)
		it(`that ${name} is gone on with`, async () => {
			const server = await started([first(), say('Done.')]);
			const threadId = await server.startThread(fixture.home);
			const turn = await server.runTurn(threadId, 'go');
			const heard = told(server, turn.id);
			assert.equal(turn.status, 'completed');
			assert.equal(heard.plans, plans);
			assert.equal(heard.texts.at(-1), 'Done.');
			assert.equal(heard.retries.length, retries.length);
			for (const [index, expected] of retries.entries()) assert.match(heard.retries[index] ?? '', expected);
			const outputs = (fixture.model.requests[1]?.body.input ?? []).filter((item) => (item as { type: string }).type === 'function_call_output');
			assert.equal(outputs.length, plans);
		});

	it('that is busy is asked again, as late as it wants', async () => {
		const busy = { error: { message: 'busy' } };
		const server = await started(
			[
				httpError(429, busy, { 'retry-after': '0' }),
				httpError(429, busy),
				httpError(503, busy),
				httpError(500, busy, { 'retry-after-ms': '5' }),
				say('Done.'),
			],
			(config) => config.replace('request_max_retries = 0', 'request_max_retries = 4'),
		);
		const threadId = await server.startThread(fixture.home);
		const turn = await server.runTurn(threadId, 'go');
		assert.deepEqual([turn.status, told(server, turn.id).texts], ['completed', ['Done.']]);
		assert.equal(fixture.model.requests.length, 5);
	});

	it('that cannot be reached, or speaks no TLS, fails the turn with words, and the thread goes on after it is repaired', async () => {
		const server = await started([say('Back.')]);
		const { url } = fixture.model;
		const config = fakeModelConfig(url);
		const threadId = await server.startThread(fixture.home);
		for (const [broken, why] of [
			['http://127.0.0.1:1/v1', /cannot be reached.*ECONNREFUSED|cannot be reached.*127\.0\.0\.1:1/],
			[url.replace('http:', 'https:'), /cannot be reached/],
		] as const) {
			await fixture.home.config(config.replaceAll(url, broken));
			const turn = await server.runTurn(threadId, 'go');
			assert.equal(turn.status, 'failed');
			assert.match(turn.error.message, why);
			assert.deepEqual(told(server, turn.id).texts, []);
		}
		await fixture.home.config(config);
		assert.equal((await server.runTurn(threadId, 'again')).status, 'completed');
	});

	it('over and over ends the turn after the last try, with every item complete and the call done once', async () => {
		const cut = (): Reply => ({ steps: [created(), ...message('Half', 'm').slice(0, 2), 'cut'] });
		const server = await started([{ steps: [...once.slice(0, -1), 'cut'] }, cut(), cut(), cut(), respond(...message('Fine.'))]);
		const threadId = await server.startThread(fixture.home);
		const turn = await server.runTurn(threadId, 'go');
		const heard = told(server, turn.id);
		assert.deepEqual([turn.status, heard.plans, heard.retries.length], ['failed', 1, 3]);
		assert.equal((await server.runTurn(threadId, 'again')).status, 'completed');
	});
});
