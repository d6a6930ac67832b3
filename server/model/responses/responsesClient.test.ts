import assert from 'node:assert/strict';
import {
	answer,
	client,
	closeAll,
	closed,
	completed,
	created,
	event,
	failure,
	type Handler,
	message,
	read,
	request,
	serve,
	status,
	stream,
} from '../../../test/support/model/mockProvider.ts';

describe('the Responses client', () => {
	afterEach(closeAll);

	it('sends the whole request and gives the events of the answer', async () => {
		const { url, seen } = await serve(answer);
		const events = await read(client(url, { queryParams: { 'api-version': '2' }, httpHeaders: { 'X-Team': 'blue' } }));
		assert.deepEqual(events, [
			{ type: 'created', model: null },
			{ type: 'itemDone', item: { type: 'message', id: 'm1', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] } },
			{
				type: 'completed',
				responseId: 'r',
				usage: { inputTokens: 3, cachedInputTokens: 1, outputTokens: 2, reasoningOutputTokens: 0, totalTokens: 5 },
			},
		]);
		const [sent] = seen;
		assert.ok(sent);
		assert.equal(sent.url, '/v1/responses?api-version=2');
		const { accept, originator, session_id, thread_id, authorization } = sent.headers;
		assert.deepEqual(
			{ accept, originator, session_id, thread_id, authorization, team: sent.headers['x-team'], agent: sent.headers['user-agent'] },
			{
				accept: 'text/event-stream',
				originator: 'tests',
				session_id: 'thread-1',
				thread_id: 'thread-1',
				authorization: undefined,
				team: 'blue',
				agent: 'tests/1',
			},
		);
		assert.deepEqual(JSON.parse(sent.body), {
			model: 'gpt-5.4',
			instructions: 'Be kind.',
			input: [
				{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
				{ type: 'reasoning', summary: [], encrypted_content: 'sealed' },
				{ type: 'new_kind', id: 'kept', x: 1 },
			],
			tools: [{ type: 'web_search' }],
			tool_choice: 'auto',
			parallel_tool_calls: true,
			reasoning: { effort: 'high' },
			store: false,
			stream: true,
			include: ['reasoning.encrypted_content'],
			service_tier: 'priority',
			prompt_cache_key: 'thread-1',
			text: { verbosity: 'low', format: { type: 'json_schema', name: 'codex_output_schema', strict: true, schema: { type: 'object' } } },
		});
	});

	it('reads the same events however the bytes are cut', async () => {
		const text = event({ type: 'response.output_item.added', item: { type: 'message', id: 'm1', role: 'assistant', content: [] } });
		const bytes = Buffer.from(
			text + event({ type: 'response.output_text.delta', item_id: 'm1', delta: 'Grüße, 你好 👋🏽\r\n' }) + message('Grüße') + completed,
		);
		const { url } = await serve((_request, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			const next = (at: number) => {
				if (at >= bytes.length) response.end();
				else response.write(bytes.subarray(at, at + 1), () => setImmediate(next, at + 1));
			};
			next(0);
		});
		const delta = (await read(client(url))).find((next) => next.type === 'textDelta');
		assert.equal(delta?.delta, 'Grüße, 你好 👋🏽\r\n');
	});

	it('reads an answer that a proxy held back and sent at once, with CRLF and comments', async () => {
		const { url } = await serve(stream(`: waiting\n\n${created}${message('Hi.')}${completed}`.replaceAll('\n', '\r\n')));
		assert.deepEqual(
			(await read(client(url))).map((next) => next.type),
			['created', 'itemDone', 'completed'],
		);
	});

	it('passes over what it does not know, and an item that is finished twice', async () => {
		const { url } = await serve(
			stream(created, event({ type: 'response.new_thing', x: 1 }), message('Hi.'), message('Hi.'), 'data: [DONE]\n\n', completed),
		);
		assert.deepEqual(
			(await read(client(url))).map((next) => next.type),
			['created', 'itemDone', 'completed'],
		);
	});

	it('knows which tool call a piece of input belongs to', async () => {
		const { url } = await serve(
			stream(
				event({
					type: 'response.output_item.added',
					item: { type: 'custom_tool_call', id: 'c1', call_id: 'call_1', name: 'apply_patch', input: '' },
				}),
				event({ type: 'response.custom_tool_call_input.delta', item_id: 'c1', delta: '*** Begin' }),
				completed,
			),
		);
		assert.deepEqual((await read(client(url)))[1], { type: 'toolInputDelta', itemId: 'c1', callId: 'call_1', delta: '*** Begin' });
	});

	it('tells of rate limits, from headers and from events', async () => {
		const { url } = await serve((_request, response) => {
			response.writeHead(200, {
				'content-type': 'text/event-stream',
				'x-codex-primary-used-percent': '12.5',
				'x-codex-primary-window-minutes': '300',
			});
			response.end(
				event({ type: 'codex.rate_limits', rate_limits: { primary: { used_percent: 13, window_minutes: 300, reset_at: 99 } } }) + completed,
			);
		});
		assert.deepEqual(
			(await read(client(url))).flatMap((next) => (next.type === 'rateLimits' ? [next.snapshot.primary] : [])),
			[
				{ usedPercent: 12.5, windowMinutes: 300, resetsAt: null },
				{ usedPercent: 13, windowMinutes: 300, resetsAt: 99 },
			],
		);
	});

	it('asks again without an effort that the model does not have, and then at once', async () => {
		const { url, seen } = await serve(
			status(400, { error: { message: "Unsupported parameter: 'reasoning.effort' is not supported with this model." } }),
			stream(created, message('Ok.'), completed),
		);
		const mine = client(url);
		await read(mine);
		await read(mine);
		assert.deepEqual(
			seen.map(({ body }) => 'reasoning' in JSON.parse(body)),
			[true, false, false],
		);
	});

	it('asks a model that does not reason without reasoning, and another one of the same provider with it', async () => {
		const { url, seen } = await serve(
			status(400, { error: { message: 'Encrypted content is not supported with this model.', param: 'include' } }),
			stream(created, message('Ok.'), completed),
		);
		const mine = client(url);
		for (const model of ['gpt-4.1', 'gpt-4.1', 'gpt-5.4']) await read(mine, undefined, model);
		assert.deepEqual(
			seen.map(({ body }) => (JSON.parse(body) as { readonly include: readonly string[] }).include.length),
			[1, 0, 0, 1],
		);
	});

	it('hears what came only at the end of the response, and calls an answer of which nothing is understood an error', async () => {
		const whole = (output: unknown) => event({ type: 'response.completed', response: { id: 'r', output } });
		const said = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'At last.' }] };
		const { url } = await serve(stream(created, whole([said])), stream(created, message('Now.'), whole([said])), stream(created, whole(['?'])));
		const mine = client(url);
		const texts = async () =>
			(await read(mine)).flatMap((each) => (each.type === 'itemDone' && each.item.type === 'message' ? [each.item.content[0]] : []));
		assert.deepEqual(await texts(), [{ type: 'output_text', text: 'At last.' }]);
		assert.deepEqual(await texts(), [{ type: 'output_text', text: 'Now.' }]);
		assert.match((await failure(mine)).message, /nothing that could be understood/);
	});

	describe('a stream that breaks', () => {
		const cases: readonly (readonly [string, Handler])[] = [
			[
				'in the middle',
				(_request, response) => {
					response.writeHead(200, { 'content-type': 'text/event-stream' });
					response.write(created, () => response.destroy());
				},
			],
			['by its end before the answer is complete', stream(created, message('Hi.'))],
			['empty', stream()],
			['with an event that is no JSON', stream(created, 'event: response.output_item.done\ndata: {no\n\n', completed)],
			[
				'with a tool call that cannot be answered',
				stream(event({ type: 'response.output_item.done', item: { type: 'function_call', name: 'x' } }), completed),
			],
		];
		for (const [name, handler] of cases) {
			it(`${name} is a disconnect that may be tried again`, async () => {
				const { url } = await serve(handler);
				const error = await failure(client(url));
				assert.deepEqual([error.kind, error.retryable], ['responseStreamDisconnected', true]);
			});
		}

		it('by silence is cut after the idle time', async () => {
			const { url, seen } = await serve((_request, response) => {
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				response.write(created);
			});
			const error = await failure(client(url, { streamIdleTimeoutMs: 600 }));
			assert.deepEqual([error.kind, error.retryable], ['responseStreamDisconnected', true]);
			assert.match(error.message, /nothing came for 600 ms/);
			await closed(seen[0]?.socket);
		});

		it('by nothing but comments and pings is cut after the idle time too', async () => {
			let timer: NodeJS.Timeout | undefined;
			const { url } = await serve((_request, response) => {
				response.writeHead(200, { 'content-type': 'text/event-stream' });
				response.write(created);
				timer = setInterval(() => response.write(': still here\n\nevent: ping\ndata: {"type": "ping"}\n\n'), 20);
			});
			const error = await failure(client(url, { streamIdleTimeoutMs: 200 })).finally(() => clearInterval(timer));
			assert.deepEqual([error.kind, error.retryable], ['responseStreamDisconnected', true]);
			assert.match(error.message, /nothing came for 200 ms/);
		});

		it('only in a delta goes on: the finished item holds the text', async () => {
			const { url } = await serve(stream(created, 'event: response.output_text.delta\ndata: {no\n\n', message('Whole.'), completed));
			assert.equal((await read(client(url))).length, 3);
		});
	});

	it('stops at once when it is aborted, with the reason, and closes the socket', async () => {
		const { url, seen } = await serve((_request, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.write(created);
		});
		const abort = new AbortController();
		const reason = new Error('the user stopped it');
		const events: string[] = [];
		await assert.rejects(async () => {
			for await (const next of client(url).stream(request, abort.signal)) {
				events.push(next.type);
				setImmediate(() => abort.abort(reason));
			}
		}, reason);
		assert.deepEqual(events, ['created']);
		await closed(seen[0]?.socket);
	});

	it('stops while it waits for the head of an answer', async () => {
		const abort = new AbortController();
		const reason = new Error('stop');
		const { url } = await serve(() => abort.abort(reason));
		await assert.rejects(read(client(url), abort.signal), reason);
	});

	it('closes the socket when the reader stops early', async () => {
		const { url, seen } = await serve((_request, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.write(created);
		});
		for await (const _ of client(url).stream(request, new AbortController().signal)) break;
		await closed(seen[0]?.socket);
	});

	it('uses one connection for requests that follow each other', async () => {
		const { url, seen } = await serve(answer);
		const one = client(url);
		await read(one);
		await read(one);
		assert.ok(seen[0]?.socket === seen[1]?.socket, 'two connections');
	});

	it('sends a request again that met a kept connection as the server closed it', async () => {
		const { url, seen } = await serve(answer, (incoming) => incoming.socket.destroy(), answer);
		const one = client(url);
		await read(one);
		assert.equal((await read(one)).length, 3);
		assert.equal(seen.length, 3);
	});
});
