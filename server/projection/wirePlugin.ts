import type { PluginInterface } from '../plugins/manifest.ts';
import type { PluginApp } from '../plugins/pluginContents.ts';
import type { OfferedMarketplace, OfferedPlugin } from '../plugins/plugins.ts';
import type { CataloguePlugin, RemoteMarketplace } from '../plugins/remote/remoteCatalogue.ts';
import type { RemotePlugin, SharePrincipal } from '../plugins/remote/remotePlugin.ts';
import type { AppSummary } from '../protocol/integrations/app.ts';
import type * as wire from '../protocol/integrations/plugin.ts';

/** `sharedAs`: the ids under which folders here were shared, by folder. */
export function toMarketplace({ marketplace, plugins }: OfferedMarketplace, sharedAs: ReadonlyMap<string, string>): wire.PluginMarketplaceEntry {
	const { name, file, displayName } = marketplace;
	return {
		name,
		path: file,
		interface: displayName === null ? null : { displayName },
		plugins: plugins.map((plugin) => toSummary(plugin, sharedAs)),
	};
}

export function toSummary(
	{ id, entry, isInstalled, isEnabled, interface: shown, keywords }: OfferedPlugin,
	sharedAs: ReadonlyMap<string, string>,
): wire.PluginSummary {
	const { name, source, installPolicy, authPolicy } = entry;
	const remoteId = source.type === 'local' ? sharedAs.get(source.folder) : undefined;
	return {
		id,
		name,
		shareContext:
			remoteId === undefined ? null : { remotePluginId: remoteId, shareUrl: null, creatorAccountUserId: null, creatorName: null, shareTargets: null },
		source:
			source.type === 'local'
				? { type: 'local', path: source.folder }
				: { type: 'git', url: source.url, path: source.path, refName: source.refName, sha: source.sha },
		installed: isInstalled,
		enabled: isEnabled,
		installPolicy,
		authPolicy,
		availability: 'AVAILABLE',
		interface: shown && toInterface(shown, { composerIcon: null, logo: null, screenshots: [] }),
		keywords: [...keywords],
	};
}

export function toRemoteMarketplace({ name, displayName, plugins }: RemoteMarketplace): wire.PluginMarketplaceEntry {
	return { name, path: null, interface: { displayName }, plugins: plugins.map(toRemoteSummary) };
}

export function toRemoteSummary({ plugin, installed }: CataloguePlugin): wire.PluginSummary {
	return {
		id: plugin.id,
		name: plugin.name,
		shareContext: plugin.share && {
			remotePluginId: plugin.id,
			shareUrl: plugin.share.url,
			creatorAccountUserId: plugin.share.creatorUserId,
			creatorName: plugin.share.creatorName,
			shareTargets: plugin.share.principals && plugin.share.principals.map(toPrincipal),
		},
		source: { type: 'remote' },
		installed: installed !== null,
		enabled: installed?.isEnabled ?? false,
		installPolicy: plugin.installPolicy,
		authPolicy: plugin.authPolicy,
		availability: plugin.isDisabledByAdmin ? 'DISABLED_BY_ADMIN' : 'AVAILABLE',
		interface: toInterface(plugin.interface, plugin.pictures),
		keywords: [...plugin.keywords],
	};
}

export function toRemoteDetail(marketplaceName: string, found: CataloguePlugin): wire.PluginDetail {
	const { plugin, installed } = found;
	return {
		marketplaceName,
		marketplacePath: null,
		summary: toRemoteSummary(found),
		description: plugin.description,
		skills: plugin.skills.map(({ name, description, shortDescription, interface: shown }) => ({
			name,
			description,
			shortDescription,
			interface: shown && toSkillInterface(shown),
			path: null,
			enabled: installed?.disabledSkills.has(name) !== true,
		})),
		hooks: [],
		apps: plugin.appIds.map((id) => toApp({ id })),
		mcpServers: [],
	};
}

function toSkillInterface(
	shown: NonNullable<RemotePlugin['skills'][number]['interface']>,
): NonNullable<wire.PluginDetail['skills'][number]['interface']> {
	return Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== null));
}

export const toPrincipal = ({ type, id, name }: SharePrincipal): wire.PluginSharePrincipal => ({ principalType: type, principalId: id, name });

function toInterface(shown: PluginInterface, pictures: RemotePlugin['pictures']): wire.PluginInterface {
	return {
		...shown,
		capabilities: [...shown.capabilities],
		defaultPrompt: shown.defaultPrompt && [...shown.defaultPrompt],
		composerIconUrl: pictures.composerIcon,
		logoUrl: pictures.logo,
		screenshots: [...shown.screenshots],
		screenshotUrls: [...pictures.screenshots],
	};
}

/** Until the directory of apps says more, an app is called by its id. */
export function toApp({ id }: PluginApp): AppSummary {
	const slug = id.replace(/[^A-Za-z0-9]+/g, '-').replace(/^-+|-+$/g, '');
	return { id, name: id, description: null, installUrl: `https://chatgpt.com/apps/${slug}/${encodeURIComponent(id)}`, needsAuth: true };
}
