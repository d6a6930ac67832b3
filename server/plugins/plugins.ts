import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { checkOut } from './gitCheckout.ts';
import { insidePath } from './insidePath.ts';
import { installFolder, manifestOf } from './installFolder.ts';
import { EMPTY_INTERFACE, type PluginInterface, readManifest } from './manifest.ts';
import {
	type Marketplace,
	type MarketplaceEntry,
	type PluginSource,
	readMarketplace,
	readMarketplaceFile,
	rootOfMarketplaceFile,
} from './marketplaceFile.ts';
import { checkRef, checkSparsePath, isGitUrl } from './marketplaceSource.ts';
import type { Marketplaces } from './marketplaces.ts';
import type { PluginCache } from './pluginCache.ts';
import { type PluginContents, readContents } from './pluginContents.ts';
import { PluginError } from './pluginError.ts';
import { formatPluginId, parsePluginId, type PluginId } from './pluginId.ts';
import { enabledPlugins, hasEntry, type PluginSettings } from './pluginSettings.ts';
import { l10n, type Text } from '../words/l10n.ts';

type GitSource = Extract<PluginSource, { type: 'git' }>;

export interface PluginsOptions {
	readonly userHome: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly settings: PluginSettings;
	readonly cache: PluginCache;
	readonly marketplaces: Marketplaces;
	/** The repository that a folder is in; null for none. */
	repositoryOf(folder: string): string | null;
	/** A plugin was installed or removed. */
	changed(): void;
}

/** A plugin that a marketplace offers, with what is known of it here. */
export interface OfferedPlugin {
	readonly id: string;
	readonly entry: MarketplaceEntry;
	readonly isInstalled: boolean;
	readonly isEnabled: boolean;
	readonly interface: PluginInterface | null;
	readonly keywords: readonly string[];
}

export interface OfferedMarketplace {
	readonly marketplace: Marketplace;
	readonly plugins: readonly OfferedPlugin[];
}

export interface Offers {
	readonly marketplaces: readonly OfferedMarketplace[];
	readonly problems: readonly { readonly file: string; readonly message: Text }[];
}

export interface PluginDetail {
	readonly marketplace: Marketplace;
	readonly plugin: OfferedPlugin;
	readonly description: string | null;
	/** What the ids and the names of its skills begin with. */
	readonly name: string;
	readonly contents: PluginContents;
}

/** An installed plugin that is switched on. */
export interface ActivePlugin {
	readonly id: string;
	readonly name: string;
	readonly folder: string;
	readonly contents: PluginContents;
}

/** Plugins of local marketplaces: what is offered, what is installed, and what the installed ones bring. */
export class Plugins {
	readonly #options: PluginsOptions;
	/** Ids of plugins that were offered or removed while this process runs: their marketplaces may be those of folders, or be gone. */
	readonly #seen = new Set<string>();

	constructor(options: PluginsOptions) {
		this.#options = options;
	}

