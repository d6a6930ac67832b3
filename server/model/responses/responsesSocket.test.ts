import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { client, closeAll, request, servers, upgraded } from '../../../test/support/model/mockProvider.ts';
import { ModelError, type ModelEvent, type ModelRequest } from '../model.ts';
import type { Provider } from '../provider.ts';
import type { ResponsesClient } from './responsesClient.ts';

interface Message {
	readonly type: string;
	readonly input: readonly { readonly type: string }[];
	readonly previous_response_id?: string;
}
type Answer = (socket: WebSocket, message: Message) => void;

const created = { type: 'response.created', response: { id: 'r' } };
const said = (text: string) => ({
	type: 'response.output_item.done',
	item: { type: 'message', id: `m-${text}`, role: 'assistant', content: [{ type: 'output_text', text }] },
});
const completed = (id: string) => ({ type: 'response.completed', response: { id, usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 } } });
const answer =
	(id: string): Answer =>
	(socket) => {
		for (const event of [created, said(id), completed(id)]) socket.send(JSON.stringify(event));
	};

/** A provider with websockets. `refuse`: the status with which it answers handshakes. Over HTTP it says "by HTTP". */
async function provider({ answers = [], refuse = 0 }: { answers?: readonly Answer[]; refuse?: number }) {
	const seen = { handshakes: [] as http.IncomingHttpHeaders[], messages: [] as Message[], posts: [] as http.IncomingHttpHeaders[] };
	const server = http.createServer((incoming, response) => {
		seen.posts.push(incoming.headers);
		incoming.resume();
		response.writeHead(200, { 'content-type': 'text/event-stream', 'x-codex-turn-state': 'post-state' });
		response.end([created, said('by HTTP'), completed('http')].map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
	});
	servers.push(server);
	const sockets = new WebSocketServer({ noServer: true });
	sockets.on('headers', (headers) => headers.push(`x-codex-turn-state: state-${seen.handshakes.length}`));
	server.on('upgrade', (incoming, socket, head) => {
		seen.handshakes.push(incoming.headers);
		upgraded.push(socket);
		if (refuse > 0) {
			socket.end(`HTTP/1.1 ${refuse} No\r\ncontent-length: 0\r\n\r\n`);
			return;
		}
		sockets.handleUpgrade(incoming, socket, head, (open) => {
			open.on('message', (data) => {
				const message: Message = JSON.parse(String(data));
				seen.messages.push(message);
				(answers[seen.messages.length - 1] ?? answer(`r${seen.messages.length}`))(open, message);
			});
		});
	});
	await new Promise<void>((resolve) => {
		server.listen(0, '127.0.0.1', resolve);
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const mine = (url: string, more: Partial<Provider> = {}) => client(url, { supportsWebsockets: true, ...more });

async function read(from: ResponsesClient, more: Partial<ModelRequest> = {}): Promise<readonly ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const event of from.stream({ ...request, ...more }, new AbortController().signal)) events.push(event);
	return events;
}

const text = (events: readonly ModelEvent[]) =>
	events
		.flatMap((event) =>
			event.type === 'itemDone' && event.item.type === 'message' ? event.item.content.map((part) => ('text' in part ? part.text : '')) : [],
		)
		.join();
const items = (events: readonly ModelEvent[]) => events.flatMap((event) => (event.type === 'itemDone' ? [event.item] : []));
const user = (words: string) => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text: words }] }) as const;

