import * as z from 'zod/mini';
import type { BackendRequest } from '../../model/chatgpt/chatgptBackend.ts';
import { PluginError } from '../pluginError.ts';
import type { PluginBackend } from './pluginBackend.ts';
import { checkRemoteId, InstalledAnswer, type InstalledRemote, type RemotePlugin, RemotePluginAnswer } from './remotePlugin.ts';
import { l10n } from '../../words/l10n.ts';

export type RemoteMarketplaceName = 'chatgpt-global' | 'workspace-directory' | 'shared-with-me';

export interface RemoteMarketplace {
	readonly name: RemoteMarketplaceName;
	readonly displayName: string;
	readonly plugins: readonly CataloguePlugin[];
}

/** A plugin of the catalogue, and what the account has of it. */
export interface CataloguePlugin {
	readonly plugin: RemotePlugin;
	/** Null when it is not installed. */
	readonly installed: InstalledRemote | null;
}

/** `scope`: whose plugins and whose installations they are. */
const MARKETPLACES = {
	'chatgpt-global': { displayName: 'ChatGPT Plugins', scope: 'GLOBAL', path: '/ps/plugins/list', byScope: true },
	'workspace-directory': { displayName: 'Workspace Directory', scope: 'WORKSPACE', path: '/ps/plugins/list', byScope: true },
	'shared-with-me': { displayName: 'Shared with me', scope: 'WORKSPACE', path: '/ps/plugins/workspace/shared', byScope: false },
} as const satisfies Readonly<Record<RemoteMarketplaceName, unknown>>;

const PAGE = 200;
/** A service that always has another page does not keep us for ever. */
const MAX_PAGES = 50;

const pagination = z.nullish(z.object({ next_page_token: z.nullish(z.string()) }));
const CataloguePage = z.object({ plugins: z.array(RemotePluginAnswer), pagination });
const InstalledPage = z.object({ plugins: z.array(InstalledAnswer), pagination });
const SkillText = z.object({ skill_md_contents: z.nullish(z.string()) });
const Changed = z.object({ id: z.string(), enabled: z.nullish(z.boolean()) });

/** Throws `PluginError` for a name that is not one of theirs. */
export function remoteMarketplaceName(name: string): RemoteMarketplaceName {
	if (name in MARKETPLACES) return name as RemoteMarketplaceName;
	throw new PluginError(l10n`there is no remote marketplace named ${JSON.stringify(name)}`);
}

/** The plugins that the ChatGPT service offers to an account. Every method throws `PluginError`. */
export class RemoteCatalogue {
	readonly #backend: PluginBackend;

	constructor(backend: PluginBackend) {
		this.#backend = backend;
	}

	async list(name: RemoteMarketplaceName): Promise<RemoteMarketplace> {
		const { displayName, scope, path, byScope } = MARKETPLACES[name];
		const [plugins, installed] = await Promise.all([
			this.#pages(path, byScope ? { scope } : {}, CataloguePage),
			this.#pages('/ps/plugins/installed', { scope }, InstalledPage),
		]);
		const byId = new Map(installed.map((each) => [each.plugin.id, each]));
		return { name, displayName, plugins: plugins.map((plugin) => ({ plugin, installed: byId.get(plugin.id) ?? null })) };
	}

	/** What the account itself has put there. */
	created(): Promise<readonly RemotePlugin[]> {
		return this.#pages('/ps/plugins/workspace/created', {}, CataloguePage);
	}

	async installed(scope: 'GLOBAL' | 'WORKSPACE'): Promise<readonly InstalledRemote[]> {
		return this.#pages('/ps/plugins/installed', { scope }, InstalledPage);
	}

	async read(name: RemoteMarketplaceName, id: string): Promise<CataloguePlugin> {
		const [plugin, installed] = await Promise.all([this.#plugin(id, {}), this.installed(MARKETPLACES[name].scope)]);
		return { plugin, installed: installed.find((each) => each.plugin.id === plugin.id) ?? null };
	}

	/** Throws `PluginError` for an id that is not known. */
	find(id: string): Promise<RemotePlugin> {
		return this.#plugin(id, {});
	}

	/** With the address of its archive. */
	withBundle(id: string): Promise<RemotePlugin> {
		return this.#plugin(id, { includeDownloadUrls: 'true' });
	}

	/** Null when the skill has no text. */
	async skillText(id: string, skill: string): Promise<string | null> {
		if (skill.trim() === '') throw new PluginError(l10n`name a skill of the plugin`);
		const path = `${pathOf(id)}/skills/${encodeURIComponent(skill)}`;
		if (skill === '.' || skill === '..') throw new PluginError(l10n`${JSON.stringify(skill)} is not the name of a skill`);
		return (await this.#backend.json({ method: 'GET', path }, SkillText)).skill_md_contents ?? null;
	}

	async install(id: string): Promise<void> {
		await this.#change({ method: 'POST', path: `${pathOf(id)}/install` }, id);
	}

	async uninstall(id: string): Promise<void> {
		await this.#change({ method: 'POST', path: `/plugins/${checkRemoteId(id)}/uninstall` }, id);
	}

	async #change(request: BackendRequest, id: string): Promise<void> {
		const answer = await this.#backend.json(request, Changed);
		if (answer.id !== id) throw new PluginError(l10n`ChatGPT answered for the plugin ${answer.id} instead of ${id}`);
	}

	async #plugin(id: string, query: Readonly<Record<string, string>>): Promise<RemotePlugin> {
		const plugin = await this.#backend.json(
			{ method: 'GET', path: pathOf(id), ...(Object.keys(query).length === 0 ? {} : { query }) },
			RemotePluginAnswer,
		);
		if (plugin.id !== id) throw new PluginError(l10n`ChatGPT answered with the plugin ${plugin.id} instead of ${id}`);
		return plugin;
	}

	async #pages<T>(
		path: string,
		query: Readonly<Record<string, string>>,
		page: z.ZodMiniType<{
			readonly plugins: readonly T[];
			readonly pagination?: { readonly next_page_token?: string | null | undefined } | null | undefined;
		}>,
	): Promise<readonly T[]> {
		const found: T[] = [];
		const seen = new Set<string>();
		let next: string | null = null;
		for (let count = 0; count < MAX_PAGES; count++) {
			const asked: Record<string, string> = { ...query, limit: String(PAGE), ...(next === null ? {} : { pageToken: next }) };
			const { plugins, pagination: more } = await this.#backend.json({ method: 'GET', path, query: asked }, page);
			found.push(...plugins);
			next = more?.next_page_token ?? null;
			if (next === null || next === '' || seen.has(next)) break;
			seen.add(next);
		}
		return found;
	}
}

const pathOf = (id: string): string => `/ps/plugins/${checkRemoteId(id)}`;
