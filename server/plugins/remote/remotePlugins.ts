import { checkPlugin, installFolder, manifestOf } from '../installFolder.ts';
import type { PluginCache } from '../pluginCache.ts';
import { readContents } from '../pluginContents.ts';
import { PluginError } from '../pluginError.ts';
import { formatPluginId, isName, type PluginId } from '../pluginId.ts';
import type { ActivePlugin } from '../plugins.ts';
import type { PluginBackend } from './pluginBackend.ts';
import { withBundle } from './bundle.ts';
import type { CataloguePlugin, RemoteCatalogue, RemoteMarketplace, RemoteMarketplaceName } from './remoteCatalogue.ts';
import type { InstalledRemote, RemotePlugin } from './remotePlugin.ts';
import { l10n } from '../../words/l10n.ts';

export interface RemotePluginsOptions {
	readonly backend: PluginBackend;
	readonly catalogue: RemoteCatalogue;
	readonly cache: PluginCache;
	/** What is installed has become known, or has changed. */
	changed(): void;
	/** What went wrong and hinders nobody. */
	onProblem(message: string, error: unknown): void;
}

/** Compressed bytes of a plugin. */
const MAX_BUNDLE_BYTES = 50 * 1024 * 1024;
const SCOPES = ['GLOBAL', 'WORKSPACE'] as const;
/** Below which names plugins of a scope may lie in the cache. */
const PLACES = { GLOBAL: ['chatgpt-global'], WORKSPACE: ['workspace-directory', 'shared-with-me'] } as const satisfies Record<
	(typeof SCOPES)[number],
	readonly RemoteMarketplaceName[]
>;

/**
 * Plugins of the remote catalogue: they run from the cache; which of them are installed the account says, not the configuration (S164).
 * Nothing is asked while nobody is signed in with ChatGPT.
 */
export class RemotePlugins {
	readonly #options: RemotePluginsOptions;
	/** Of the account that was asked; null before that. */
	#known: { readonly account: string; readonly installed: readonly InstalledRemote[] } | null = null;
	#asking: Promise<void> | null = null;

	constructor(options: RemotePluginsOptions) {
		this.#options = options;
	}

	/** Null while nobody is signed in. Throws `PluginError`. */
	async list(name: RemoteMarketplaceName): Promise<RemoteMarketplace | null> {
		return (await this.#options.backend.isSignedIn()) ? this.#options.catalogue.list(name) : null;
	}

	/** Throws `PluginError`. */
	read(name: RemoteMarketplaceName, id: string): Promise<CataloguePlugin> {
		return this.#options.catalogue.read(name, id);
	}

	/** Fetches a plugin into the cache and installs it for the account. Throws `PluginError`. */
	async install(name: RemoteMarketplaceName, id: string): Promise<RemotePlugin> {
		const { backend, catalogue, cache } = this.#options;
		const plugin = await catalogue.withBundle(id);
		if (plugin.installPolicy === 'NOT_AVAILABLE') throw new PluginError(l10n`${plugin.name} cannot be installed: its marketplace does not offer it`);
		if (plugin.isDisabledByAdmin) throw new PluginError(l10n`${plugin.name} was disabled by an administrator`);
		if (plugin.bundleUrl === null) throw new PluginError(l10n`ChatGPT has no files of ${plugin.name}`);
		const archive = await backend.download(plugin.bundleUrl, MAX_BUNDLE_BYTES);
		await withBundle(archive, async (folder) => {
			const place = { plugin: plugin.name, marketplace: name };
			// What can be wrong with it is found before the account changes.
			await checkPlugin(place, folder);
			await catalogue.install(id);
			await installFolder(cache, place, folder);
		});
		await this.#ask();
		return plugin;
	}

	/** Throws `PluginError`, also for an id that ChatGPT does not know. */
	async uninstall(id: string): Promise<void> {
		const { catalogue, cache } = this.#options;
		const plugin = await catalogue.find(id);
		await catalogue.uninstall(id);
		if (isName(plugin.name))
			for (const place of PLACES[plugin.share === null ? 'GLOBAL' : 'WORKSPACE']) await cache.remove({ plugin: plugin.name, marketplace: place });
		await this.#ask();
	}

	/**
	 * The installed ones that are switched on and lie here, as far as is known now. Never waits for the network: what is not known yet is
	 * asked for, and told by `changed`.
	 */
	async active(): Promise<readonly ActivePlugin[]> {
		const { backend, onProblem } = this.#options;
		if (!(await backend.isSignedIn())) return [];
		const account = await backend.accountId();
		if (this.#known?.account !== account) {
			if (this.#asking !== null) return [];
			this.#asking = this.#ask()
				.catch((error: unknown) => onProblem('the installed remote plugins are not known', error))
				.finally(() => (this.#asking = null));
			return [];
		}
		const found: ActivePlugin[] = [];
		for (const { plugin, isEnabled } of this.#known.installed) {
			const active = isEnabled && !plugin.isDisabledByAdmin && isName(plugin.name) ? await this.#activeOf(plugin) : null;
			if (active !== null) found.push(active);
		}
		return found;
	}

	async #activeOf(plugin: RemotePlugin): Promise<ActivePlugin | null> {
		for (const marketplace of PLACES[plugin.share === null ? 'GLOBAL' : 'WORKSPACE']) {
			const id: PluginId = { plugin: plugin.name, marketplace };
			const folder = await this.#options.cache.folderOf(id);
			if (folder === null) continue;
			const manifest = await manifestOf(folder).catch(() => null);
			if (manifest !== null) return { id: formatPluginId(id), name: plugin.name, folder, contents: await readContents(folder, manifest) };
		}
		return null;
	}

	async #ask(): Promise<void> {
		const { backend, catalogue, changed } = this.#options;
		const account = await backend.accountId();
		const installed = (await Promise.all(SCOPES.map((scope) => catalogue.installed(scope)))).flat();
		// One that is listed in both scopes is one.
		this.#known = { account, installed: [...new Map(installed.map((each) => [each.plugin.id, each])).values()] };
		changed();
	}
}
