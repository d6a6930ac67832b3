import type { Logger } from '../telemetry/logger.ts';
import { sleep } from './http/backoff.ts';
import { anthropicDialect } from './anthropic/anthropicDialect.ts';
import { chatDialect } from './chat/chatDialect.ts';
import { type Dialect, DialogueClient } from './dialogue/dialogueClient.ts';
import { geminiDialect } from './gemini/geminiDialect.ts';
import { ClientModelClient } from './client/clientModelClient.ts';
import type { LanguageModels } from './client/languageModels.ts';
import { DemoClient } from './demo/demoClient.ts';
import type { HttpTransport } from './http/httpStream.ts';
import type { KeyCommands } from './keyCommands.ts';
import { LocalServerClient } from './localServerClient.ts';
import type { ModelClient } from './model.ts';
import { demoProviderId, isLocalServer, type Provider } from './provider.ts';
import type { Account } from './responses/requestHeaders.ts';
import { ResponsesClient } from './responses/responsesClient.ts';
import { hostPlatform } from '../platform/host.ts';

export interface ModelClientsOptions {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly version: string;
	readonly log: Logger;
	readonly transport: HttpTransport;
	readonly account: Account;
	readonly keyCommands: Pick<KeyCommands, 'key' | 'refused'>;
	/** What a client gives for one request to ChatGPT; null when none does. */
	attest(threadId: string): Promise<string | null>;
	/** Whether providers that make histories shorter are asked for that by a stream. */
	readonly compactsInStream: () => boolean;
	/** Models that clients serve. */
	readonly languageModels: LanguageModels;
	/** Told of the version of a provider's model list, whenever an answer names it. */
	readonly modelsEtag: (provider: Provider, etag: string) => void;
	/** Gets each client before it is used, to look at what is asked of it. `endpoint`: where its requests go, below the provider's address. */
	readonly watch: (client: ModelClient, endpoint: string) => ModelClient;
}

const ENDPOINTS: Readonly<Record<Provider['wireApi'], string>> = {
	responses: '/responses',
	chat: '/chat/completions',
	anthropic: '/messages',
	gemini: ':streamGenerateContent',
	client: 'languageModel/request',
};

/** How each API other than Responses is spoken to. */
const DIALECTS: Readonly<Record<Exclude<Provider['wireApi'], 'responses' | 'client'>, (provider: Provider) => Dialect>> = {
	chat: chatDialect,
	anthropic: anthropicDialect,
	gemini: geminiDialect,
};

/** Makes the clients of all threads. They share the kept connections. */
export class ModelClients {
	readonly #options: ModelClientsOptions;
	/** What each client was made from. */
	readonly #sources = new WeakMap<ModelClient, string>();

	constructor(options: ModelClientsOptions) {
		this.#options = options;
	}

	/** A thread's client: its current one, or another when the provider is no longer the one that it was made for. */
	lease(
		provider: Provider,
		current: ModelClient | null,
		{ websockets }: { /** Whether they may be used where the provider has them. */ readonly websockets: boolean },
	): ModelClient {
		const source = JSON.stringify([provider, websockets]);
		if (current && this.#sources.get(current) === source) return current;
		current?.dispose();
		const client = this.#options.watch(this.#create(provider, websockets), ENDPOINTS[provider.wireApi]);
		this.#sources.set(client, source);
		return client;
	}

	#create(provider: Provider, websockets: boolean): ModelClient {
		const { env, version, log, transport, account, keyCommands, compactsInStream, modelsEtag } = this.#options;
		if (provider.wireApi === 'client') return new ClientModelClient(provider, this.#options.languageModels);
		if (provider.id === demoProviderId) return new DemoClient({ sleep });
		const options = {
			provider,
			transport,
			env,
			account,
			keyCommands,
			attest: (threadId: string) => this.#options.attest(threadId),
			userAgent: (originator: string) => userAgent(originator, version),
			debug: (message: string) => log.debug(message),
		};
		const speaking = (dialect: (provider: Provider) => Dialect) => new DialogueClient(options, dialect(provider));
		if (provider.wireApi !== 'responses') return speaking(DIALECTS[provider.wireApi]);
		const client = new ResponsesClient({ ...options, websockets, compactsInStream, modelsEtag: (etag) => modelsEtag(provider, etag) });
		return isLocalServer(provider) ? new LocalServerClient(client, speaking(chatDialect)) : client;
	}
}

function userAgent(originator: string, version: string): string {
	return `${originator}/${version} (${hostPlatform}; ${process.arch}) tiller`;
}
