/**
 * Connections with the official SDK. The only files that load it are this one and those that it imports: they are a bundle of their
 * own, loaded when a server is configured.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport, SseError } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport, StreamableHTTPError } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { McpError } from '@modelcontextprotocol/sdk/types.js';
import * as z from 'zod';
import { authorizedFetch, configuredHeaders } from './httpFetch.ts';
import { isTooDeep } from './jsonDepth.ts';
import {
	AccessRefused,
	type ConnectRequest,
	type ListedTool,
	type ListedTools,
	McpCallError,
	type McpClient,
	type Progress,
	type RawRecord,
} from './mcpClient.ts';
import { withoutPassword } from '../serverAddress.ts';
import type { HttpTransportConfig } from '../serverConfig.ts';
import { StdioTransport } from './stdioTransport.ts';

/** The SDK's own time limit is not used: ours stops while a person is asked. */
const NO_LIMIT = { timeout: 2 ** 31 - 1 };
/** More pages and entries than this are no list but a flood. */
const MAX_PAGES = 1_000;
const MAX_ENTRIES = 20_000;
const Raw = z.record(z.string(), z.unknown());

/** Connects and greets. Rejects with an `Error` in words. */
export async function connect(request: ConnectRequest): Promise<McpClient> {
	const ended = Promise.withResolvers<string>();
	const { config } = request;
	if (config.transport.type === 'stdio') {
		const transport = new StdioTransport({ ...request, config: config.transport, onEnd: ended.resolve });
		return greet(request, transport, ended);
	}
	const { transport } = config;
	try {
		return await greet(request, streamable(request, transport), ended);
	} catch (error) {
		if (!isOldServer(error) || request.signal.aborted) throw error;
		request.onLog('the server does not speak streamable HTTP; trying server-sent events');
		return greet(request, serverSentEvents(request, transport), ended);
	}
}

function streamable({ tokens, env, fetch }: ConnectRequest, config: HttpTransportConfig): Transport {
	const headers = configuredHeaders(config, env);
	// The SDK declares some members as possibly undefined that its own interface only leaves out.
	return new StreamableHTTPClientTransport(new URL(withoutPassword(config.url)), {
		fetch: authorizedFetch(tokens, fetch),
		requestInit: { headers },
	}) as Transport;
}

function serverSentEvents({ tokens, env, fetch }: ConnectRequest, config: HttpTransportConfig): Transport {
	const headers = configuredHeaders(config, env);
	return new SSEClientTransport(new URL(withoutPassword(config.url)), {
		fetch: authorizedFetch(tokens, fetch),
		requestInit: { headers },
	}) as Transport;
}

/** What servers of the older protocol answer to a greeting. */
function isOldServer(error: unknown): boolean {
	const cause = error instanceof Error ? error.cause : null;
	return cause instanceof StreamableHTTPError && (cause.code === 400 || cause.code === 404 || cause.code === 405);
}

const isRefused = (error: unknown) => (error instanceof StreamableHTTPError || error instanceof SseError) && error.code === 401;

async function greet(request: ConnectRequest, transport: Transport, ended: PromiseWithResolvers<string>): Promise<McpClient> {
	const client = new Client(
		{ name: 'tiller', title: 'Tiller', version: request.version },
		{ capabilities: { elicitation: { form: {}, url: {} } }, jsonSchemaValidator: NO_VALIDATOR },
	);
	const progress = new Map<number, (progress: Progress) => void>();
	client.fallbackRequestHandler = async ({ method, params }, { signal }) => {
		if (method !== 'elicitation/create') throw new McpError(-32601, `Method not found: ${method}`);
		try {
			return { ...(await request.onElicitation(params, signal)) };
		} catch (error) {
			throw error instanceof Error && error.name === 'ElicitationRefused' ? new McpError(-32602, error.message) : error;
		}
	};
	client.fallbackNotificationHandler = async ({ method, params }) => heard(request, method, params);
	client.onerror = (error) => request.onLog(error.message);
	client.onclose = () => ended.resolve('the connection was closed');
	const abort = () => void client.close();
	request.signal.addEventListener('abort', abort, { once: true });
	try {
		request.signal.throwIfAborted();
		await client.connect(transport, { ...NO_LIMIT, signal: request.signal });
	} catch (error) {
		await transport.close().catch(() => {});
		throw isRefused(error) ? new AccessRefused({ cause: error }) : new Error(words(error), { cause: error });
	} finally {
		request.signal.removeEventListener('abort', abort);
	}
	watchProgress(transport, progress);
	return new SdkClient(client, progress, ended);
}

function heard({ onListChanged, onLog }: ConnectRequest, method: string, params: unknown): void {
	const what = /^notifications\/(tools|resources|prompts)\/list_changed$/.exec(method)?.[1];
	if (what === 'tools' || what === 'resources' || what === 'prompts') return onListChanged(what);
	if (method !== 'notifications/message') return;
	const { level, data } = Raw.catch({}).parse(params);
	onLog(`${typeof level === 'string' ? `${level}: ` : ''}${typeof data === 'string' ? data : JSON.stringify(data)}`.slice(0, 4_000));
}

/** The SDK tells of progress later than of the answer that follows it, and then no more: here it is heard at once. */
function watchProgress(transport: Transport, handlers: ReadonlyMap<number, (progress: Progress) => void>): void {
	const inner = transport.onmessage;
	transport.onmessage = (message, extra) => {
		if (!('method' in message) || message.method !== 'notifications/progress') return inner?.(message, extra);
		const { progressToken, progress, total, message: text } = Raw.catch({}).parse(message.params);
		const handler = typeof progressToken === 'number' ? handlers.get(progressToken) : undefined;
		if (typeof progress !== 'number') return;
		handler?.({ progress, total: typeof total === 'number' ? total : null, message: typeof text === 'string' ? text : null });
	};
}

