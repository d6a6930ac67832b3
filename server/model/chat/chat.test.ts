import assert from 'node:assert/strict';
import { DialogueClient } from '../dialogue/dialogueClient.ts';
import { chatDialect } from './chatDialect.ts';
import { HttpTransport } from '../http/httpStream.ts';
import { closeAll, type Handler, nobody, request, serve, status, noKeyCommands } from '../../../test/support/model/mockProvider.ts';
import { doneItems as items, failureOf, readAnswer } from '../../../test/support/model/readAnswer.ts';
import { ModelError, type ModelEvent, type ModelRequest } from '../model.ts';
import { builtInProviders } from '../provider.ts';
import type { ResponseItem } from '../../items/responseItem.ts';

const base = builtInProviders.find(({ id }) => id === 'ollama');
const data = (value: unknown) => `data: ${typeof value === 'string' ? value : JSON.stringify(value)}\n\n`;
const delta = (value: object, finish: string | null = null) => data({ id: 'chat-1', choices: [{ index: 0, delta: value, finish_reason: finish }] });
const usage = data({
	id: 'chat-1',
	choices: [],
	usage: { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10, prompt_tokens_details: { cached_tokens: 2 } },
});
const say =
	(...chunks: readonly string[]): Handler =>
	(_request, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end(chunks.join(''));
	};

