import assert from 'node:assert/strict';
import {
	answer,
	client,
	closeAll,
	event,
	failure,
	type Handler,
	read,
	serve,
	servers,
	status,
	stream,
} from '../../test/support/model/mockProvider.ts';

describe('the Responses client, refused', () => {
	afterEach(closeAll);

	describe('refusals of the provider', () => {
		const cases: readonly (readonly [string, Handler, { kind: string; status?: number | null; retryable?: boolean; message?: RegExp }])[] = [
			['400', status(400, { error: { message: 'no such parameter' } }), { kind: 'badRequest', status: 400, message: /^no such parameter$/ }],
			['400 with text', status(400, 'just text'), { kind: 'badRequest', status: 400, message: /just text/ }],
			['400, too long', status(400, { error: { code: 'context_length_exceeded', message: 'too long' } }), { kind: 'contextWindowExceeded' }],
			['401', status(401, { error: { message: 'bad key' } }), { kind: 'unauthorized', status: 401, message: /bad key.*Check the API key/ }],
			['403', status(403, 'nope'), { kind: 'httpConnectionFailed', status: 403, message: /403 Forbidden: nope/ }],
			['404', status(404), { kind: 'httpConnectionFailed', status: 404 }],
			['429', status(429), { kind: 'responseTooManyFailedAttempts', status: 429, retryable: false }],
			['429 with a long wait', status(429, {}, { 'retry-after': '30' }), { kind: 'responseTooManyFailedAttempts', status: 429, retryable: true }],
			[
				'429, usage limit',
				status(429, { error: { type: 'usage_limit_reached', plan_type: 'pro', resets_at: 4102444800 } }),
				{ kind: 'usageLimitExceeded', retryable: false, message: /plan "pro".*2100-01-01 00:00 UTC/ },
			],
			[
				'429, usage limit of another bucket',
				status(
					429,
					{ error: { type: 'usage_limit_reached', plan_type: 'pro' } },
					{
						'x-codex-active-limit': 'codex_other',
						'x-codex-other-limit-name': 'Other limit',
						'x-codex-rate-limit-reached-type': 'workspace_member_credits_depleted',
					},
				),
				{ kind: 'usageLimitExceeded', message: /^The usage limit of "Other limit" is reached\. .*ask its owner for more\.$/ },
			],
			['500', status(500), { kind: 'internalServerError', status: 500, retryable: true }],
			['503', status(503), { kind: 'httpConnectionFailed', status: 503, retryable: true }],
			['503, overloaded', status(503, { error: { code: 'server_is_overloaded' } }), { kind: 'serverOverloaded', retryable: false }],
			[
				'200 with JSON',
				status(200, { error: { message: 'this is no stream' } }),
				{ kind: 'responseStreamConnectionFailed', message: /this is no stream/ },
			],
			[
				'failed: rate limit',
				stream(event({ type: 'response.failed', response: { error: { code: 'rate_limit_exceeded', message: 'Please try again in 1.5s.' } } })),
				{ kind: 'responseTooManyFailedAttempts', status: null, retryable: true },
			],
			[
				'failed: quota',
				stream(event({ type: 'response.failed', response: { error: { code: 'insufficient_quota' } } })),
				{ kind: 'usageLimitExceeded' },
			],
			[
				'failed: unknown',
				stream(event({ type: 'response.failed', response: { error: { code: 'odd', message: 'm' } } })),
				{ kind: 'other', retryable: true },
			],
			[
				'an error event',
				stream(event({ type: 'error', code: 'invalid_prompt', message: 'bad' })),
				{ kind: 'badRequest', retryable: false, message: /^bad$/ },
			],
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
			const { url } = await serve((incoming, response) =>
				status(401, { error: { message: `wrong: ${incoming.headers.authorization} team ${String(incoming.headers['x-team-key'])}` } })(
					incoming,
					response,
					'',
				),
			);
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