	/** The marketplaces of the person, of the folders' repositories, and the added ones. Fetches nothing. */
	async list(folders: readonly string[]): Promise<Offers> {
		const marketplaces: OfferedMarketplace[] = [];
		const problems: { file: string; message: Text }[] = [];
		for (const root of this.#roots(folders)) {
			const read = await readMarketplace(root);
			if (read.type === 'missing') continue;
			if (read.type === 'broken') {
				problems.push({ file: read.file, message: read.problem });
				continue;
			}
			const { marketplace } = read;
			for (const message of marketplace.problems) problems.push({ file: marketplace.file, message });
			const plugins: OfferedPlugin[] = [];
			for (const entry of marketplace.entries) plugins.push(await this.#offered(marketplace, entry));
			marketplaces.push({ marketplace, plugins });
		}
		return { marketplaces, problems };
	}

	/**
	 * Reads a plugin and keeps its files for as long as `use` works with them. One that lies in a repository and is not installed is fetched
	 * for that, and forgotten. Throws `PluginError` when there is no such plugin, or it cannot be read.
	 */
	async read<T>(marketplaceFile: string, name: string, use: (detail: PluginDetail) => Promise<T>): Promise<T> {
		const { marketplace, entry } = await this.#entry(marketplaceFile, name);
		const plugin = await this.#offered(marketplace, entry);
		const inFolder = async (folder: string) => {
			const manifest = await manifestOf(folder);
			const contents = await readContents(folder, manifest);
			const shown = plugin.interface ?? withCategory(withoutPictures(manifest.interface), entry.category);
			return use({ marketplace, plugin: { ...plugin, interface: shown }, description: manifest.description, name: manifest.name ?? name, contents });
		};
		if (entry.source.type === 'local') return inFolder(entry.source.folder);
		const installed = await this.#options.cache.folderOf({ plugin: name, marketplace: marketplace.name });
		return installed === null ? this.#fetched(entry.source, inFolder) : inFolder(installed);
	}

	/**
	 * Installs a plugin of a marketplace, or another version of it, and switches it on. Throws `PluginError`; then the old version is
	 * still there. Threads that run keep what they had.
	 */
	async install(
		marketplaceFile: string,
		name: string,
	): Promise<{ readonly id: PluginId; readonly entry: MarketplaceEntry; readonly contents: PluginContents }> {
		const { marketplace, entry } = await this.#entry(marketplaceFile, name);
		if (entry.installPolicy === 'NOT_AVAILABLE') throw new PluginError(l10n`${name} cannot be installed: its marketplace does not offer it`);
		const id = { plugin: name, marketplace: marketplace.name };
		const { source } = entry;
		if (source.type === 'local') return { id, entry, contents: await this.#installFolder(id, source.folder) };
		return { id, entry, contents: await this.#installRepository(id, source) };
	}

	/** The same for a marketplace whose folder is known. */
	async installFrom(root: string, name: string): Promise<void> {
		const { file } = await readMarketplace(root);
		await this.install(file, name);
	}

	#installRepository(id: PluginId, source: GitSource): Promise<PluginContents> {
		return this.#fetched(source, (folder) => this.#installFolder(id, folder));
	}

	/** The folder of a plugin in a repository, for as long as `use` works with it. */
	async #fetched<T>({ url, path: below, refName, sha }: GitSource, use: (folder: string) => Promise<T>): Promise<T> {
		const ref = sha ?? refName;
		if (!isGitUrl(url)) throw new PluginError(l10n`${JSON.stringify(url)} is not an https, ssh or git address`);
		if (ref !== null) checkRef(ref);
		if (below !== null) checkSparsePath(below);
		const staging = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'tiller-plugin-'));
		try {
			const clone = path.join(staging, 'clone');
			await checkOut({ url, ref, sparsePaths: below === null ? [] : [below] }, clone, this.#options.env);
			const folder = below === null ? clone : insidePath(clone, `./${below}`);
			if (folder === null) throw new PluginError(l10n`${JSON.stringify(below)} is not a folder of ${url}`);
			return await use(folder);
		} finally {
			await fs.promises.rm(staging, { recursive: true, force: true });
		}
	}

	async #installFolder(id: PluginId, folder: string): Promise<PluginContents> {
		const contents = await installFolder(this.#options.cache, id, folder);
		await this.#options.settings.write(['plugins', formatPluginId(id), 'enabled'], true);
		this.#options.changed();
		return contents;
	}

