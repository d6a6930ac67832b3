import type { Logger } from '../telemetry/logger.ts';
import { sleep } from './backoff.ts';
import { DemoClient } from './demo/demoClient.ts';
import { HttpTransport } from './httpStream.ts';
import type { ModelClient } from './model.ts';
import { demoProviderId, type Provider } from './provider.ts';
import { ResponsesClient } from './responsesClient.ts';

export interface ModelClientsOptions {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly version: string;
	readonly log: Logger;
	/** The account's key; null when nobody is signed in. */
	readonly apiKey: () => string | null;
}

/** Makes the clients of all threads. They share the kept connections. */
export class ModelClients {
	readonly #options: ModelClientsOptions;
	readonly #transport: HttpTransport;

	constructor(options: ModelClientsOptions) {
		this.#options = options;
		this.#transport = new HttpTransport(options.env);
	}

	create(provider: Provider): ModelClient {
		const { env, version, log, apiKey } = this.#options;
		if (provider.id === demoProviderId) return new DemoClient({ sleep });
		return new ResponsesClient({
			provider,
			transport: this.#transport,
			env,
			accountKey: apiKey,
			userAgent: (originator) => `${originator}/${version} (${process.platform}; ${process.arch}) tiller`,
			debug: (message) => log.debug(message),
		});
	}

	dispose(): void {
		this.#transport.dispose();
	}
}
