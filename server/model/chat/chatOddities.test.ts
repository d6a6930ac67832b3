import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { ResponseItem } from '../../items/responseItem.ts';
import { HttpTransport } from '../http/httpStream.ts';
import { closeAll, type Handler, nobody, request, serve, status, noKeyCommands } from '../../../test/support/model/mockProvider.ts';
import { doneItems as items, failureOf, readAnswer } from '../../../test/support/model/readAnswer.ts';
import type { ModelError, ModelRequest } from '../model.ts';
import { builtInProviders } from '../provider.ts';
import { DialogueClient } from '../dialogue/dialogueClient.ts';
import { chatDialect } from './chatDialect.ts';

const base = builtInProviders.find(({ id }) => id === 'ollama');
const data = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const delta = (value: object, finish: string | null = null) => data({ id: 'chat-1', choices: [{ index: 0, delta: value, finish_reason: finish }] });
const say =
	(...chunks: readonly string[]): Handler =>
	(_request, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end([...chunks, data('[DONE]')].join(''));
	};
const ok = say(delta({ content: 'ok' }, 'stop'));
const user = (text: string): ResponseItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const developer = (text: string): ResponseItem => ({ type: 'message', role: 'developer', content: [{ type: 'input_text', text }] });
const assistant = (text: string): ResponseItem => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
const call = (id: string, args = '{}'): ResponseItem => ({ type: 'function_call', call_id: id, name: 'look', arguments: args });
const output = (id: string, text = 'seen'): ResponseItem => ({ type: 'function_call_output', call_id: id, output: text });

