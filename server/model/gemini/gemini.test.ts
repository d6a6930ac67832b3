import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { ResponseItem } from '../../items/responseItem.ts';
import { DialogueClient } from '../dialogue/dialogueClient.ts';
import { HttpTransport } from '../http/httpStream.ts';
import { closeAll, type Handler, nobody, request, serve, status, noKeyCommands } from '../../../test/support/model/mockProvider.ts';
import { doneItems as items, readAnswer } from '../../../test/support/model/readAnswer.ts';
import { ModelError, type ModelRequest } from '../model.ts';
import { resolveProviders } from '../provider.ts';
import { geminiDialect } from './geminiDialect.ts';

type Json = Readonly<Record<string, unknown>>;
const chunk = (parts: readonly Json[], more: Json = {}, finishReason?: string) =>
	`data: ${JSON.stringify({ candidates: [{ content: { role: 'model', parts }, ...(finishReason ? { finishReason } : {}), index: 0 }], responseId: 'r', ...more })}\r\n\r\n`;
const usageMetadata = { promptTokenCount: 100, candidatesTokenCount: 10, thoughtsTokenCount: 20, cachedContentTokenCount: 50, totalTokenCount: 130 };
const say =
	(...chunks: readonly string[]): Handler =>
	(_request, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end(chunks.join(''));
	};
const ok = say(chunk([{ text: 'ok' }], {}, 'STOP'));
const user = (value: string): ResponseItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text: value }] });
const refusal = (code: number, name: string, message: string, details: readonly Json[] = []) => ({ error: { code, status: name, message, details } });

