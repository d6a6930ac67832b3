import type { Fetch } from '../../model/http/transportFetch.ts';
import type { ProcessHost } from '../../exec/process.ts';
import type { McpServerConfig } from '../serverConfig.ts';

/** A tool as its server lists it; `raw` member for member. */
export interface ListedTool {
	readonly name: string;
	readonly description: string;
	readonly inputSchema: Readonly<Record<string, unknown>>;
	readonly annotations: unknown;
	readonly raw: Readonly<Record<string, unknown>>;
}

export type RawRecord = Readonly<Record<string, unknown>>;

/** An error that the server answered with, or that kept an answer from coming. `message` is in words. */
export class McpCallError extends Error {
	/** Of the server's own answer; null when it gave none. */
	readonly code: number | null;
	constructor(message: string, options: { readonly code?: number; readonly cause?: unknown } = {}) {
		super(message, { cause: options.cause });
		this.name = 'McpCallError';
		this.code = options.code ?? null;
	}
}

/** The code of the server's own answer. Errors come out of another bundle, which has a class of its own: their name tells. */
export function answerCode(error: unknown): number | null {
	return error instanceof Error && error.name === 'McpCallError' && 'code' in error && typeof error.code === 'number' ? error.code : null;
}

/** The server answered 401. Known by its name, since it comes out of another bundle. */
export class AccessRefused extends Error {
	constructor(options: ErrorOptions) {
		super('the server refused access (401 Unauthorized)', options);
		this.name = 'AccessRefused';
	}
}

export interface ListedTools {
	readonly tools: readonly ListedTool[];
	/** What the server says of the list itself; null when it says nothing. */
	readonly meta: RawRecord | null;
}

export interface Progress {
	readonly progress: number;
	readonly total: number | null;
	readonly message: string | null;
}

export interface CallOptions {
	readonly meta: RawRecord;
	/** Aborted: the server is told, with the reason. */
	readonly signal: AbortSignal;
	onProgress(progress: Progress): void;
}

/** An open connection to a server. Methods reject with `McpCallError`. */
export interface McpClient {
	/** What the server wants models to know about it; null when it says nothing. */
	readonly instructions: string | null;
	readonly serverName: string;
	/** Who it says that it is, and what it can do, member for member; null when it did not say. */
	readonly info: RawRecord | null;
	readonly capabilities: RawRecord | null;
	/** What it says that it has. */
	readonly has: { readonly tools: boolean; readonly resources: boolean; readonly prompts: boolean };
	/** Resolves with the reason when it is over, whoever ended it. */
	readonly closed: Promise<string>;
	listTools(signal: AbortSignal): Promise<ListedTools>;
	/** The result member for member. */
	callTool(call: { readonly name: string; readonly arguments: RawRecord | undefined }, options: CallOptions): Promise<unknown>;
	/** All pages. */
	list(what: 'resources' | 'resourceTemplates' | 'prompts', signal: AbortSignal): Promise<readonly RawRecord[]>;
	readResource(uri: string, signal: AbortSignal): Promise<RawRecord>;
	getPrompt(prompt: { readonly name: string; readonly arguments: Readonly<Record<string, string>> }, signal: AbortSignal): Promise<RawRecord>;
	close(): Promise<void>;
}

/** Tokens of a server that people sign in to. */
export interface AccessTokens {
	/** Null when nobody is signed in. `renew`: the server refused this one. */
	current(request: { readonly renew: string | null }): Promise<string | null>;
}

export interface ConnectRequest {
	readonly config: McpServerConfig;
	/** Of the thread, absolute. */
	readonly cwd: string;
	/** Of this process. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly host: ProcessHost;
	/** For servers at an address. */
	readonly fetch: Fetch;
	readonly version: string;
	/** Null for a server that has its own way to authenticate. */
	readonly tokens: AccessTokens | null;
	readonly signal: AbortSignal;
	/** The server wants to know something of the person. Params as they came; the answer as it goes. Rejects with `ElicitationRefused`. */
	onElicitation(params: unknown, signal: AbortSignal): Promise<RawRecord>;
	onListChanged(what: 'tools' | 'resources' | 'prompts'): void;
	/** What the server writes to standard error, or tells as a log message; a line without its end. */
	onLog(line: string): void;
}

/** What the server asked cannot be shown; it is told why. Known by its name, since it goes from one bundle to another. */
export class ElicitationRefused extends Error {
	constructor(message: string) {
		super(message);
		this.name = 'ElicitationRefused';
	}
}

export type Connect = (request: ConnectRequest) => Promise<McpClient>;
