import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { checkOut } from './gitCheckout.ts';
import { type Marketplace, MARKETPLACE_PLACES, readMarketplace } from './marketplaceFile.ts';
import { checkRef, checkSparsePath, type MarketplaceSource, parseMarketplaceSource } from './marketplaceSource.ts';
import { PluginError } from './pluginError.ts';
import { isName } from './pluginId.ts';
import { type AddedMarketplace, addedMarketplaces, marketplaceTable, type PluginSettings } from './pluginSettings.ts';
import { l10n } from '../words/l10n.ts';

export interface MarketplacesOptions {
	/** `CODEX_HOME`. */
	readonly home: string;
	/** What relative folders start from. */
	readonly cwd: string;
	/** Of git, as it is now. */
	readonly env: () => Readonly<Record<string, string | undefined>>;
	readonly settings: PluginSettings;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

export interface AddRequest {
	readonly source: string;
	readonly refName: string | null;
	readonly sparsePaths: readonly string[];
}

export interface AddedAnswer {
	readonly name: string;
	readonly root: string;
	readonly alreadyAdded: boolean;
}

export interface UpgradeAnswer {
	readonly selected: readonly string[];
	readonly upgradedRoots: readonly string[];
	readonly errors: readonly { readonly name: string; readonly message: string }[];
}

/** The marketplaces that the person added: folders as they are, git repositories as clones below `<home>/.tmp/marketplaces`. */
export class Marketplaces {
	readonly #options: MarketplacesOptions;
	readonly #clones: string;

	constructor(options: MarketplacesOptions) {
		this.#options = options;
		this.#clones = path.join(options.home, '.tmp', 'marketplaces');
	}