	/** Removes a plugin; one that was removed before, or that is only offered, is no error. Throws `PluginError` for an id of no plugin. */
	async uninstall(text: string): Promise<void> {
		const id = parsePluginId(text);
		if (id === null) throw new PluginError(l10n`${JSON.stringify(text)} is not the id of a plugin: PLUGIN@MARKETPLACE`);
		if (!(await this.#isKnown(id))) throw new PluginError(l10n`there is no plugin ${text}: it is neither installed nor offered by a marketplace`);
		this.#seen.add(text);
		await this.#options.settings.write(['plugins', text], undefined);
		await this.#options.cache.remove(id);
		this.#options.changed();
	}

	isInstalled(id: PluginId): Promise<boolean> {
		return this.#options.cache.folderOf(id).then((folder) => folder !== null && this.#enabled().has(formatPluginId(id)));
	}

	/** The installed plugins that are switched on, in the order of their ids. A broken one brings nothing. */
	async active(): Promise<readonly ActivePlugin[]> {
		const found: ActivePlugin[] = [];
		for (const [text, isOn] of [...this.#enabled()].sort(([a], [b]) => (a < b ? -1 : 1))) {
			const id = parsePluginId(text);
			const folder = isOn && id !== null ? await this.#options.cache.folderOf(id) : null;
			if (id === null || folder === null) continue;
			const read = await readManifest(folder);
			if (read.type === 'manifest') found.push({ id: text, name: id.plugin, folder, contents: await readContents(folder, read.manifest) });
		}
		return found;
	}

	async #isKnown(id: PluginId): Promise<boolean> {
		const text = formatPluginId(id);
		const { settings, cache } = this.#options;
		if (this.#seen.has(text) || hasEntry(settings.read().plugins, text) || (await cache.folderOf(id)) !== null) return true;
		for (const root of this.#roots([])) {
			const read = await readMarketplace(root);
			if (read.type !== 'marketplace' || read.marketplace.name !== id.marketplace) continue;
			if (read.marketplace.entries.some(({ name }) => name === id.plugin)) return true;
		}
		return false;
	}

	#enabled(): ReadonlyMap<string, boolean> {
		return enabledPlugins(this.#options.settings.read().plugins);
	}

	/** Where marketplaces may be, each once. */
	#roots(folders: readonly string[]): ReadonlySet<string> {
		const { userHome, marketplaces, repositoryOf } = this.#options;
		return new Set([
			userHome,
			...folders.map((folder) => repositoryOf(folder) ?? folder),
			...marketplaces.added().map((each) => marketplaces.rootOf(each)),
		]);
	}

	async #offered(marketplace: Marketplace, entry: MarketplaceEntry): Promise<OfferedPlugin> {
		const id = { plugin: entry.name, marketplace: marketplace.name };
		const text = formatPluginId(id);
		this.#seen.add(text);
		const isInstalled = await this.isInstalled(id);
		const folder = entry.source.type === 'local' ? entry.source.folder : isInstalled ? await this.#options.cache.folderOf(id) : null;
		const read = folder === null ? null : await readManifest(folder);
		const manifest = read?.type === 'manifest' ? read.manifest : null;
		return {
			id: text,
			entry,
			isInstalled,
			isEnabled: isInstalled && this.#enabled().get(text) === true,
			interface: withCategory(manifest?.interface ?? null, entry.category),
			keywords: manifest?.keywords ?? [],
		};
	}

	async #entry(file: string, name: string): Promise<{ readonly marketplace: Marketplace; readonly entry: MarketplaceEntry }> {
		const root = rootOfMarketplaceFile(file);
		if (root === null) throw new PluginError(l10n`${file} is not the file of a marketplace`);
		const read = await readMarketplaceFile(file, root);
		if (read.type === 'missing') throw new PluginError(l10n`there is no ${file}`);
		if (read.type === 'broken') throw new PluginError(l10n`${file}: ${read.problem}`);
		const entry = read.marketplace.entries.find((each) => each.name === name);
		if (entry === undefined) throw new PluginError(l10n`${read.marketplace.name} offers no plugin named ${JSON.stringify(name)}`);
		return { marketplace: read.marketplace, entry };
	}
}

/** Of a folder that will be gone. */
function withoutPictures(given: PluginInterface | null): PluginInterface | null {
	return given && { ...given, composerIcon: null, logo: null, screenshots: [] };
}

function withCategory(given: PluginInterface | null, category: string | null): PluginInterface | null {
	return category === null ? given : { ...(given ?? EMPTY_INTERFACE), category };
}
