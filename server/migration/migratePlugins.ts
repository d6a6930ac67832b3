import { isObject, type JsonObject } from './foreignFiles.ts';
import type { Place } from './place.ts';
import type { ImportRecord } from './importJournal.ts';
import { details, type LeftOut, leftOut, type Plan, type Skipped } from './plan.ts';
import { Reason } from './reason.ts';

/** What the plugins of this program offer to an import. */
export interface PluginTarget {
	isInstalled(plugin: string, marketplace: string): Promise<boolean>;
	/** Adds the marketplace when it is not there, and installs. Rejects with an `Error` for people. */
	install(
		record: ImportRecord,
		wanted: { readonly source: string; readonly marketplace: string; readonly plugins: readonly string[] },
	): Promise<void>;
}

/** Plugins that the other agent has switched on, from marketplaces that it knows. Left out when all are here, or none. */
export async function planPlugins(place: Place, settings: JsonObject, target: PluginTarget): Promise<Plan | LeftOut> {
	const skipped: Skipped[] = [];
	const wanted = new Map<string, { readonly source: string; readonly plugins: string[] }>();
	for (const [id, isOn] of Object.entries(isObject(settings.enabledPlugins) ? settings.enabledPlugins : {})) {
		const [, plugin = '', marketplace = ''] = /^([A-Za-z0-9_-]+)@([A-Za-z0-9_-]+)$/.exec(id) ?? [];
		if (isOn !== true) continue;
		if (plugin === '') skipped.push({ name: id, reason: new Reason('notMarketplacePlugin') });
		else if (await target.isInstalled(plugin, marketplace)) skipped.push({ name: id, reason: new Reason('installed') });
		else {
			const source = sourceOf(settings, marketplace);
			if (source === null) skipped.push({ name: id, reason: new Reason('unknownMarketplace', marketplace) });
			else {
				const entry = wanted.get(marketplace) ?? { source, plugins: [] };
				entry.plugins.push(plugin);
				wanted.set(marketplace, entry);
			}
		}
	}
	if (wanted.size === 0) return leftOut('PLUGINS', place.project, skipped);
	const plugins = [...wanted].map(([marketplaceName, { plugins: names }]) => ({ marketplaceName, pluginNames: names.toSorted() }));
	return {
		type: 'PLUGINS',
		project: place.project,
		description: `Install ${plugins.map(({ marketplaceName, pluginNames }) => `${pluginNames.join(', ')} from ${marketplaceName}`).join('; ')}`,
		facts: {
			names: plugins.flatMap(({ marketplaceName, pluginNames }) => pluginNames.map((name) => `${name}@${marketplaceName}`)),
			source: null,
			target: null,
		},
		details: details({ plugins }),
		skipped,
		apply: async (record) => {
			for (const [marketplace, { source, plugins: names }] of wanted) await target.install(record, { source, marketplace, plugins: names });
		},
	};
}

function sourceOf({ extraKnownMarketplaces: known }: JsonObject, marketplace: string): string | null {
	const entry = isObject(known) ? known[marketplace] : undefined;
	const source = isObject(entry) && isObject(entry.source) ? entry.source : {};
	for (const [type, key] of [
		['github', 'repo'],
		['git', 'url'],
		['directory', 'path'],
	] as const) {
		const value = source[key];
		if (source.source === type && typeof value === 'string') return value;
	}
	return null;
}