describe('the Gemini API', () => {
	const transport = new HttpTransport({});
	afterEach(closeAll);
	after(() => transport.dispose());

	const client = (url: string) => {
		const table = { google: { base_url: `${url}/v1beta`, wire_api: 'gemini', env_key: 'KEY', request_max_retries: 0 } };
		const provider = resolveProviders(table).providers.get('google');
		assert.ok(provider);
		const options = {
			provider,
			transport,
			env: { KEY: 'AIza-secret' },
			account: nobody,
			keyCommands: noKeyCommands,
			userAgent: () => 'tests',
			debug: () => {},
		};
		return new DialogueClient(options, geminiDialect(provider));
	};
	const read = (from: DialogueClient, more: Partial<ModelRequest> = {}) =>
		readAnswer(from, { ...request, model: 'gemini-3-pro', outputSchema: null, ...more });

	it('streams thoughts, text and calls, and gives signatures back where they stood, also from a file', async () => {
		const { url, seen } = await serve(
			say(
				chunk([{ text: 'Hm.', thought: true }]),
				chunk([{ text: 'I look.' }]),
				chunk([{ functionCall: { name: 'look', args: { a: 1 } }, thoughtSignature: 'sig' }, { functionCall: { name: 'rest' } }]),
				chunk([{ text: '' }], { usageMetadata }, 'STOP'),
			),
			ok,
		);
		const events = await read(client(url));
		const said = items(events);
		assert.deepEqual(
			said.map((item) => (item.type === 'function_call' ? [item.name, item.arguments] : item.type)),
			['reasoning', 'message', ['look', '{"a":1}'], ['rest', '{}']],
		);
		const done = events.at(-1);
		assert.deepEqual(done?.type === 'completed' && done.usage, {
			inputTokens: 100,
			cachedInputTokens: 50,
			outputTokens: 30,
			reasoningOutputTokens: 20,
			totalTokens: 130,
		});
		const results = said.flatMap((item): ResponseItem[] =>
			item.type === 'function_call'
				? [
						{
							type: 'function_call_output',
							call_id: item.call_id,
							output: item.name === 'look' ? [{ type: 'input_image', image_url: 'data:image/png;base64,AA==' }] : 'done',
						},
					]
				: [],
		);
		await read(client(url), { input: [user('go'), ...(JSON.parse(JSON.stringify(said)) as ResponseItem[]), ...results] });
		const body = JSON.parse(seen[1]?.body ?? '');
		assert.deepEqual(
			body.contents.map(({ role }: { role: string }) => role),
			['user', 'model', 'user'],
		);
		assert.deepEqual(body.contents[1].parts, [
			{ text: 'I look.' },
			{ functionCall: { name: 'look', args: { a: 1 } }, thoughtSignature: 'sig' },
			{ functionCall: { name: 'rest', args: {} } },
		]);
		assert.deepEqual(body.contents[2].parts, [
			{ functionResponse: { name: 'look', response: { output: '' } } },
			{ functionResponse: { name: 'rest', response: { output: 'done' } } },
			{ inlineData: { mimeType: 'image/png', data: 'AA==' } },
		]);
		assert.deepEqual(body.systemInstruction.parts, [{ text: 'Be kind.' }]);
		assert.deepEqual(body.generationConfig.thinkingConfig, { includeThoughts: true, thinkingLevel: 'high' });
		assert.match(seen[1]?.url ?? '', /^\/v1beta\/models\/gemini-3-pro:streamGenerateContent\?alt=sse$/);
		assert.deepEqual([seen[1]?.headers['x-goog-api-key'], seen[1]?.headers.authorization], ['AIza-secret', undefined]);
	});

	it('is given recordings of tools as they are', async () => {
		const { url, seen } = await serve(ok);
		const input: readonly ResponseItem[] = [
			user('go'),
			{ type: 'function_call', call_id: 'c', name: 'listen', arguments: '{}' },
			{ type: 'function_call_output', call_id: 'c', output: [{ type: 'input_audio', audio_url: 'data:audio/ogg;base64,AA==' }] },
		];
		await read(client(url), { input });
		const { contents } = JSON.parse(seen[0]?.body ?? '');
		assert.deepEqual(contents.at(-1).parts[1], { inlineData: { mimeType: 'audio/ogg', data: 'AA==' } });
	});

	it('takes calls of other models: with the mark that stands for their signature', async () => {
		const { url, seen } = await serve(ok, ok);
		const input: ResponseItem[] = [
			user('go'),
			{ type: 'function_call', call_id: 'x', name: 'look', arguments: '{}' },
			{ type: 'function_call_output', call_id: 'x', output: 'seen' },
		];
		await read(client(url), { input });
		await read(client(url), { input, model: 'gemini-2.5-flash' });
		const signatures = seen.map(({ body }) => JSON.parse(body).contents[1].parts[0].thoughtSignature);
		assert.deepEqual(signatures, ['skip_thought_signature_validator', undefined]);
	});

	it('is asked again where its model wrote a call that nobody can read, and without thinking where there is none', async () => {
		const { url, seen } = await serve(
			say(chunk([], {}, 'MALFORMED_FUNCTION_CALL')),
			status(400, refusal(400, 'INVALID_ARGUMENT', 'Thinking is not enabled for models/gemini-2.0-flash')),
			ok,
		);
		assert.equal((await read(client(url))).at(-1)?.type, 'completed');
		assert.deepEqual(
			seen.map(({ body }) => 'generationConfig' in JSON.parse(body)),
			[true, true, false],
		);
	});

	it('fails in the right words and of the right kind', async () => {
		const wait = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34s' }];
		const cases: readonly (readonly [Handler, Partial<ModelError>])[] = [
			[status(429, refusal(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded', wait)), { kind: 'responseTooManyFailedAttempts', retryAfterMs: 34_000 }],
			[status(503, [refusal(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.')]), { retryable: true }],
			[status(400, refusal(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.')), { kind: 'unauthorized' }],
			[
				status(400, refusal(400, 'INVALID_ARGUMENT', 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).')),
				{ kind: 'contextWindowExceeded' },
			],
			[say(`data: ${JSON.stringify({ promptFeedback: { blockReason: 'SAFETY' } })}\n\n`), { retryable: false }],
			[say(chunk([{ text: 'Half' }], {}, 'MAX_TOKENS')), { retryable: false }],
			[say(chunk([{ text: 'Half' }])), { kind: 'responseStreamDisconnected', retryable: true }],
			[say(chunk([], {}, 'STOP')), { retryable: true }],
			[say(`data: ${JSON.stringify(refusal(503, 'UNAVAILABLE', 'Overloaded'))}\n\n`), { kind: 'serverOverloaded', retryable: true }],
		];
		const { url } = await serve(...cases.map(([handler]) => handler));
		for (const [, expected] of cases) {
			const error = await read(client(url)).then(
				() => null,
				(thrown: unknown) => thrown,
			);
			assert.ok(error instanceof ModelError, String(error));
			assert.doesNotMatch(error.message, /AIza-secret/);
			for (const [key, value] of Object.entries(expected)) assert.equal(error[key as keyof ModelError], value, `${key}: ${error.message}`);
		}
	});
});
