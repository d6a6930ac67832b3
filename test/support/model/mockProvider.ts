// A provider on the loopback interface, for the tests of the client.
import assert from 'node:assert/strict';
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { AddressInfo, Socket } from 'node:net';
import { HttpTransport } from '../../../server/model/http/httpStream.ts';
import { ModelError, type ModelEvent, type ModelRequest } from '../../../server/model/model.ts';
import { builtInProviders, type Provider } from '../../../server/model/provider.ts';
import type { ChatgptSignIn } from '../../../server/auth/signIn.ts';
import type { Account } from '../../../server/model/responses/requestHeaders.ts';
import { chatgptToken } from './fakeIssuer.ts';
import { ResponsesClient, type ResponsesClientOptions } from '../../../server/model/responses/responsesClient.ts';

export type Handler = (request: http.IncomingMessage, response: http.ServerResponse, body: string) => void;

/** Nobody is signed in. */
export const nobody: Account = { forRequest: () => Promise.resolve(null), recover: () => Promise.resolve(null), problem: () => null };

/** Somebody with a ChatGPT account is. */
export const chatgptSignIn: ChatgptSignIn = {
	type: 'chatgpt',
	accessToken: chatgptToken(),
	accountId: 'ws-1',
	email: null,
	plan: 'pro',
	planName: 'pro',
	userId: null,
	keptBy: 'us',
};

/** No provider of these tests has a program that prints its key. */
export const noKeyCommands = { key: () => Promise.resolve(null), refused: () => false };

const base = builtInProviders.find((provider) => provider.id === 'ollama');

export const request: ModelRequest = {
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
	turnId: 'turn-1',
	preferWebsockets: false,
	clientMetadata: null,
	originator: 'tests',
};

export const event = (data: Readonly<Record<string, unknown>>) => `event: ${String(data.type)}\ndata: ${JSON.stringify(data)}\n\n`;
export const created = event({ type: 'response.created', response: { id: 'r' } });
export const message = (text: string, id = 'm1') =>
	event({ type: 'response.output_item.done', item: { type: 'message', id, role: 'assistant', content: [{ type: 'output_text', text }] } });
export const completed = event({
	type: 'response.completed',
	response: { id: 'r', usage: { input_tokens: 3, input_tokens_details: { cached_tokens: 1 }, output_tokens: 2, total_tokens: 5 } },
});
export const answer: Handler = (_request, response) => {
	response.writeHead(200, { 'content-type': 'text/event-stream' });
	response.end(created + message('Hi.') + completed);
};

export const servers: http.Server[] = [];
const transports: HttpTransport[] = [];

/** Connections that became websockets: no server closes them with itself. */
export const upgraded: Duplex[] = [];

/** For `afterEach`. */
export function closeAll(): void {
	for (const transport of transports.splice(0)) transport.dispose();
	for (const server of servers.splice(0)) {
		server.closeAllConnections();
		server.close();
	}
	for (const socket of upgraded.splice(0)) socket.destroy();
}

/** A server that answers its n-th request with the n-th handler, the last one for all that follow. */
export async function serve(...handlers: readonly Handler[]) {
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

/** `websockets`: as the configuration has it. */
export function client(
	url: string,
	more: Partial<Provider> = {},
	env: Record<string, string> = {},
	key: string | null = null,
	{ websockets = true, ...account }: { readonly websockets?: boolean } & Partial<Pick<ResponsesClientOptions, 'account' | 'attest'>> = {},
) {
	assert.ok(base);
	const transport = new HttpTransport(env);
	transports.push(transport);
	const provider: Provider = { ...base, name: 'Mock', baseUrl: `${url}/v1`, requestMaxRetries: 0, streamMaxRetries: 0, ...more };
	return new ResponsesClient({
		compactsInStream: () => false,
		provider,
		transport,
		env,
		account: key === null ? nobody : { ...nobody, forRequest: () => Promise.resolve({ type: 'apiKey', key }) },
		userAgent: (originator) => `${originator}/1`,
		keyCommands: noKeyCommands,
		debug: () => {},
		random: () => 0,
		websockets,
		...account,
	});
}

export async function read(from: ResponsesClient, signal = new AbortController().signal, model = request.model): Promise<ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const next of from.stream({ ...request, model }, signal)) events.push(next);
	return events;
}

export async function failure(from: ResponsesClient): Promise<ModelError> {
	try {
		await read(from);
	} catch (error) {
		assert.ok(error instanceof ModelError, String(error));
		return error;
	}
	return assert.fail('the stream should have failed');
}

export const status =
	(code: number, body: unknown = {}, headers: http.OutgoingHttpHeaders = {}): Handler =>
	(_request, response) => {
		response.writeHead(code, { 'content-type': 'application/json', ...headers });
		response.end(typeof body === 'string' ? body : JSON.stringify(body));
	};
export const stream =
	(...texts: readonly string[]): Handler =>
	(_request, response) => {
		response.writeHead(200, { 'content-type': 'text/event-stream' });
		response.end(texts.join(''));
	};

/** Resolves when the socket of a request is closed. */
export function closed(socket: Socket | undefined): Promise<void> {
	assert.ok(socket);
	return new Promise((resolve) => {
		if (socket.destroyed) resolve();
		else socket.once('close', () => resolve());
	});
}
