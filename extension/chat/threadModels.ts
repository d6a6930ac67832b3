import type { Model } from '../../server/protocol/model.ts';
import { localModels, localServers } from '../account/localServers.ts';

export interface ThreadModelsOptions {
	/** Those of the provider that the server is configured for. */
	readonly configured: () => { readonly provider: string | null; readonly models: readonly Model[] };
	/** What another provider has became known. */
	readonly onChange: () => void;
	readonly readLocal?: typeof localModels;
}

/** What can be chosen in a thread: it keeps the provider that it began with, so only that one's models. */
export class ThreadModels {
	readonly #options: ThreadModelsOptions;
	readonly #local = new Map<string, readonly Model[]>();
	readonly #asked = new Set<string>();

	constructor(options: ThreadModelsOptions) {
		this.#options = options;
	}

	/** Null stands for a new thread. What is not known is empty: the page then shows the thread's own model alone. */
	of(provider: string | null): readonly Model[] {
		const configured = this.#options.configured();
		if (provider === null || configured.provider === null || provider === configured.provider) return configured.models;
		const found = this.#local.get(provider);
		if (found === undefined) void this.#load(provider);
		return found ?? [];
	}

	/** Another thread is shown: a program on this computer may have other models by now. */
	forget(): void {
		this.#asked.clear();
	}

	async #load(provider: string): Promise<void> {
		const server = localServers.find(({ id }) => id === provider);
		if (server === undefined || this.#asked.has(provider)) return;
		this.#asked.add(provider);
		const names = await (this.#options.readLocal ?? localModels)(server);
		if (names === null) return;
		this.#local.set(provider, names.map(localModel));
		this.#options.onChange();
	}
}

/** What a local server tells of a model is its name. */
function localModel(name: string): Model {
	return {
		id: name,
		model: name,
		displayName: name,
		description: '',
		upgrade: null,
		upgradeInfo: null,
		availabilityNux: null,
		hidden: false,
		supportedReasoningEfforts: [],
		defaultReasoningEffort: 'medium',
		inputModalities: ['text'],
		supportsPersonality: false,
		additionalSpeedTiers: [],
		serviceTiers: [],
		isDefault: false,
	};
}