describe('chat-completions servers with their own ways', () => {
	const transport = new HttpTransport({});
	afterEach(closeAll);
	after(() => transport.dispose());

	const client = (url: string) => {
		assert.ok(base);
		const provider = { ...base, id: 'mine', name: 'Mock', baseUrl: `${url}/v1`, requestMaxRetries: 0, streamMaxRetries: 0 };
		return new DialogueClient(
			{ provider, transport, env: {}, account: nobody, keyCommands: noKeyCommands, userAgent: () => 'tests', debug: () => {} },
			chatDialect(provider),
		);
	};
	const read = (from: DialogueClient, more: Partial<ModelRequest> = {}) => readAnswer(from, { ...request, ...more });
	const failure = (from: DialogueClient, more: Partial<ModelRequest> = {}) => failureOf(read(from, more));
	/** Role and text of the messages that a request held. */
	const sent = (body: string | undefined) =>
		(JSON.parse(body ?? '').messages as { role: string; content: unknown }[]).map(({ role, content }) => [role, content] as const);

	it('calls with one number and two ids are two, also in pieces', async () => {
		const part = (id: string | undefined, name: string | undefined, args: string, index: number | undefined = 0) =>
			delta({ tool_calls: [{ index, ...(id === undefined ? {} : { id }), function: { ...(name === undefined ? {} : { name }), arguments: args } }] });
		const { url } = await serve(
			say(part('a', 'look', '{"n":1}'), part('b', 'look', '{"n":2}'), delta({}, 'tool_calls')),
			say(
				part('a', 'look', '{"n"'),
				part(undefined, undefined, ':1}'),
				part('b', 'look', '{"n"'),
				part(undefined, undefined, ':2}'),
				delta({}, 'tool_calls'),
			),
			say(part('a', 'look', '{"n"'), part('a', undefined, ':1}'), part('b', 'look', '{"n"'), part('b', undefined, ':2}'), delta({}, 'tool_calls')),
			say(part('a', 'look', '{"n":1}', undefined), part('b', 'look', '{"n":2}', undefined), delta({}, 'tool_calls')),
			say(
				part('a', 'look', '', 0),
				part('b', 'look', '', 1),
				part(undefined, undefined, '{"n":2}', 1),
				part(undefined, undefined, '{"n":1}', 0),
				delta({}, 'tool_calls'),
			),
		);
		for (let n = 0; n < 5; n++) {
			const calls = items(await read(client(url))).flatMap((item) => (item.type === 'function_call' ? [item.arguments] : []));
			assert.deepEqual(calls, ['{"n":1}', '{"n":2}'], `server ${n}`);
		}
	});

	it('text in parts, thoughts among them, and the call of former times are heard', async () => {
		const { url, seen } = await serve(
			say(
				delta({ content: [{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] }] }),
				delta({ content: [{ type: 'text', text: 'Yes.' }] }),
				delta({}, 'stop'),
			),
			say(delta({ function_call: { name: 'look', arguments: '{"a"' } }), delta({ function_call: { arguments: ':1}' } }), delta({}, 'function_call')),
			ok,
		);
		const mine = client(url);
		const first = items(await read(mine));
		assert.deepEqual(
			first.map(({ type }) => type),
			['reasoning', 'message'],
		);
		const [called] = items(await read(mine));
		assert.ok(called?.type === 'function_call' && called.arguments === '{"a":1}');
		await read(mine, { input: [user('go'), ...first, called, { type: 'function_call_output', call_id: called.call_id, output: 'x' }] });
		const [, , said] = sent(seen[2]?.body);
		assert.deepEqual(said?.[1], [
			{ type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] },
			{ type: 'text', text: 'Yes.' },
		]);
	});

	it('an answer without a word is an error, unless the model has just got its results', async () => {
		const { url } = await serve(say(delta({}, 'stop')));
		assert.match((await failure(client(url))).message, /nothing that could be understood/);
		assert.equal((await read(client(url), { input: [user('go'), call('a'), output('a')] })).at(-1)?.type, 'completed');
	});

	it('get what they thought back in the member in which it came, and nobody else does', async () => {
		const detail = (text: string, more: object = {}) => ({ type: 'reasoning.text', index: 0, text, ...more });
		const { url, seen } = await serve(
			say(
				delta({ reasoning: 'Let', reasoning_details: [detail('Let')] }),
				delta({ reasoning: ' me.', reasoning_details: [detail(' me.', { signature: 's' })] }),
				delta({
					tool_calls: [{ index: 0, id: 'c', function: { name: 'look', arguments: '{}' }, extra_content: { google: { thought_signature: 't' } } }],
				}),
				delta({}, 'tool_calls'),
			),
			ok,
		);
		const mine = client(url);
		const said = items(await read(mine));
		// After a restart they come from a file.
		const kept = JSON.parse(JSON.stringify(said)) as ResponseItem[];
		const input = [user('go'), ...kept, output(kept[1]?.type === 'function_call' ? kept[1].call_id : '')];
		await read(client(url), { input });
		const message = JSON.parse(seen[1]?.body ?? '').messages[2];
		assert.equal(message.reasoning, 'Let me.');
		assert.deepEqual(message.reasoning_details, [detail('Let me.', { signature: 's' })]);
		assert.deepEqual(message.tool_calls[0].extra_content, { google: { thought_signature: 't' } });
		assert.ok(base);
		const provider = { ...base, id: 'another', baseUrl: `${url}/v1`, requestMaxRetries: 0 };
		const other = new DialogueClient(
			{ provider, transport, env: {}, account: nobody, keyCommands: noKeyCommands, userAgent: () => 'tests', debug: () => {} },
			chatDialect(provider),
		);
		await read(other, { input });
		assert.doesNotMatch(seen[2]?.body ?? '', /"reasoning"|reasoning_details|extra_content/);
	});

	it('see one system message, nobody twice in a row, ids of plain letters, whole arguments and no unfinished answer', async () => {
		const { url, seen } = await serve(ok);
		const long = `call_${'x'.repeat(60)}:0`;
		await read(client(url), {
			instructions: 'Be kind.',
			input: [
				developer('Rules.'),
				user('one'),
				user('two'),
				assistant('Well'),
				call(long, '{"broken'),
				call('b', '"text"'),
				output(long),
				output('b'),
				developer('Changed.'),
				user('three'),
				assistant('Half an ans'),
			],
		});
		const messages = JSON.parse(seen[0]?.body ?? '').messages;
		assert.deepEqual(
			messages.map(({ role }: { role: string }) => role),
			['system', 'user', 'assistant', 'tool', 'tool', 'assistant', 'user', 'assistant', 'user'],
		);
		assert.equal(messages[0].content, 'Be kind.\n\nRules.');
		assert.equal(messages[1].content, 'one\n\ntwo');
		assert.match(messages[6].content, /Changed.*three/s);
		for (const { id, function: func } of messages[2].tool_calls) {
			assert.match(id, /^[A-Za-z0-9_-]{1,40}$/);
			assert.equal(typeof JSON.parse(func.arguments), 'object');
		}
		assert.deepEqual(
			messages.slice(3, 5).map((message: { tool_call_id: string }) => message.tool_call_id),
			messages[2].tool_calls.map(({ id }: { id: string }) => id),
		);
	});

	it("with a Mistral model see ids of nine letters and digits, and a model's word between results and a person", async () => {
		const { url, seen } = await serve(ok);
		await read(client(url), { model: 'devstral-small', input: [user('go'), call('call_1'), output('call_1'), user('and?')] });
		const messages = JSON.parse(seen[0]?.body ?? '').messages;
		assert.match(messages[2].tool_calls[0].id, /^[A-Za-z0-9]{9}$/);
		assert.equal(messages[3].tool_call_id, messages[2].tool_calls[0].id);
		assert.deepEqual(
			messages.slice(4).map(({ role }: { role: string }) => role),
			['assistant', 'user'],
		);
	});

	it('are asked again without an effort that they refuse, and anew when they could not read their own call', async () => {
		const { url, seen } = await serve(
			status(400, { error: { message: "Unsupported parameter: 'reasoning_effort' is not supported with this model." } }),
			status(400, { error: { message: 'Failed to call a function.', code: 'tool_use_failed', failed_generation: '<function' } }),
			ok,
		);
		await read(client(url));
		assert.deepEqual(
			seen.map(({ body }) => 'reasoning_effort' in JSON.parse(body)),
			[true, false, false],
		);
	});

	it('fail in the words and of the kind that the real reason has', async () => {
		const routed = { error: { message: 'Provider returned error', code: 400, metadata: { raw: '{"error":{"message":"tool names too long"}}' } } };
		const cases: readonly (readonly [Handler, Partial<ModelError>, RegExp])[] = [
			[status(402, { error: { message: 'Insufficient credits' } }), { kind: 'usageLimitExceeded', retryable: false }, /credit/],
			[status(400, routed), { kind: 'badRequest' }, /tool names too long/],
			[status(400, [{ error: { code: 400, message: 'Array of errors', status: 'INVALID_ARGUMENT' } }]), { kind: 'badRequest' }, /Array of errors/],
			[status(200, { error: { code: 402, message: 'No money' } }), { kind: 'usageLimitExceeded' }, /No money/],
			[status(200, { error: { message: "This model's maximum context length is 10 tokens." } }), { kind: 'contextWindowExceeded' }, /too long/],
			[say(data({ error: { code: 429, message: 'Slow down' } })), { kind: 'responseTooManyFailedAttempts', retryable: true }, /Slow down/],
			[say(data({ error: { code: 503, message: 'No instances' } })), { retryable: true }, /No instances/],
			[say(delta({}, 'insufficient_system_resource')), { kind: 'serverOverloaded', retryable: true }, /overloaded/],
			[
				say(data({ object: 'error', message: 'Prompt contains 9 tokens, too large for model with 5 maximum context length', code: 400 })),
				{ kind: 'contextWindowExceeded' },
				/too long/,
			],
		];
		const { url } = await serve(...cases.map(([handler]) => handler));
		for (const [, expected, words] of cases) {
			const error = await failure(client(url));
			assert.match(error.message, words);
			for (const [key, value] of Object.entries(expected)) assert.equal(error[key as keyof ModelError], value, `${key}: ${error.message}`);
		}
	});

	it('that count thoughts apart have a sum that adds up', async () => {
		const usage = (prompt: number, completion: number, total: number, reasoning: number) =>
			data({
				choices: [],
				usage: {
					prompt_tokens: prompt,
					completion_tokens: completion,
					total_tokens: total,
					completion_tokens_details: { reasoning_tokens: reasoning },
				},
			});
		const { url } = await serve(
			say(delta({ content: 'x' }, 'stop'), usage(10, 2, 42, 30)),
			say(delta({ content: 'x' }, 'stop'), usage(10, 32, 42, 30)),
		);
		for (let n = 0; n < 2; n++) {
			const done = (await read(client(url))).at(-1);
			assert.deepEqual(done?.type === 'completed' && done.usage, {
				inputTokens: 10,
				cachedInputTokens: 0,
				outputTokens: 32,
				reasoningOutputTokens: 30,
				totalTokens: 42,
			});
		}
	});
});
