import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { ResponseItem } from '../../items/responseItem.ts';
import { DialogueClient } from '../dialogue/dialogueClient.ts';
import { HttpTransport } from '../http/httpStream.ts';
import { closeAll, type Handler, nobody, request, serve, status, noKeyCommands } from '../../../test/support/model/mockProvider.ts';
import { doneItems as items, failureOf, readAnswer } from '../../../test/support/model/readAnswer.ts';
import type { ModelError, ModelRequest } from '../model.ts';
import { resolveProviders } from '../provider.ts';
import { anthropicDialect } from './anthropicDialect.ts';

const event = (data: { readonly type: string } & Readonly<Record<string, unknown>>) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;
const start = event({
	type: 'message_start',
	message: { id: 'msg', usage: { input_tokens: 5, cache_read_input_tokens: 100, cache_creation_input_tokens: 7, output_tokens: 1 } },
});
const block = (index: number, content_block: object, ...deltas: readonly object[]) =>
	event({ type: 'content_block_start', index, content_block }) +
	deltas.map((delta) => event({ type: 'content_block_delta', index, delta })).join('') +
	event({ type: 'content_block_stop', index });
const stop = (reason: string) =>
	event({ type: 'message_delta', delta: { stop_reason: reason }, usage: { output_tokens: 30 } }) + event({ type: 'message_stop' });
const text = (value: string, index = 0) => block(index, { type: 'text', text: '' }, { type: 'text_delta', text: value });
const say =
	(...chunks: readonly string[]): Handler =>
	(_request, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end(chunks.join(''));
	};
const ok = say(start, text('ok'), stop('end_turn'));
const user = (value: string): ResponseItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text: value }] });
const refusal = (message: string, type = 'invalid_request_error') => ({ type: 'error', error: { type, message } });

