import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from '../../telemetry/logger.ts';
import { ANTHROPIC_VERSION } from '../anthropic/anthropicDialect.ts';
import { jsonOf, ListError, type ListFailure, listFailure, statusFailure } from './listFailure.ts';
import { listedModels } from './serviceModels.ts';
import { bundledModels, type CatalogueModel, defaultModel, modelInfo } from './catalogue.ts';
import { bodyText, type HttpTransport, SHORT_BODY_IDLE_MS } from '../http/httpStream.ts';
import { numberOf, recordOf, textOf } from '../http/jsonRecord.ts';
import type { ModelInfo } from '../../items/modelInfo.ts';
import { demoProviderId, isLocalServer, type Provider } from '../provider.ts';
import { namedModel, readRemoteModels, type RemoteModels } from './remoteModels.ts';
import type { KeyCommands } from '../keyCommands.ts';
import { type Account, providerUrl, requestHeaders } from '../responses/requestHeaders.ts';
import { renameFile } from '../../platform/replaceFile.ts';

export interface ModelCatalogueOptions {
	/** What providers said is kept here, one file each. */
	readonly folder: string;
	readonly transport: HttpTransport;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly version: string;
	readonly log: Logger;
	readonly now: () => number;
	readonly account: Account;
	readonly keyCommands: Pick<KeyCommands, 'key' | 'refused'>;
}

/** What a provider said, and when. `body` is null after a failure. */
interface Fetched {
	/** Of the provider when it said that: it may have another by now. */
	readonly baseUrl: string | null;
	/** Unix milliseconds. */
	readonly at: number;
	readonly etag: string | null;
	readonly body: unknown;
	readonly models: RemoteModels | null;
	/** It gave no list when it was asked last, `at`; this one is from before. */
	readonly isFailure?: boolean;
}

const FRESH_MS = 5 * 60_000;
/** A server that was down is back soon, as when a person starts it. */
const FAILURE_FRESH_MS = 10_000;
/** How long a list waits for a provider of which nothing is known yet, and how long an answer may take, in milliseconds. */
const FIRST_WAIT_MS = 2000;
const FETCH_TIMEOUT_MS = 10_000;
const MAX_BODY_BYTES = 8 * 1024 * 1024;

/**
 * The models of the providers: bundled, and what the provider's `/models` says (a local server's own list, too). The answers are kept
 * with their age and version, so that a list is there at once and offline. A provider is asked when somebody wants its list and what is
 * known is older than five minutes (after a failure: ten seconds), or when its answers name a newer version; never without a key where one is needed.
 */
export class ModelCatalogue {
	readonly #options: ModelCatalogueOptions;
	readonly #known = new Map<string, Fetched>();
	readonly #running = new Map<string, Promise<void>>();
	readonly #end = new AbortController();
	#forgotAt = Number.NEGATIVE_INFINITY;

	constructor(options: ModelCatalogueOptions) {
		this.#options = options;
	}

	/** Best first; exactly one is the default, unless there is none at all. */
	async list(provider: Provider): Promise<readonly CatalogueModel[]> {
		if (provider.id !== demoProviderId) {
			const known = this.#of(provider);
			const freshMs = known?.isFailure === true ? FAILURE_FRESH_MS : FRESH_MS;
			const fresh = known !== null && this.#options.now() - known.at < freshMs && known.at > this.#forgotAt;
			if (!fresh) {
				const refreshed = this.#refresh(provider);
				if (!known?.models && provider.id !== 'openai') await Promise.race([refreshed, pause(FIRST_WAIT_MS)]);
			}
		}
		return this.#merged(provider);
	}

	/** What is known of a model without asking anybody. */
	info(provider: Provider | undefined, slug: string): ModelInfo {
		const remote = provider && provider.id !== demoProviderId ? this.#of(provider)?.models : null;
		// OpenAI's own list says nothing but names.
		const found = provider?.id === 'openai' && remote?.type === 'named' ? undefined : remote?.models.find((model) => model.slug === slug);
		return found ?? modelInfo(slug);
	}

	/** Whether the list of a provider is what it has, or what OpenAI has because nothing else is known. */
	lists(provider: Provider): boolean {
		if (provider.id === 'openai' || provider.id === demoProviderId || isLocalServer(provider)) return true;
		const models = this.#of(provider)?.models;
		return models != null && models.models.length > 0;
	}

	/** Asks a provider for its list now, whatever is known: null when it has given one. */
	async check(provider: Provider): Promise<ListFailure | null> {
		// What is on its way may have been asked with another key.
		await this.#running.get(provider.id);
		const failures: ListFailure[] = [];
		await this.#refresh(provider, (failure) => failures.push(failure));
		const [failure] = failures;
		if (failure !== undefined) return failure;
		return this.lists(provider) ? null : { reason: 'empty', httpStatus: null, message: `${provider.name} lists no models` };
	}

	/** An answer named the version of the provider's list. */
	seen(provider: Provider, etag: string): void {
		if (this.#of(provider)?.etag !== etag) void this.#refresh(provider);
	}

	dispose(): void {
		this.#end.abort();
	}

	#merged(provider: Provider): readonly CatalogueModel[] {
		const bundled = isLocalServer(provider) ? [namedModel(defaultModel(provider.id))] : bundledModels(provider.id);
		const remote = this.#of(provider)?.models ?? null;
		if (remote === null) return withOneDefault(bundled, defaultModel(provider.id));
		if (remote.type === 'described') {
			const slugs = new Set(remote.models.map((model) => model.slug));
			return withOneDefault(
				[...remote.models, ...bundled.filter((model) => !slugs.has(model.slug))],
				remote.models.find((model) => !model.hidden)?.slug,
			);
		}
		// OpenAI names everything that it serves, speech and pictures too: the bundled list knows better what is of use here.
		if (provider.id === 'openai' || remote.models.length === 0) return withOneDefault(bundled, defaultModel(provider.id));
		return withOneDefault(remote.models, defaultModel(provider.id));
	}

