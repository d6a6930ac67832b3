import type { ModelClient, RequestIdentity } from '../model/model.ts';
import type { ModelInfo } from '../items/modelInfo.ts';
import type { TurnSettings } from '../items/settings.ts';
import { configScopeOf } from './freezeSettings.ts';
import type { ThreadPorts } from './threadPorts.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';

/** The model client of a thread: made when first needed, kept with its connection over all turns. */
export class ThreadClient {
	readonly #threadId: string;
	readonly #ports: ThreadPorts;
	#client: ModelClient | null = null;
	#isDisposed = false;

	constructor(threadId: string, ports: ThreadPorts) {
		this.#threadId = threadId;
		this.#ports = ports;
	}

	/** Throws when there is no such provider. */
	of(settings: Pick<TurnSettings, 'provider' | 'configScope'>): ModelClient {
		this.#client = this.#ports.modelClient(settings, this.#client);
		return this.#client;
	}

	identity(model: ModelInfo): RequestIdentity {
		return { threadId: this.#threadId, originator: this.#ports.originator, preferWebsockets: model.preferWebsockets };
	}

	/** Gets the connection ready for the first turn; whatever keeps it from that is for the turn to tell. */
	warm(settings: ThreadSettings): void {
		if (this.#isDisposed) return;
		const notReady = (error: unknown) => this.#ports.log.debug('the model client is not ready yet', { thread: this.#threadId, error });
		try {
			this.of({ provider: settings.provider, configScope: configScopeOf(settings) })
				.warm?.(this.identity(this.#ports.modelInfo(settings)))
				.catch(notReady);
		} catch (error) {
			notReady(error);
		}
	}

	dispose(): void {
		this.#isDisposed = true;
		this.#client?.dispose();
		this.#client = null;
	}
}