describe('the Responses API over a websocket', () => {
	afterEach(closeAll);

	it('is connected in advance, and nothing is sent before a turn', async () => {
		const { url, seen } = await provider({});
		const from = mine(url);
		await from.warm({ threadId: 't', originator: 'tests', preferWebsockets: false });
		assert.deepEqual([seen.handshakes.length, seen.messages.length], [1, 0]);
		assert.equal(seen.handshakes[0]?.['openai-beta'], 'responses_websockets=2026-02-06');
		assert.equal(text(await read(from)), 'r1');
		assert.deepEqual([seen.handshakes.length, seen.messages.length], [1, 1]);
	});

	it('is waited for when it is still connecting', async () => {
		const { url, seen } = await provider({});
		const from = mine(url);
		const warming = from.warm({ threadId: 't', originator: 'tests', preferWebsockets: false });
		assert.equal(text(await read(from)), 'r1');
		await warming;
		assert.equal(seen.handshakes.length, 1);
	});

	it('sends only what is new, on the same connection, while request and history stay what they were', async () => {
		const { url, seen } = await provider({});
		const from = mine(url);
		const first = await read(from, { input: [user('one')] });
		const input = [user('one'), ...items(first), user('two')];
		const second = await read(from, { input, turnId: 'turn-2' });
		await read(from, { input: [...input, ...items(second), user('three')], instructions: 'Be brief.' });
		await read(from, { input: [user('another history')], instructions: 'Be brief.' });
		assert.deepEqual(
			seen.messages.map((message) => [message.previous_response_id ?? null, message.input.length]),
			[
				[null, 1],
				['r1', 1],
				[null, 5],
				[null, 1],
			],
		);
		assert.equal(seen.handshakes.length, 1);
	});

	it('is refused twice at most; from then on the thread speaks HTTP, and nobody is bothered', async () => {
		const { url, seen } = await provider({ refuse: 426 });
		const from = mine(url);
		await from.warm({ threadId: 't', originator: 'tests', preferWebsockets: false });
		for (const turnId of ['a', 'b', 'c']) assert.equal(text(await read(from, { turnId })), 'by HTTP');
		assert.deepEqual([seen.handshakes.length, seen.posts.length], [2, 3]);
	});

	it('keeps the sticky value within a turn, over a reconnection and over HTTP, and not beyond', async () => {
		const cut: Answer = (socket) => socket.terminate();
		const { url, seen } = await provider({ answers: [cut, cut] });
		const from = mine(url);
		await assert.rejects(read(from, { turnId: 'a' }), { kind: 'responseStreamDisconnected' });
		await assert.rejects(read(from, { turnId: 'a' }), { retryable: true });
		assert.match(from.fallBack() ?? '', /over HTTPS/);
		assert.equal(from.fallBack(), null);
		await read(from, { turnId: 'a' });
		await read(from, { turnId: 'b' });
		assert.deepEqual(
			[...seen.handshakes, ...seen.posts].map((headers) => headers['x-codex-turn-state'] ?? null),
			[null, 'state-1', 'state-1', null],
		);
	});

	for (const code of ['websocket_connection_limit_reached', 'previous_response_not_found']) {
		it(`begins anew by itself after ${code}`, async () => {
			const refuse: Answer = (socket) =>
				socket.send(JSON.stringify({ type: 'error', status: 400, error: { type: 'invalid_request_error', code, message: 'No.' } }));
			const { url, seen } = await provider({ answers: [answer('r1'), refuse] });
			const from = mine(url);
			const first = await read(from, { input: [user('one')] });
			assert.equal(text(await read(from, { input: [user('one'), ...items(first), user('two')] })), 'r3');
			assert.deepEqual(
				seen.messages.map((message) => [message.previous_response_id ?? null, message.input.length]),
				[
					[null, 1],
					['r1', 1],
					[null, 3],
				],
			);
			assert.equal(seen.handshakes.length, 2);
		});
	}

	it('tells limits and refusals as HTTP would', async () => {
		const limits = { type: 'codex.rate_limits', plan_type: 'plus', rate_limits: { primary: { used_percent: 42, window_minutes: 60, reset_at: 1 } } };
		const { url } = await provider({
			answers: [
				(socket) => {
					for (const event of [limits, completed('r1')]) socket.send(JSON.stringify(event));
				},
				(socket) =>
					socket.send(JSON.stringify({ type: 'error', status: 429, error: { type: 'usage_limit_reached', plan_type: 'pro', message: 'limit' } })),
			],
		});
		const from = mine(url);
		const [event] = await read(from);
		assert.ok(event?.type === 'rateLimits');
		assert.deepEqual([event.snapshot.primary?.usedPercent, event.snapshot.planType], [42, 'plus']);
		await assert.rejects(read(from), { kind: 'usageLimitExceeded', retryable: false });
	});

	it('breaks with an error that can be tried again wherever it is cut, stalls or makes no sense', async () => {
		const events = [created, { type: 'unheard-of' }, said('x'), said('x'), completed('r')].map((event) => JSON.stringify(event));
		const behaviours: readonly Answer[] = [
			...events.map(
				(_, count): Answer =>
					(socket) => {
						for (const event of events.slice(0, count)) socket.send(event);
						socket.close(1011);
					},
			),
			(socket) => socket.send('{"type":'),
			() => {},
		];
		const { url } = await provider({ answers: behaviours });
		const from = mine(url, { streamIdleTimeoutMs: 60 });
		for (const _ of behaviours) {
			await assert.rejects(read(from), (error) => error instanceof ModelError && error.retryable && error.kind === 'responseStreamDisconnected');
		}
		// Nothing of what broke is left: the next request gets its own answer, once.
		assert.equal(items(await read(from)).length, 1);
	});

	it('breaks in the middle of a frame like anywhere else', async () => {
		const { url } = await provider({
			answers: [
				(socket) => {
					const frame = Buffer.from(JSON.stringify(said('a text that is long enough to be cut in two')));
					const raw = Reflect.get(socket, '_socket');
					raw.write(Buffer.concat([Buffer.from([0x81, frame.length]), frame.subarray(0, 20)]), () => raw.destroy());
				},
			],
		});
		await assert.rejects(read(mine(url)), { kind: 'responseStreamDisconnected', retryable: true });
	});

	it('is closed by an interrupt, and the next request goes over a new one', async () => {
		const { url, seen } = await provider({ answers: [(socket) => socket.send(JSON.stringify(created))] });
		const from = mine(url);
		const abort = new AbortController();
		await assert.rejects(async () => {
			for await (const event of from.stream(request, abort.signal)) if (event.type === 'created') abort.abort();
		}, /abort/i);
		assert.equal(text(await read(from)), 'r2');
		assert.equal(seen.handshakes.length, 2);
	});

	it('is not used with a provider that has none, and used for a model that prefers it where it is switched off', async () => {
		const { url, seen } = await provider({});
		assert.equal(text(await read(mine(url, { supportsWebsockets: false }), { preferWebsockets: true })), 'by HTTP');
		assert.equal(seen.handshakes.length, 0);
		assert.equal(text(await read(client(url, { supportsWebsockets: true }, {}, null, { websockets: false }))), 'by HTTP');
		assert.equal(text(await read(client(url, { supportsWebsockets: true }, {}, null, { websockets: false }), { preferWebsockets: true })), 'r1');
	});

	it('goes by HTTP when nothing answers, and HTTP says why', async () => {
		const { url } = await provider({});
		closeAll();
		await assert.rejects(read(mine(url)), { kind: 'httpConnectionFailed' });
	});
});