	added(): readonly AddedMarketplace[] {
		return addedMarketplaces(this.#options.settings.read().marketplaces).filter(({ name }) => isName(name));
	}

	/** Where a marketplace lies; null when nothing of that name was added. */
	rootOf({ name, type, source }: AddedMarketplace): string {
		return type === 'local' ? source : path.join(this.#clones, name);
	}

	/** Adds a marketplace, or finds that its source was added before. Throws `PluginError`; then nothing was changed. */
	async add({ source, refName, sparsePaths }: AddRequest): Promise<AddedAnswer> {
		const parsed = parseMarketplaceSource(source, this.#options.cwd);
		if (parsed.type === 'local' && (refName !== null || sparsePaths.length > 0)) {
			throw new PluginError(l10n`refName and sparsePaths are for git repositories; this source is a folder`);
		}
		if (refName !== null) checkRef(refName);
		for (const folder of sparsePaths) checkSparsePath(folder);
		return parsed.type === 'local' ? this.#addFolder(parsed) : this.#addRepository({ url: parsed.url, refName, sparsePaths });
	}

	async #addFolder({ folder }: Extract<MarketplaceSource, { type: 'local' }>): Promise<AddedAnswer> {
		const root = await fs.promises.realpath(folder).catch(() => {
			throw new PluginError(l10n`there is no folder ${folder}`);
		});
		const { name } = await this.#readUsable(root);
		const known = this.#named(name);
		if (known !== null) {
			if (known.type === 'local' && known.source === root) return { name, root, alreadyAdded: true };
			throw new PluginError(l10n`a marketplace named ${name} was already added from ${known.source}; remove it first`);
		}
		await this.#write({ name, type: 'local', source: root, refName: null, sparsePaths: [] });
		return { name, root, alreadyAdded: false };
	}

	async #addRepository(wanted: {
		readonly url: string;
		readonly refName: string | null;
		readonly sparsePaths: readonly string[];
	}): Promise<AddedAnswer> {
		const { url, refName, sparsePaths } = wanted;
		const before = this.added().find((each) => each.type === 'git' && each.source === url);
		if (before !== undefined && isSame(before, wanted) && fs.existsSync(this.rootOf(before))) {
			return { name: before.name, root: this.rootOf(before), alreadyAdded: true };
		}
		return this.#withClone({ url, ref: refName, sparsePaths }, async (clone, { name }) => {
			const known = this.#named(name);
			const isSameSource = known?.type === 'git' && known.source === url && isSame(known, wanted);
			if (known !== null && !isSameSource) {
				throw new PluginError(
					l10n`a marketplace named ${name} was already added from ${known.source}${known.refName === null ? '' : ` at ${known.refName}`}; remove it first`,
				);
			}
			const entry: AddedMarketplace = { name, type: 'git', source: url, refName, sparsePaths };
			await this.#moveIn(clone, this.rootOf(entry));
			await this.#write(entry);
			return { name, root: this.rootOf(entry), alreadyAdded: false };
		});
	}

	/** Throws `PluginError` for a name that was not added. Answers the folder of a clone that was removed; null for a folder of the person's own, which stays. */
	async remove(name: string): Promise<string | null> {
		const known = isName(name) ? this.#named(name) : null;
		if (known === null) throw new PluginError(l10n`there is no marketplace named ${JSON.stringify(name)}`);
		await this.#options.settings.write(['marketplaces', name], undefined);
		if (known.type === 'local') return null;
		const root = this.rootOf(known);
		await fs.promises.rm(root, { recursive: true, force: true });
		return root;
	}

	/** Fetches one repository anew, or all. Throws `PluginError` for a name that is no git marketplace; a fetch that fails is in the answer, and its old state stays. */
	async upgrade(name: string | null): Promise<UpgradeAnswer> {
		const repositories = this.added().filter(({ type }) => type === 'git');
		const selected = name === null ? repositories : repositories.filter((each) => each.name === name);
		if (name !== null && selected.length === 0) {
			throw new PluginError(
				this.#named(name) === null ? `there is no marketplace named ${JSON.stringify(name)}` : `${name} is a folder, which is always up to date`,
			);
		}
		const upgradedRoots: string[] = [];
		const errors: { name: string; message: string }[] = [];
		for (const each of selected) {
			try {
				upgradedRoots.push(await this.#upgradeOne(each));
			} catch (error) {
				if (!(error instanceof PluginError)) throw error;
				errors.push({ name: each.name, message: error.message });
			}
		}
		return { selected: selected.map((each) => each.name), upgradedRoots, errors };
	}

	#upgradeOne(known: AddedMarketplace): Promise<string> {
		return this.#withClone({ url: known.source, ref: known.refName, sparsePaths: known.sparsePaths }, async (clone, { name }) => {
			if (name !== known.name)
				throw new PluginError(l10n`the repository now calls itself ${name} instead of ${known.name}; remove ${known.name} and add it again`);
			const root = this.rootOf(known);
			await this.#moveIn(clone, root);
			await this.#write(known);
			return root;
		});
	}

	#named(name: string): AddedMarketplace | null {
		return this.added().find((each) => each.name === name) ?? null;
	}

	#write(entry: AddedMarketplace): Promise<void> {
		return this.#options.settings.write(['marketplaces', entry.name], marketplaceTable(entry, this.#options.now()));
	}

	async #readUsable(root: string): Promise<Marketplace> {
		const read = await readMarketplace(root);
		if (read.type === 'missing') throw new PluginError(l10n`${root} has no ${MARKETPLACE_PLACES[0] ?? ''}`);
		if (read.type === 'broken') throw new PluginError(l10n`${read.file}: ${read.problem}`);
		return read.marketplace;
	}

	/** Fetches into a folder of its own, which is gone afterwards unless it was moved away. */
	async #withClone<T>(wanted: Parameters<typeof checkOut>[0], use: (clone: string, marketplace: Marketplace) => Promise<T>): Promise<T> {
		const staging = path.join(this.#clones, `.staging-${randomUUID()}`);
		const clone = path.join(staging, 'clone');
		try {
			await checkOut(wanted, clone, this.#options.env());
			return await use(clone, await this.#readUsable(clone));
		} finally {
			await fs.promises.rm(staging, { recursive: true, force: true });
		}
	}

	async #moveIn(clone: string, root: string): Promise<void> {
		const old = path.join(path.dirname(clone), 'old');
		if (fs.existsSync(root)) await fs.promises.rename(root, old);
		try {
			await fs.promises.rename(clone, root);
		} catch (error) {
			if (fs.existsSync(old)) await fs.promises.rename(old, root);
			throw error;
		}
	}
}

function isSame(known: AddedMarketplace, wanted: { readonly refName: string | null; readonly sparsePaths: readonly string[] }): boolean {
	return known.refName === wanted.refName && known.sparsePaths.join('\n') === wanted.sparsePaths.join('\n');
}
