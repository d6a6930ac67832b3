import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HttpTransport } from './httpStream.ts';
import { ModelError, type ModelEvent, type ModelRequest } from './model.ts';
import { builtInProviders, type Provider } from './provider.ts';
import { ResponsesClient } from './responsesClient.ts';

type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

const base = builtInProviders.find((provider) => provider.id === 'ollama');

const request: ModelRequest = {
	model: 'gpt-5.4',
	instructions: 'Be kind.',
	input: [
		{ type: 'message', id: 'msg_0', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
		{ type: 'reasoning', id: 'rs_0', summary: [], content: [{ type: 'reasoning_text', text: 'raw' }], encrypted_content: 'sealed' },
		{ type: 'opaque', raw: { type: 'new_kind', id: 'kept', x: 1 } },
	],
	tools: [{ type: 'hosted', name: 'web_search', raw: { type: 'web_search' } }],
	parallelToolCalls: true,
	reasoning: { effort: 'high' },
	verbosity: 'low',
	outputSchema: { type: 'object' },
	serviceTier: 'fast',
	threadId: 'thread-1',
	clientMetadata: null,
	originator: 'tests',
};

const event = (data: Readonly<Record<string, unknown>>) => `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
const created = event({ type: 'response.created', response: { id: 'r' } });
const message = (text: string, id = 'm1') =>
	event({ type: 'response.output_item.done', item: { type: 'message', id, role: 'assistant', content: [{ type: 'output_text', text }] } });
const completed = event({
	type: 'response.completed',
	response: { id: 'r', usage: { input_tokens: 3, input_tokens_details: { cached_tokens: 1 }, output_tokens: 2, total_tokens: 5 } },
});
const answer: Handler = (_request, response) => {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.end(created + message('Hi.') + completed);
};

describe('the Responses client', () => {
	const servers: http.Server[] = [];
	const transports: HttpTransport[] = [];

	afterEach(() => {
		for (const transport of transports.splice(0)) transport.dispose();
		for (const server of servers.splice(0)) {
			server.closeAllConnections();
			server.close();
		}
	});

	/** A server that answers its n-th request with the n-th handler, the last one for all that follow. */
	async function serve(...handlers: readonly Handler[]) {
		const seen: { headers: http.IncomingHttpHeaders; url: string; body: string; socket: Socket }[] = [];
		const server = http.createServer((incoming, response) => {
			let body = '';
			incoming.on('data', (chunk) => {
				body += chunk;
			});
			incoming.on('end', () => {
				seen.push({ headers: incoming.headers, url: incoming.url ?? '', body, socket: incoming.socket });
				(handlers[seen.length - 1] ?? handlers.at(-1))?.(incoming, response, body);
			});
		});
		servers.push(server);
		await new Promise<void>((resolve) => {
			server.listen(0, '127.0.0.1', resolve);
		});
		return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
	}

	function client(url: string, more: Partial<Provider> = {}, env: Record<string, string> = {}, key: string | null = null) {
		assert.ok(base);
		const transport = new HttpTransport(env);
		transports.push(transport);
		const provider: Provider = { ...base, name: 'Mock', baseUrl: `${url}/v1`, requestMaxRetries: 0, streamMaxRetries: 0, ...more };
		return new ResponsesClient({ provider, transport, env, accountKey: () => key, userAgent: (originator) => `${originator}/1`, debug: () => {}, random: () => 0 });
	}

	async function read(from: ResponsesClient, signal = new AbortController().signal): Promise<ModelEvent[]> {
		const events: ModelEvent[] = [];
		for await (const next of from.stream(request, signal)) events.push(next);
		return events;
	}

	async function failure(from: ResponsesClient): Promise<ModelError> {
		try {
			await read(from);
		} catch (error) {
			assert.ok(error instanceof ModelError, String(error));
			return error;
		}
		return assert.fail('the stream should have failed');
	}

	const status =
		(code: number, body: unknown = {}, headers: http.OutgoingHttpHeaders = {}): Handler =>
		(_request, response) => {
			response.writeHead(code, { 'content-type': 'application/json', ...headers });
			response.end(typeof body === 'string' ? body : JSON.stringify(body));
		};
	const stream =
		(...texts: readonly string[]): Handler =>
		(_request, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.end(texts.join(''));
		};

	it('sends the whole request and gives the events of the answer', async () => {
		const { url, seen } = await serve(answer);
		const events = await read(client(url, { queryParams: { 'api-version': '2' }, httpHeaders: { 'X-Team': 'blue' } }));
		assert.deepEqual(events, [
			{ type: 'created' },
			{ type: 'itemDone', item: { type: 'message', id: 'm1', role: 'assistant', content: [{ type: 'output_text', text: 'Hi.' }] } },
			{ type: 'completed', responseId: 'r', usage: { inputTokens: 3, cachedInputTokens: 1, outputTokens: 2, reasoningOutputTokens: 0, totalTokens: 5 } },
		]);
		const [sent] = seen;
		assert.ok(sent);
		assert.equal(sent.url, '/v1/responses?api-version=2');
		const { accept, originator, session_id, thread_id, authorization } = sent.headers;
		assert.deepEqual(
			{ accept, originator, session_id, thread_id, authorization, team: sent.headers['x-team'], agent: sent.headers['user-agent'] },
			{ accept: 'text/event-stream', originator: 'tests', session_id: 'thread-1', thread_id: 'thread-1', authorization: undefined, team: 'blue', agent: 'tests/1' },
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
		const bytes = Buffer.from(text + event({ type: 'response.output_text.delta', item_id: 'm1', delta: 'Grüße, 你好 👋🏽\r\n' }) + message('Grüße') + completed);
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
		const { url } = await serve(stream((`: waiting\n\n${created}${message('Hi.')}${completed}`).replaceAll('\n', '\r\n')));
		assert.deepEqual(
			(await read(client(url))).map((next) => next.type),
			['created', 'itemDone', 'completed'],
		);
	});

	it('passes over what it does not know, and an item that is finished twice', async () => {
		const { url } = await serve(stream(created, event({ type: 'response.new_thing', x: 1 }), message('Hi.'), message('Hi.'), 'data: [DONE]\n\n', completed));
		assert.deepEqual(
			(await read(client(url))).map((next) => next.type),
			['created', 'itemDone', 'completed'],
		);
	});

	it('knows which tool call a piece of input belongs to', async () => {
		const { url } = await serve(
			stream(
				event({ type: 'response.output_item.added', item: { type: 'custom_tool_call', id: 'c1', call_id: 'call_1', name: 'apply_patch', input: '' } }),
				event({ type: 'response.custom_tool_call_input.delta', item_id: 'c1', delta: '*** Begin' }),
				completed,
			),
		);
		assert.deepEqual((await read(client(url)))[1], { type: 'toolInputDelta', itemId: 'c1', callId: 'call_1', delta: '*** Begin' });
	});

	it('tells of rate limits, from headers and from events', async () => {
		const { url } = await serve((_request, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream', 'x-codex-primary-used-percent': '12.5', 'x-codex-primary-window-minutes': '300' });
			response.end(event({ type: 'codex.rate_limits', rate_limits: { primary: { used_percent: 13, window_minutes: 300, reset_at: 99 } } }) + completed);
		});
		assert.deepEqual(
			(await read(client(url))).flatMap((next) => (next.type === 'rateLimits' ? [next.snapshot.primary] : [])),
			[
				{ usedPercent: 12.5, windowMinutes: 300, resetsAt: null },
				{ usedPercent: 13, windowMinutes: 300, resetsAt: 99 },
			],
		);
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
			['with a tool call that cannot be answered', stream(event({ type: 'response.output_item.done', item: { type: 'function_call', name: 'x' } }), completed)],
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
			const error = await failure(client(url, { streamIdleTimeoutMs: 60 }));
			assert.deepEqual([error.kind, error.retryable], ['responseStreamDisconnected', true]);
			assert.match(error.message, /nothing came for 60 ms/);
			await closed(seen[0]?.socket);
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

	describe('refusals of the provider', () => {
		const cases: readonly (readonly [string, Handler, { kind: string; status?: number | null; retryable?: boolean; message?: RegExp }])[] = [
			['400', status(400, { error: { message: 'no such parameter' } }), { kind: 'badRequest', status: 400, message: /^no such parameter$/ }],
			['400 with text', status(400, 'just text'), { kind: 'badRequest', status: 400, message: /just text/ }],
			['400, too long', status(400, { error: { code: 'context_length_exceeded', message: 'too long' } }), { kind: 'contextWindowExceeded' }],
			['401', status(401, { error: { message: 'bad key' } }), { kind: 'unauthorized', status: 401, message: /bad key.*Check the API key/ }],
			['403', status(403, 'nope'), { kind: 'httpConnectionFailed', status: 403, message: /403 Forbidden: nope/ }],
			['404', status(404), { kind: 'httpConnectionFailed', status: 404 }],
			['429', status(429), { kind: 'responseTooManyFailedAttempts', status: 429, retryable: false }],
			[
				'429 with a long wait',
				status(429, {}, { 'retry-after': '30' }),
				{ kind: 'responseTooManyFailedAttempts', status: 429, retryable: true },
			],
			[
				'429, usage limit',
				status(429, { error: { type: 'usage_limit_reached', plan_type: 'pro', resets_at: 4102444800 } }),
				{ kind: 'usageLimitExceeded', retryable: false, message: /plan "pro".*2100-01-01 00:00 UTC/ },
			],
			['500', status(500), { kind: 'internalServerError', status: 500, retryable: true }],
			['503', status(503), { kind: 'httpConnectionFailed', status: 503, retryable: true }],
			['503, overloaded', status(503, { error: { code: 'server_is_overloaded' } }), { kind: 'serverOverloaded', retryable: false }],
			['200 with JSON', status(200, { error: { message: 'this is no stream' } }), { kind: 'responseStreamConnectionFailed', message: /this is no stream/ }],
			[
				'failed: rate limit',
				stream(event({ type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' } } })),
				{ kind: 'responseTooManyFailedAttempts', status: null, retryable: true },
			],
			['failed: quota', stream(event({ type: 'response.failed', response: { error: { code: 'insufficient_quota' } } })), { kind: 'usageLimitExceeded' }],
			['failed: unknown', stream(event({ type: 'response.failed', response: { error: { code: 'odd', message: 'm' } } })), { kind: 'other', retryable: true }],
			['an error event', stream(event({ type: 'error', code: 'invalid_prompt', message: 'bad' })), { kind: 'badRequest', retryable: false, message: /^bad$/ }],
			[
				'incomplete',
				stream(event({ type: 'response.incomplete', response: { incomplete_details: { reason: 'max_output_tokens' } } })),
				{ kind: 'other', retryable: false, message: /largest length/ },
			],
		];
		for (const [name, handler, expected] of cases) {
			it(name, async () => {
				const { url } = await serve(handler);
				const error = await failure(client(url));
				assert.equal(error.kind, expected.kind);
				if (expected.status !== undefined) assert.equal(error.httpStatusCode, expected.status);
				if (expected.retryable !== undefined) assert.equal(error.retryable, expected.retryable);
				if (expected.message) assert.match(error.message, expected.message);
			});
		}

		it('say how long to wait', async () => {
			const { url } = await serve(
				status(429, {}, { 'retry-after': '30' }),
				stream(event({ type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' } } })),
			);
			const one = client(url);
			assert.equal((await failure(one)).retryAfterMs, 30_000);
			assert.equal((await failure(one)).retryAfterMs, 1500);
		});
	});

	describe('attempts', () => {
		it('go on after failures that may pass, and honour the wait that the server asks for', async () => {
			const { url, seen } = await serve(status(503, {}, { 'retry-after-ms': '1' }), status(429, {}, { 'retry-after': '0' }), answer);
			assert.equal((await read(client(url, { requestMaxRetries: 2 }))).length, 3);
			assert.equal(seen.length, 3);
		});

		it('end at the limit', async () => {
			const { url, seen } = await serve(status(500, {}, { 'retry-after-ms': '1' }));
			assert.equal((await failure(client(url, { requestMaxRetries: 2 }))).kind, 'internalServerError');
			assert.equal(seen.length, 3);
		});

		it('are not made for what will not pass', async () => {
			const { url, seen } = await serve(status(401));
			await failure(client(url, { requestMaxRetries: 3 }));
			assert.equal(seen.length, 1);
		});

		it('leave a long wait to the turn, which shows it', async () => {
			const { url, seen } = await serve(status(429, {}, { 'retry-after': '60' }));
			const error = await failure(client(url, { requestMaxRetries: 3 }));
			assert.deepEqual([error.retryable, error.retryAfterMs, seen.length], [true, 60_000, 1]);
		});
	});

	it('says that nobody listens, and where', async () => {
		const { url } = await serve(answer);
		servers[0]?.close();
		const error = await failure(client(url));
		assert.deepEqual([error.kind, error.httpStatusCode, error.retryable], ['httpConnectionFailed', null, true]);
		assert.match(error.message, /Mock cannot be reached at http:\/\/127\.0\.0\.1:\d+\/v1\/responses: .*ECONNREFUSED/);
	});

	describe('keys', () => {
		it('come from the variable that the provider names, or from the account', async () => {
			const { url, seen } = await serve(answer);
			await read(client(url, { envKey: 'MOCK_KEY' }, { MOCK_KEY: 'from-env-1' }));
			await read(client(url, { requiresAuth: true }, {}, 'from-account-1'));
			assert.deepEqual(
				seen.map(({ headers }) => headers.authorization),
				['Bearer from-env-1', 'Bearer from-account-1'],
			);
		});

		it('that are missing are named before anything is sent', async () => {
			const { url, seen } = await serve(answer);
			const error = await failure(client(url, { envKey: 'MOCK_KEY', envKeyInstructions: 'Get one at example.com.' }));
			assert.equal(error.kind, 'unauthorized');
			assert.match(error.message, /MOCK_KEY.*Get one at example\.com\./);
			assert.equal((await failure(client(url, { requiresAuth: true }))).kind, 'unauthorized');
			assert.equal(seen.length, 0);
		});

		it('are in no message, also when the provider repeats them', async () => {
			const { url } = await serve((incoming, response) => status(401, { error: { message: `wrong: ${incoming.headers.authorization} team ${incoming.headers['x-team-key']}` } })(incoming, response, ''));
			const error = await failure(client(url, { envKey: 'K', httpHeaders: { 'x-team-key': 'plain words 77' } }, { K: 'my secret value' }));
			assert.doesNotMatch(error.message, /my secret value|plain words 77/);
			assert.match(error.message, /\[redacted\]/);
		});

		it('with a line break are refused without showing them', async () => {
			const { url, seen } = await serve(answer);
			const error = await failure(client(url, { bearerToken: 'half\nother-half' }));
			assert.match(error.message, /authorization/);
			assert.doesNotMatch(error.message, /other-half/);
			assert.equal(seen.length, 0);
		});
	});

	describe('proxies of the environment', () => {
		it('are used for addresses that are not excepted', async () => {
			const { url: proxy, seen } = await serve(answer);
			await read(client('http://model.invalid', {}, { HTTP_PROXY: proxy }));
			assert.equal(seen[0]?.url, 'http://model.invalid/v1/responses');
		});

		it('are not used for those in NO_PROXY', async () => {
			const { url: proxy, seen } = await serve(answer);
			const { url } = await serve(answer);
			await read(client(url, {}, { HTTP_PROXY: proxy, NO_PROXY: '127.0.0.1' }));
			assert.equal(seen.length, 0);
		});
	});
});

function closed(socket: Socket | undefined): Promise<void> {
	assert.ok(socket);
	return new Promise((resolve) => {
		if (socket.destroyed) resolve();
		else socket.once('close', () => resolve());
	});
}
