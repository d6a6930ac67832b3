import * as z from 'zod/mini';
import type { BackendRequest, ChatgptBackend } from '../../model/chatgpt/chatgptBackend.ts';
import type { BriefAnswer } from '../../model/http/briefRequest.ts';
import type { Fetch } from '../../model/http/transportFetch.ts';
import { PluginError } from '../pluginError.ts';
import { l10n } from '../../words/l10n.ts';

export interface PluginBackendOptions {
	/** Nothing is asked of it while nobody is signed in. */
	readonly service: Pick<ChatgptBackend, 'signIn' | 'ask'>;
	/** For files at addresses that the service names. */
	readonly transfer: Fetch;
}

/** The service answered, but not with what was asked for. */
export class BackendRefusal extends PluginError {
	readonly status: number;

	constructor(message: string, status: number) {
		super(message);
		this.status = status;
	}
}

/** An archive takes its time. */
const TRANSFER_TIMEOUT_MS = 5 * 60_000;
/** Characters of the service's own words in a message. */
const MAX_WORDS = 300;

/** The part of the ChatGPT service that keeps plugins. Every method throws `PluginError` when it cannot do what it says. */
export class PluginBackend {
	readonly #options: PluginBackendOptions;

	constructor(options: PluginBackendOptions) {
		this.#options = options;
	}

	/** Whether somebody is signed in. */
	async isSignedIn(): Promise<boolean> {
		return (await this.#options.service.signIn()) !== null;
	}

	async accountId(): Promise<string> {
		const signIn = await this.#options.service.signIn();
		if (signIn === null) throw new PluginError(l10n`sign in with ChatGPT to use remote plugins`);
		return signIn.accountId;
	}

	/** The answer as the schema reads it. */
	async json<T extends z.core.$ZodType>(request: BackendRequest, schema: T): Promise<z.output<T>> {
		const text = await this.send(request);
		const parsed = z.safeParse(schema, parseJson(text));
		if (!parsed.success) throw new PluginError(l10n`ChatGPT gave an answer to ${describe(request)} that cannot be read`);
		return parsed.data;
	}

	/** The answer's text. */
	async send(request: BackendRequest): Promise<string> {
		await this.accountId();
		const { status, body } = await this.#ask(request);
		if (status < 200 || status > 299) throw new BackendRefusal(`ChatGPT refused ${describe(request)}: ${refusalText(status, body)}`, status);
		return body;
	}

	async #ask(request: BackendRequest): Promise<BriefAnswer> {
		try {
			// It has a time limit of its own.
			return await this.#options.service.ask(request, new AbortController().signal);
		} catch (error) {
			const isLate = error instanceof Error && error.name === 'TimeoutError';
			const why = isLate ? 'it did not answer in time' : error instanceof Error ? error.message : String(error);
			throw new PluginError(l10n`ChatGPT cannot be asked ${describe(request)}: ${why}`, { cause: error });
		}
	}

	/** Hands a file to an address that the service named. Our sign-in does not go there. */
	async upload(url: string, bytes: Uint8Array<ArrayBuffer>, type: string): Promise<void> {
		const init = { method: 'PUT' as const, headers: { 'content-type': type, 'x-ms-blob-type': 'BlockBlob' }, body: bytes };
		const answer = await this.#fetch(url, { what: 'the upload', init, timeoutMs: TRANSFER_TIMEOUT_MS });
		await answer.body?.cancel();
		if (!answer.ok) throw new BackendRefusal(`the upload was refused with HTTP ${answer.status}`, answer.status);
	}

	/** Fetches a file from an address that the service named, over https only. Our sign-in does not go there. */
	async download(url: string, mostBytes: number): Promise<Uint8Array> {
		if (!URL.canParse(url) || new URL(url).protocol !== 'https:') throw new PluginError(l10n`the address of the plugin is not one of https`);
		const answer = await this.#fetch(url, { what: 'the download', init: { method: 'GET' }, timeoutMs: TRANSFER_TIMEOUT_MS });
		// It may have led elsewhere.
		if (answer.url !== '' && new URL(answer.url).protocol !== 'https:')
			throw new PluginError(l10n`the address of the plugin leads to one that is not of https`);
		if (!answer.ok) throw new BackendRefusal(`the download was refused with HTTP ${answer.status}`, answer.status);
		return readBody(answer, mostBytes);
	}

	async #fetch(
		url: string,
		{ what, init, timeoutMs }: { readonly what: string; readonly init: RequestInit; readonly timeoutMs: number },
	): Promise<Response> {
		try {
			return await this.#options.transfer(url, { ...init, signal: AbortSignal.timeout(timeoutMs) });
		} catch (error) {
			const isLate = error instanceof Error && error.name === 'TimeoutError';
			throw new PluginError(isLate ? l10n`ChatGPT did not answer ${what} in time` : l10n`ChatGPT cannot be reached for ${what}`, { cause: error });
		}
	}
}

const describe = ({ method, path }: BackendRequest): string => `${method} ${path}`;

/** Throws `PluginError` when there is more than `most`, or the connection breaks. */
async function readBody({ body }: Response, most: number): Promise<Uint8Array> {
	if (body === null) return new Uint8Array();
	const received: AsyncIterable<Uint8Array> = body;
	const chunks: Uint8Array[] = [];
	let size = 0;
	try {
		for await (const chunk of received) {
			size += chunk.byteLength;
			if (size > most) throw new PluginError(l10n`ChatGPT sent more than ${most / 1024 / 1024} MiB`);
			chunks.push(chunk);
		}
	} catch (error) {
		throw error instanceof PluginError ? error : new PluginError(l10n`the connection to ChatGPT broke`, { cause: error });
	}
	return Buffer.concat(chunks);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function refusalText(status: number, text: string): string {
	const value = parseJson(text);
	const detail =
		typeof value === 'object' && value !== null && 'detail' in value && typeof value.detail === 'string' ? value.detail.slice(0, MAX_WORDS) : '';
	return `HTTP ${status}${detail === '' ? '' : `, ${detail}`}`;
}
