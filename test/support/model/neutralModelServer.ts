import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { completed, created, customCall, functionCall, message, type ModelEvent } from './modelEvents.ts';

/** What a model does in one answer, whichever API it speaks. */
export interface Answer {
	readonly text?: string;
	readonly thought?: string;
	readonly calls?: readonly { readonly id: string; readonly name: string; readonly args: Readonly<Record<string, unknown>> }[];
}

export type WireApi = 'responses' | 'chat' | 'anthropic' | 'gemini';

const sse = (data: object | string, event?: string) =>
	`${event === undefined ? '' : `event: ${event}\n`}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;

/** Written from the public documentation of each API, with some of the oddities that users of it report: comments, empty pieces, pings. */
const ENCODERS: Readonly<Record<WireApi, (answer: Answer, n: number) => string>> = {
	responses: ({ text, calls = [] }, n) => {
		const events: ModelEvent[] = [
			created(`resp_${n}`),
			...(text === undefined ? [] : message(text, `msg_${n}`)),
			...calls.flatMap(({ id, name, args }) => (name === 'apply_patch' ? customCall(name, String(args['input']), id) : functionCall(name, args, id))),
			completed({}, `resp_${n}`),
		];
		return events.map((event) => sse(event, event.type)).join('');
	},
	chat: ({ text, thought, calls = [] }, n) => {
		const chunk = (delta: object, finish: string | null = null) =>
			sse({ id: `chat-${n}`, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] });
		return [
			': keep-alive\n\n',
			chunk({ role: 'assistant', content: '' }),
			...(thought === undefined ? [] : [chunk({ reasoning_content: thought })]),
			...(text === undefined ? [] : [...text].map((character) => chunk({ content: character }))),
			// All with the number 0, as some servers do.
			...calls.flatMap(({ id, name, args }) => {
				const json = JSON.stringify(args);
				return [
					chunk({ tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: '' } }] }),
					chunk({ tool_calls: [{ index: 0, function: { arguments: json } }] }),
				];
			}),
			chunk({}, calls.length > 0 ? 'tool_calls' : 'stop'),
			sse({ id: `chat-${n}`, choices: [], usage: { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 } }),
			sse('[DONE]'),
		].join('');
	},
	anthropic: ({ text, thought, calls = [] }, n) => {
		const blocks: readonly (readonly [object, readonly object[]])[] = [
			...(thought === undefined
				? []
				: [
						[
							{ type: 'thinking', thinking: '', signature: '' },
							[
								{ type: 'thinking_delta', thinking: thought },
								{ type: 'signature_delta', signature: `sig-${n}` },
							],
						] as const,
					]),
			...(text === undefined ? [] : [[{ type: 'text', text: '' }, [{ type: 'text_delta', text }]] as const]),
			...calls.map(
				({ id, name, args }) =>
					[
						{ type: 'tool_use', id, name, input: {} },
						[
							{ type: 'input_json_delta', partial_json: '' },
							{ type: 'input_json_delta', partial_json: JSON.stringify(args) },
						],
					] as const,
			),
		];
		const event = (data: { readonly type: string }) => sse(data, data.type);
		const messageStart = { type: 'message_start', message: { id: `msg_${n}`, usage: { input_tokens: 100, output_tokens: 1 } } };
		const messageDelta = { type: 'message_delta', delta: { stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn' }, usage: { output_tokens: 10 } };
		return [
			event(messageStart),
			event({ type: 'ping' }),
			...blocks.flatMap(([block, deltas], index) => {
				const [first, last] = [
					{ type: 'content_block_start', index, content_block: block },
					{ type: 'content_block_stop', index },
				];
				return [event(first), ...deltas.map((delta) => sse({ type: 'content_block_delta', index, delta }, 'content_block_delta')), event(last)];
			}),
			event(messageDelta),
			event({ type: 'message_stop' }),
		].join('');
	},
	gemini: ({ text, thought, calls = [] }, n) => {
		const chunk = (parts: readonly object[], more: object = {}) =>
			sse({ candidates: [{ content: { role: 'model', parts }, index: 0, ...more }], responseId: `r-${n}` });
		return [
			...(thought === undefined ? [] : [chunk([{ text: thought, thought: true }])]),
			...(text === undefined ? [] : [chunk([{ text }])]),
			...(calls.length === 0
				? []
				: [
						chunk(calls.map(({ name, args }, index) => ({ functionCall: { name, args }, ...(index === 0 ? { thoughtSignature: `sig-${n}` } : {}) }))),
					]),
			chunk([{ text: '' }], { finishReason: 'STOP' }),
		].join('');
	},
};

const PATHS: Readonly<Record<WireApi, RegExp>> = {
	responses: /\/responses$/,
	chat: /\/chat\/completions$/,
	anthropic: /\/messages$/,
	gemini: /:streamGenerateContent\?alt=sse$/,
};

/** A model that gives its answers one after the other over every API: the same to all who ask it the same. */
export class NeutralModelServer {
	/** The bodies of the requests, by API. */
	readonly requests: { readonly wire: WireApi; readonly body: string }[] = [];
	readonly #server: http.Server;

	private constructor(answers: Iterator<Answer>) {
		let n = 0;
		this.#server = http.createServer((request, response) => {
			const chunks: Buffer[] = [];
			request.on('data', (chunk: Buffer) => chunks.push(chunk));
			request.on('end', () => {
				const wire = (Object.keys(PATHS) as WireApi[]).find((each) => PATHS[each].test(request.url ?? ''));
				if (wire === undefined || request.method !== 'POST') return void response.writeHead(404).end('{}');
				this.requests.push({ wire, body: Buffer.concat(chunks).toString('utf8') });
				const next = answers.next();
				if (next.done) return void response.writeHead(500).end('{}');
				response.writeHead(200, { 'content-type': 'text/event-stream' }).end(ENCODERS[wire](next.value, n++));
			});
		});
	}

	static async start(answers: Iterable<Answer>): Promise<NeutralModelServer> {
		const server = new NeutralModelServer(answers[Symbol.iterator]());
		server.#server.listen(0, '127.0.0.1');
		await once(server.#server, 'listening');
		return server;
	}

	get url(): string {
		return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
	}

	async stop(): Promise<void> {
		this.#server.closeAllConnections();
		await new Promise((resolve) => this.#server.close(resolve));
	}
}