	/** Another account may have other models. */
	forgetAccount(): void {
		this.#known.clear();
		this.#forgotAt = this.#options.now();
	}

	#of(provider: Provider): Fetched | null {
		const known = this.#known.get(provider.id);
		if (known?.baseUrl === provider.baseUrl) return known;
		const kept = this.#read(provider);
		if (kept) this.#known.set(provider.id, kept);
		return kept;
	}

	#refresh(provider: Provider, onFailure?: (failure: ListFailure) => void): Promise<void> {
		const running = this.#running.get(provider.id);
		if (running) return running;
		const refresh = this.#fetch(provider)
			.catch((error: unknown) => {
				this.#options.log.debug('the list of models could not be read', { provider: provider.id, error });
				onFailure?.(listFailure(error));
				const before = this.#of(provider);
				this.#known.set(provider.id, {
					baseUrl: provider.baseUrl,
					etag: null,
					body: null,
					models: null,
					...before,
					at: this.#options.now(),
					isFailure: true,
				});
			})
			.finally(() => this.#running.delete(provider.id));
		this.#running.set(provider.id, refresh);
		return refresh;
	}

	async #fetch(provider: Provider): Promise<void> {
		const { transport, version } = this.#options;
		const before = this.#of(provider);
		const { env, account, keyCommands } = this.#options;
		const { headers, secrets, key } = await requestHeaders(
			{ provider, env, account, keyCommands },
			{ accept: 'application/json', ...apiVersion(provider), ...(before?.etag ? { 'if-none-match': before.etag } : {}) },
		);
		const url = listUrl(provider, version);
		const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(FETCH_TIMEOUT_MS)]);
		const response = await transport.send(
			{ method: 'GET', url, headers, body: null, providerName: provider.name, secrets, idleTimeoutMs: FETCH_TIMEOUT_MS },
			signal,
		);
		const text = await bodyText(response, { maxBytes: MAX_BODY_BYTES, idleTimeoutMs: SHORT_BODY_IDLE_MS }, signal);
		const at = this.#options.now();
		if (response.statusCode === 304 && before) {
			this.#keep(provider, { ...before, at, isFailure: false });
			return;
		}
		const where = `${url.origin}${url.pathname}`;
		if (response.statusCode === 401) keyCommands.refused(provider, key);
		if (response.statusCode !== 200) throw statusFailure(response.statusCode ?? 0, where);
		const body = listedModels(provider.wireApi, jsonOf(text, where));
		const models = readRemoteModels(body);
		if (!models) throw new ListError('noList', `${where} answered with no list of models`);
		this.#keep(provider, { baseUrl: provider.baseUrl, at, etag: textOf(response.headers.etag), body, models });
	}

	#keep(provider: Provider, fetched: Fetched): void {
		this.#known.set(provider.id, fetched);
		const { at, etag, body } = fetched;
		const file = this.#file(provider);
		const temporary = `${file}.${process.pid}`;
		try {
			fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
			fs.writeFileSync(temporary, JSON.stringify({ version: 1, baseUrl: provider.baseUrl, at, etag, body }), { mode: 0o600 });
			renameFile(temporary, file);
		} catch (error) {
			this.#options.log.debug('the list of models could not be kept', { file, error });
		}
	}

	#read(provider: Provider): Fetched | null {
		try {
			const kept = recordOf(JSON.parse(fs.readFileSync(this.#file(provider), 'utf8')));
			const at = numberOf(kept.at);
			if (kept.version !== 1 || kept.baseUrl !== provider.baseUrl || at === null) return null;
			// A clock that was set back must not keep a list for ever.
			return {
				baseUrl: provider.baseUrl,
				at: Math.min(at, this.#options.now()),
				etag: textOf(kept.etag),
				body: kept.body,
				models: readRemoteModels(kept.body),
			};
		} catch {
			return null;
		}
	}

	#file(provider: Provider): string {
		const name = /^[\w-]{1,60}$/.test(provider.id) ? provider.id : createHash('sha256').update(provider.id).digest('hex').slice(0, 32);
		return path.join(this.#options.folder, `${name}.json`);
	}
}

function apiVersion({ wireApi }: Provider): Readonly<Record<string, string>> {
	return wireApi === 'anthropic' ? ANTHROPIC_VERSION : {};
}

function listUrl(provider: Provider, version: string): URL {
	if (provider.id === 'ollama') return new URL('/api/tags', provider.baseUrl ?? undefined);
	const url = providerUrl(provider, '/models');
	// Gemini refuses what it does not know.
	if (!isLocalServer(provider) && provider.wireApi !== 'gemini') url.searchParams.set('client_version', version);
	if (provider.wireApi === 'gemini') url.searchParams.set('pageSize', '1000');
	if (provider.wireApi === 'anthropic') url.searchParams.set('limit', '1000');
	return url;
}

function withOneDefault(models: readonly CatalogueModel[], wanted: string | undefined): readonly CatalogueModel[] {
	const chosen = models.find((model) => model.slug === wanted && !model.hidden) ?? models.find((model) => !model.hidden);
	return models.map((model) => ({ ...model, isDefault: model === chosen }));
}

function pause(ms: number): Promise<void> {
	return new Promise((resolve) => {
		setTimeout(resolve, ms).unref();
	});
}