describe('the Messages API', () => {
	const transport = new HttpTransport({});
	afterEach(closeAll);
	after(() => transport.dispose());

	const client = (url: string, id = 'claude') => {
		const table = { [id]: { base_url: `${url}/v1`, wire_api: 'anthropic', env_key: 'KEY', request_max_retries: 0 } };
		const provider = resolveProviders(table).providers.get(id);
		assert.ok(provider);
		const options = {
			provider,
			transport,
			env: { KEY: 'sk-secret' },
			account: nobody,
			keyCommands: noKeyCommands,
			userAgent: () => 'tests',
			debug: () => {},
		};
		return new DialogueClient(options, anthropicDialect(provider));
	};
	const read = (from: DialogueClient, more: Partial<ModelRequest> = {}) => readAnswer(from, { ...request, outputSchema: null, ...more });
	const failure = (from: DialogueClient, more: Partial<ModelRequest> = {}) => failureOf(read(from, more));

	it('streams thoughts, text and calls, and gives thoughts back as they were signed, also from a file', async () => {
		const { url, seen } = await serve(
			say(
				start,
				event({ type: 'ping' }),
				block(
					0,
					{ type: 'thinking', thinking: '', signature: '' },
					{ type: 'thinking_delta', thinking: 'Let me ' },
					{ type: 'thinking_delta', thinking: 'see.' },
					{ type: 'signature_delta', signature: 'sig' },
				),
				block(1, { type: 'redacted_thinking', data: 'sealed' }),
				text('I look.', 2),
				block(
					3,
					{ type: 'tool_use', id: 'toolu_1', name: 'look', input: {} },
					{ type: 'input_json_delta', partial_json: '{"a"' },
					{ type: 'input_json_delta', partial_json: ':1}' },
				),
				block(4, { type: 'tool_use', id: 'toolu_2', name: 'rest', input: {} }),
				stop('tool_use'),
			),
			ok,
			ok,
		);
		const events = await read(client(url));
		const said = items(events);
		assert.deepEqual(
			said.map((item) => (item.type === 'function_call' ? [item.name, item.arguments] : item.type)),
			['reasoning', 'reasoning', 'message', ['look', '{"a":1}'], ['rest', '{}']],
		);
		assert.equal(events.flatMap((each) => (each.type === 'reasoningDelta' ? [each.delta] : [])).join(''), 'Let me see.');
		const done = events.at(-1);
		assert.deepEqual(done?.type === 'completed' && done.usage, {
			inputTokens: 112,
			cachedInputTokens: 100,
			cacheWriteInputTokens: 7,
			outputTokens: 30,
			reasoningOutputTokens: 0,
			totalTokens: 142,
		});

		const results = ['toolu_1', 'toolu_2'].map(
			(id): ResponseItem => ({
				type: 'function_call_output',
				call_id: id,
				output: id === 'toolu_1' ? [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }] : 'done',
			}),
		);
		const input = [user('go'), ...(JSON.parse(JSON.stringify(said)) as ResponseItem[]), ...results, user('and?')];
		await read(client(url), { input });
		const body = JSON.parse(seen[1]?.body ?? '');
		assert.deepEqual(
			body.messages.map((message: { role: string; content: { type: string }[] }) => [message.role, ...message.content.map(({ type }) => type)]),
			[
				['user', 'text'],
				['assistant', 'thinking', 'redacted_thinking', 'text', 'tool_use', 'tool_use'],
				['user', 'tool_result', 'tool_result', 'text'],
			],
		);
		assert.deepEqual(body.messages[1].content.slice(0, 2), [
			{ type: 'thinking', thinking: 'Let me see.', signature: 'sig' },
			{ type: 'redacted_thinking', data: 'sealed' },
		]);
		assert.deepEqual(body.messages[2].content[0].content, [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AA==' } }]);
		assert.deepEqual([seen[1]?.headers['x-api-key'], seen[1]?.headers.authorization], ['sk-secret', undefined]);
		// Another provider of the same API cannot check the signature.
		await read(client(url, 'other'), { input });
		assert.doesNotMatch(seen[2]?.body ?? '', /sealed|"thinking":"Let/);
	});

	it('marks what stays the same, and takes what other providers left in the history', async () => {
		const { url, seen } = await serve(ok);
		await read(client(url), {
			input: [
				{ type: 'message', role: 'developer', content: [{ type: 'input_text', text: 'Rules.' }] },
				user('one'),
				{ type: 'reasoning', summary: [], content: [], encrypted_content: 'of another' },
				{ type: 'function_call', call_id: 'call:1/x', name: 'look', arguments: '{"broken' },
				{ type: 'function_call_output', call_id: 'call:1/x', output: '' },
			],
		});
		const body = JSON.parse(seen[0]?.body ?? '');
		assert.deepEqual(body.system, [{ type: 'text', text: 'Be kind.\n\nRules.', cache_control: { type: 'ephemeral' } }]);
		const [, call, result] = body.messages;
		assert.match(call.content[0].id, /^[A-Za-z0-9_-]+$/);
		assert.deepEqual([result.content[0].tool_use_id, result.content[0].cache_control], [call.content[0].id, { type: 'ephemeral' }]);
		assert.deepEqual(call.content[0].input, { broken_arguments: '{"broken' });
		// The work under way began without a signed thought: thinking cannot begin in its middle.
		assert.equal(body.thinking, undefined);
		assert.doesNotMatch(seen[0]?.body ?? '', /of another/);
	});

	it('is asked again without what a model does not take, and then at once', async () => {
		const { url, seen } = await serve(
			status(400, refusal('max_tokens: 32000 > 8192, which is the maximum allowed number of output tokens for claude-3-5-haiku')),
			status(400, refusal('"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive".')),
			status(400, refusal('adaptive thinking is not supported on this model')),
			ok,
			ok,
		);
		const mine = client(url);
		await read(mine);
		await read(mine);
		const bodies = seen.map(({ body }) => JSON.parse(body));
		assert.deepEqual(
			bodies.map(({ max_tokens: most, thinking }) => [most, thinking?.type ?? null]),
			[
				[32000, 'enabled'],
				[8192, 'enabled'],
				[8192, 'adaptive'],
				[8192, null],
				[8192, null],
			],
		);
	});

	it('names the tools of a conversation with calls also where none may be called, as for a summary', async () => {
		const { url, seen } = await serve(ok);
		const call: ResponseItem = { type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' };
		await read(client(url), {
			tools: [],
			input: [user('go'), call, { type: 'function_call_output', call_id: 'a', output: 'seen' }, user('Sum up.')],
		});
		const { tools, tool_choice: choice } = JSON.parse(seen[0]?.body ?? '');
		assert.deepEqual([tools.map(({ name }: { name: string }) => name), choice], [['look'], { type: 'none' }]);
	});

	it('lets newer models decide how much they think, and others have a budget', async () => {
		const { url, seen } = await serve(ok, ok, status(400, refusal('output_config.effort: max is not supported by this model')), ok);
		await read(client(url), { model: 'claude-opus-4-7' });
		await read(client(url), { model: 'claude-sonnet-4-5' });
		await read(client(url), { model: 'claude-sonnet-5', reasoning: { effort: 'xhigh' } });
		assert.deepEqual(
			seen.map(({ body }) => {
				const { thinking, output_config: config } = JSON.parse(body);
				return [thinking.type, config?.effort ?? null];
			}),
			[
				['adaptive', 'high'],
				['enabled', null],
				['adaptive', 'max'],
				['adaptive', 'high'],
			],
		);
	});

	it('fails in the right words and of the right kind', async () => {
		const cases: readonly (readonly [Handler, Partial<ModelError>])[] = [
			[status(529, refusal('Overloaded', 'overloaded_error')), { kind: 'serverOverloaded', retryable: true }],
			[
				say(start, event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } })),
				{ kind: 'serverOverloaded', retryable: true },
			],
			[status(429, refusal('Slow', 'rate_limit_error')), { kind: 'responseTooManyFailedAttempts' }],
			[status(400, refusal('Your credit balance is too low to access the Anthropic API.')), { kind: 'usageLimitExceeded' }],
			[status(400, refusal('prompt is too long: 208310 tokens > 200000 maximum')), { kind: 'contextWindowExceeded' }],
			[status(401, refusal('invalid x-api-key', 'authentication_error')), { kind: 'unauthorized' }],
			[say(start, text('Half'), stop('max_tokens')), { kind: 'other', retryable: false }],
			[say(start, stop('model_context_window_exceeded')), { kind: 'contextWindowExceeded' }],
			[say(start, text('Half')), { kind: 'responseStreamDisconnected', retryable: true }],
			[say(start, stop('end_turn')), { retryable: true }],
			[(_request, response) => response.writeHead(502, { 'content-type': 'text/html' }).end('<html>Bad Gateway</html>'), { retryable: true }],
		];
		const { url } = await serve(...cases.map(([handler]) => handler));
		for (const [, expected] of cases) {
			const error = await failure(client(url));
			assert.doesNotMatch(error.message, /sk-secret/);
			for (const [key, value] of Object.entries(expected)) assert.equal(error[key as keyof ModelError], value, `${key}: ${error.message}`);
		}
	});
});