describe('the chat-completions adapter', () => {
	const transport = new HttpTransport({});
	afterEach(closeAll);
	after(() => transport.dispose());

	const client = (url: string) => {
		assert.ok(base);
		const provider = { ...base, name: 'Mock', baseUrl: `${url}/v1`, requestMaxRetries: 0, streamMaxRetries: 0 };
		return new DialogueClient(
			{ provider, transport, env: {}, account: nobody, keyCommands: noKeyCommands, userAgent: () => 'tests', debug: () => {} },
			chatDialect(provider),
		);
	};
	const read = (from: DialogueClient, more: Partial<ModelRequest> = {}) => readAnswer(from, { ...request, ...more });
	const failure = (from: DialogueClient) => failureOf(read(from));

	it('streams text, with the usage', async () => {
		const { url, seen } = await serve(
			say(delta({ role: 'assistant', content: 'Hel' }), delta({ content: 'lo' }), delta({}, 'stop'), usage, data('[DONE]')),
		);
		const events = await read(client(url));
		assert.equal(events.flatMap((event) => (event.type === 'textDelta' ? [event.delta] : [])).join(''), 'Hello');
		assert.deepEqual(
			events.findLast(({ type }) => type === 'completed'),
			{
				type: 'completed',
				responseId: 'chat-1',
				usage: { inputTokens: 7, cachedInputTokens: 2, outputTokens: 3, reasoningOutputTokens: 0, totalTokens: 10 },
			},
		);
		assert.equal(seen[0]?.url, '/v1/chat/completions');
		const body = JSON.parse(seen[0]?.body ?? '');
		assert.equal(body.stream_options.include_usage, true);
		assert.deepEqual(body.messages[0], { role: 'system', content: 'Be kind.' });
	});

	it('puts the calls of several chunks together, each with an id that nothing else has', async () => {
		const call = (index: number, id: string | undefined, name: string | undefined, args: string) =>
			delta({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: args } }] });
		const { url } = await serve(
			say(
				call(0, 'call_0', 'look', '{"a"'),
				call(0, undefined, undefined, ':1}'),
				call(1, 'call_0', 'listen', ''),
				delta({}, 'tool_calls'),
				data('[DONE]'),
			),
		);
		const used: ResponseItem[] = [
			{ type: 'function_call', call_id: 'call_0', name: 'look', arguments: '{}' },
			{ type: 'function_call_output', call_id: 'call_0', output: 'seen' },
		];
		const calls = items(await read(client(url), { input: used })).filter((item) => item.type === 'function_call');
		assert.deepEqual(
			calls.map(({ name, arguments: args }) => [name, args]),
			[
				['look', '{"a":1}'],
				['listen', '{}'],
			],
		);
		assert.equal(new Set(['call_0', ...calls.map((item) => item.call_id)]).size, 3);
	});

	it('offers a free-text tool as a function and gives back its text', async () => {
		const patch = '*** Begin Patch\n*** End Patch';
		const { url, seen } = await serve(
			say(
				delta({ tool_calls: [{ index: 0, id: 'c', function: { name: 'apply_patch', arguments: JSON.stringify({ input: patch }) } }] }),
				delta({}, 'tool_calls'),
				data('[DONE]'),
			),
		);
		const tools: ModelRequest['tools'] = [
			{ type: 'custom', name: 'apply_patch', description: 'Patches.', format: { type: 'grammar', syntax: 'lark', definition: 'start: "x"' } },
			{
				type: 'namespace',
				name: 'mcp__files',
				description: '',
				tools: [{ type: 'function', name: 'read', description: '', strict: false, parameters: {} }],
			},
		];
		assert.deepEqual(
			items(await read(client(url), { tools })).map((item) => (item.type === 'custom_tool_call' ? [item.name, item.input] : item)),
			[['apply_patch', patch]],
		);
		const names = JSON.parse(seen[0]?.body ?? '').tools.map((tool: { function: { name: string } }) => tool.function.name);
		assert.deepEqual(names, ['apply_patch', 'mcp__files__read']);
	});

	it('gives a tool of a namespace back under both its names', async () => {
		const { url } = await serve(
			say(
				delta({ tool_calls: [{ index: 0, id: 'c', function: { name: 'files__read', arguments: '{}' } }] }),
				delta({}, 'tool_calls'),
				data('[DONE]'),
			),
		);
		const tools: ModelRequest['tools'] = [
			{
				type: 'namespace',
				name: 'files',
				description: '',
				tools: [{ type: 'function', name: 'read', description: '', strict: false, parameters: {} }],
			},
		];
		const [item] = items(await read(client(url), { tools }));
		assert.ok(item?.type === 'function_call');
		assert.deepEqual([item.namespace, item.name], ['files', 'read']);
	});

	it('tells thoughts from text, also between tags that come in pieces', async () => {
		const cut = ['<th', 'ink>Let me', ' see</thi', 'nk>\n\nYes', '.'];
		const { url } = await serve(
			say(...cut.map((content) => delta({ content })), delta({}, 'stop'), data('[DONE]')),
			say(delta({ reasoning_content: 'Hm.' }), delta({ content: 'No.' }), delta({}, 'stop'), data('[DONE]')),
			say(delta({ content: 'Again.' }), delta({}, 'stop')),
		);
		const mine = client(url);
		const texts = (events: readonly ModelEvent[]) =>
			items(events).map((item) =>
				item.type === 'reasoning' ? ['thought', item.content?.[0]?.text] : item.type === 'message' ? ['text', item.content[0]] : item,
			);
		assert.deepEqual(texts(await read(mine)), [
			['thought', 'Let me see'],
			['text', { type: 'output_text', text: 'Yes.' }],
		]);
		assert.deepEqual(texts(await read(mine))[0], ['thought', 'Hm.']);
		// A server that ends without [DONE] has still said why it ended.
		assert.deepEqual(texts(await read(mine)), [['text', { type: 'output_text', text: 'Again.' }]]);
	});

	it('sends results right behind their calls, pictures behind those', async () => {
		const { url, seen } = await serve(say(delta({ content: 'ok' }), delta({}, 'stop'), data('[DONE]')));
		await read(client(url), {
			input: [
				{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'go' }] },
				{ type: 'function_call', call_id: 'a', name: 'look', arguments: '{}' },
				{ type: 'custom_tool_call', call_id: 'b', name: 'apply_patch', input: 'P' },
				{ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Working.' }] },
				{ type: 'function_call_output', call_id: 'a', output: [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }] },
				{ type: 'custom_tool_call_output', call_id: 'b', output: 'done' },
			],
		});
		const messages = JSON.parse(seen[0]?.body ?? '').messages.slice(1);
		assert.deepEqual(
			messages.map((message: { role: string; tool_call_id?: string }) => [message.role, message.tool_call_id ?? null]),
			[
				['user', null],
				['assistant', null],
				['tool', 'a'],
				['tool', 'b'],
				['assistant', null],
				['user', null],
			],
		);
		assert.deepEqual(JSON.parse(messages[1].tool_calls[1].function.arguments), { input: 'P' });
		assert.equal(messages[5].content[1].image_url.url, 'data:image/png;base64,AA==');
	});

	it('sends recordings in the two formats that it takes, and says which it left out', async () => {
		const { url, seen } = await serve(say(delta({ content: 'ok' }), delta({}, 'stop'), data('[DONE]')));
		await read(client(url), {
			input: [
				{ type: 'message', role: 'user', content: [{ type: 'input_text', text: 'go' }] },
				{ type: 'function_call', call_id: 'a', name: 'listen', arguments: '{}' },
				{
					type: 'function_call_output',
					call_id: 'a',
					output: [
						{ type: 'input_audio', audio_url: 'data:audio/x-wav;base64,AA==' },
						{ type: 'input_audio', audio_url: 'data:audio/ogg;base64,BB==' },
					],
				},
			],
		});
		const messages = JSON.parse(seen[0]?.body ?? '').messages.slice(2);
		assert.equal(messages[1].content, 'The result is a recording; it follows.');
		assert.deepEqual(messages.at(-1).content.slice(0, 2), [
			{ type: 'text', text: 'The recordings of the tool results:' },
			{ type: 'input_audio', input_audio: { data: 'AA==', format: 'wav' } },
		]);
		assert.match(messages.at(-1).content[2].text, /An audio recording \(audio\/ogg\) stood here/);
	});

	it('asks once more without what an older server does not know', async () => {
		const { url, seen } = await serve(
			status(400, { error: { message: 'Unrecognized request argument: stream_options' } }),
			say(delta({ content: 'ok' }), delta({}, 'stop'), data('[DONE]')),
		);
		await read(client(url));
		assert.equal('stream_options' in JSON.parse(seen[1]?.body ?? ''), false);
	});

	it('fails in the right words: cut off, too long, refused, an error inside', async () => {
		const { url } = await serve(
			say(delta({ content: 'Hel' })),
			say(delta({ content: 'Hel' }), delta({}, 'length')),
			status(401, { error: { message: 'Bad key' } }),
			say(data({ error: { message: 'out of memory' } })),
			say(data('{"id":')),
		);
		const mine = client(url);
		assert.equal((await failure(mine)).kind, 'responseStreamDisconnected');
		assert.match((await failure(mine)).message, /largest length/);
		assert.equal((await failure(mine)).kind, 'unauthorized');
		assert.match((await failure(mine)).message, /out of memory/);
		assert.equal((await failure(mine)).retryable, true);
	});

	it('is never stopped by a cut, wherever it is: it completes or says that it broke', async () => {
		const whole = [
			delta({ content: 'é' }),
			delta({ tool_calls: [{ index: 0, id: 'x', function: { name: 'look', arguments: '{"a":1}' } }] }),
			delta({}, 'tool_calls'),
			data('[DONE]'),
		].join('');
		const bytes = Buffer.from(whole);
		let length = 0;
		const { url } = await serve((_request, response) => {
			response.writeHead(200, { 'content-type': 'text/event-stream' });
			response.end(bytes.subarray(0, length));
		});
		const mine = client(url);
		const finish = whole.indexOf('"finish_reason":"tool_calls"');
		for (length = 0; length <= bytes.length; length += 3) {
			let done: readonly ModelEvent[] = [];
			let broke = false;
			try {
				done = await read(mine);
			} catch (error) {
				assert.ok(error instanceof ModelError && error.retryable, String(error));
				broke = true;
			}
			if (length < finish) assert.ok(broke, `cut at ${length}`);
			if (!broke) assert.equal(items(done).filter((item) => item.type === 'function_call').length, 1);
		}
	});
});