/** Results pass through as they are: nothing of the SDK that would check them is called, and its validator need not be made. */
const NO_VALIDATOR = { getValidator: () => () => ({ valid: false, data: undefined, errorMessage: 'not checked' }) as const };

/** What went wrong, in words, without the SDK's prefix, and with the facts that the server gave along. */
function words(error: unknown): string {
	if (error instanceof McpError) {
		const facts = error.data === undefined || error.data === null ? '' : ` (${JSON.stringify(error.data)})`;
		return error.message.replace(/^MCP error -?\d+: /, '') + facts;
	}
	const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
	return error instanceof Error ? `${error.message}${cause}` : String(error);
}

class SdkClient implements McpClient {
	readonly instructions: string | null;
	readonly serverName: string;
	readonly info: RawRecord | null;
	readonly capabilities: RawRecord | null;
	readonly has: McpClient['has'];
	readonly closed: Promise<string>;
	readonly #client: Client;
	readonly #progress: Map<number, (progress: Progress) => void>;
	readonly #ended: PromiseWithResolvers<string>;
	#nextToken = 1;

	constructor(client: Client, progress: Map<number, (progress: Progress) => void>, ended: PromiseWithResolvers<string>) {
		this.#client = client;
		this.#progress = progress;
		this.#ended = ended;
		this.closed = ended.promise;
		this.instructions = client.getInstructions() ?? null;
		const info = client.getServerVersion();
		this.serverName = info?.title ?? info?.name ?? '';
		this.info = info ?? null;
		const has = client.getServerCapabilities();
		this.capabilities = has ?? null;
		this.has = { tools: has?.tools !== undefined, resources: has?.resources !== undefined, prompts: has?.prompts !== undefined };
	}

	async listTools(signal: AbortSignal): Promise<ListedTools> {
		const { entries, meta } = await this.#pages('tools/list', 'tools', signal);
		const tools = entries.flatMap(readTool).sort((a, b) => (a.name < b.name ? -1 : 1));
		return { tools, meta };
	}

	async callTool(
		call: { readonly name: string; readonly arguments: RawRecord | undefined },
		{ meta, signal, onProgress }: Parameters<McpClient['callTool']>[1],
	) {
		const token = this.#nextToken++;
		this.#progress.set(token, onProgress);
		try {
			const params = {
				name: call.name,
				...(call.arguments === undefined ? {} : { arguments: call.arguments }),
				_meta: { ...meta, progressToken: token },
			};
			return await this.#request('tools/call', params, signal);
		} finally {
			this.#progress.delete(token);
		}
	}

	async list(what: 'resources' | 'resourceTemplates' | 'prompts', signal: AbortSignal): Promise<readonly RawRecord[]> {
		const method = what === 'resourceTemplates' ? 'resources/templates/list' : `${what}/list`;
		return (await this.#pages(method, what, signal)).entries;
	}

	readResource(uri: string, signal: AbortSignal): Promise<RawRecord> {
		return this.#request('resources/read', { uri }, signal);
	}

	getPrompt({ name, arguments: values }: { readonly name: string; readonly arguments: Readonly<Record<string, string>> }, signal: AbortSignal) {
		return this.#request('prompts/get', { name, arguments: values }, signal);
	}

	async close(): Promise<void> {
		this.#ended.resolve('it was stopped');
		await this.#client.close();
	}

	async #request(method: string, params: RawRecord, signal: AbortSignal): Promise<RawRecord> {
		try {
			const result = await this.#client.request({ method, params: { ...params } }, Raw, { ...NO_LIMIT, signal });
			if (isTooDeep(result)) throw new McpCallError('the answer is nested too deeply');
			return result;
		} catch (error) {
			if (error instanceof McpCallError) throw error;
			if (isGone(error)) this.#lost(words(error));
			const code = error instanceof McpError ? error.code : null;
			throw new McpCallError(words(error), { ...(code === null ? {} : { code }), cause: error });
		}
	}

	#lost(reason: string): void {
		this.#ended.resolve(reason);
		void this.#client.close();
	}

	/** All pages; `meta`: of the first one. */
	async #pages(
		method: string,
		key: string,
		signal: AbortSignal,
	): Promise<{ readonly entries: readonly RawRecord[]; readonly meta: RawRecord | null }> {
		const all: RawRecord[] = [];
		let meta: RawRecord | null = null;
		const seen = new Set<string>();
		for (let cursor: string | undefined; seen.size < MAX_PAGES && all.length < MAX_ENTRIES; ) {
			const page = await this.#request(method, cursor === undefined ? {} : { cursor }, signal);
			if (cursor === undefined && isRecord(page._meta)) meta = page._meta;
			const entries = page[key];
			if (Array.isArray(entries)) for (const entry of entries as readonly unknown[]) if (isRecord(entry)) all.push(entry);
			if (typeof page.nextCursor !== 'string' || seen.has(page.nextCursor)) break;
			cursor = page.nextCursor;
			seen.add(cursor);
		}
		return { entries: all, meta };
	}
}

const isRecord = (value: unknown): value is RawRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The session that the server gave us is no longer known to it. */
function isGone(error: unknown): boolean {
	return error instanceof StreamableHTTPError && error.code === 404;
}

function readTool(raw: RawRecord): readonly ListedTool[] {
	const { name, description, inputSchema, annotations = null } = raw;
	if (typeof name !== 'string' || name === '') return [];
	return [
		{
			name,
			description: typeof description === 'string' ? description : '',
			inputSchema: isRecord(inputSchema) ? inputSchema : { type: 'object' },
			annotations,
			raw: isRecord(inputSchema) ? raw : { ...raw, inputSchema: { type: 'object' } },
		},
	];
}
