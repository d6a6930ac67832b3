import type { Model } from '../../../server/protocol/account/model.ts';
import { localModels, localServers } from '../../account/localServers.ts';

export interface ThreadModelsOptions {
	/** Those that the configured provider has named, and the one that the configuration, or a setting, names. */
	readonly configured: () => { readonly provider: string | null; readonly models: readonly Model[]; readonly named: readonly (string | null)[] };
	/** Those that threads worked with, by provider. */
	readonly used: (provider: string) => readonly string[];
	/** What another provider has became known. */
	readonly onChange: () => void;
	readonly readLocal?: typeof localModels;
	/** Those that the app-server lists for a provider that is not the configured one. */
	readonly readListed?: (provider: string) => Promise<readonly Model[]>;
}

/** What can be chosen in a thread: it keeps the provider that it began with, so only that one's models. */
export class ThreadModels {
	readonly #options: ThreadModelsOptions;
	readonly #local = new Map<string, readonly Model[]>();
	readonly #asked = new Set<string>();

	constructor(options: ThreadModelsOptions) {
		this.#options = options;
	}

	/** Null stands for a new thread. What is configured or was used is always among them, whatever the provider names. */
	of(provider: string | null): readonly Model[] {
		const { provider: configured, models, named } = this.#options.configured();
		if (provider === null || configured === null || provider === configured) {
			return withNamed(models, [...named, ...(configured === null ? [] : this.#options.used(configured))]);
		}
		const found = this.#local.get(provider);
		if (found === undefined) void this.#load(provider);
		return withNamed(found ?? [], this.#options.used(provider));
	}

	/** Another thread is shown: a program on this computer may have other models by now. */
	forget(): void {
		this.#asked.clear();
	}

	async #load(provider: string): Promise<void> {
		if (this.#asked.has(provider)) return;
		this.#asked.add(provider);
		const server = localServers.find(({ id }) => id === provider);
		const { readLocal = localModels, readListed } = this.#options;
		const found = server === undefined ? await readListed?.(provider) : (await readLocal(server))?.map(namedModel);
		if (found === undefined) return;
		this.#local.set(provider, found);
		this.#options.onChange();
	}
}

function withNamed(models: readonly Model[], names: readonly (string | null)[]): readonly Model[] {
	const missing = new Set(names.filter((name): name is string => name !== null && name !== '' && !models.some(({ model }) => model === name)));
	return missing.size === 0 ? models : [...[...missing].map(namedModel), ...models];
}

/** All that is known of this model is its name. */
export function namedModel(name: string): Model {
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
		defaultReasoningEffort: 'none',
		inputModalities: ['text'],
		supportsPersonality: false,
		additionalSpeedTiers: [],
		serviceTiers: [],
		isDefault: false,
	};
}
