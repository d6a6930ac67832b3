/** What the list of plugins is made of. Pure. */
import type { PluginListResponse, PluginMarketplaceEntry, PluginSummary } from '../../server/protocol/integrations/plugin.ts';

/** A plugin and the marketplace that offers it. */
export interface Offer {
	readonly marketplace: PluginMarketplaceEntry;
	readonly plugin: PluginSummary;
}

/** A plugin that is installed and that no marketplace offers any more. */
export interface Leftover {
	readonly id: string;
	readonly enabled: boolean;
}

export interface OfferGroup {
	/** Null: those that are installed, whoever offers them. */
	readonly marketplace: PluginMarketplaceEntry | null;
	readonly offers: readonly Offer[];
}

/** Installed ones first, then those of each marketplace that are not. Groups without any are left out. */
export function groupOffers({ marketplaces }: PluginListResponse): readonly OfferGroup[] {
	const offers = marketplaces.flatMap((marketplace) => marketplace.plugins.map((plugin): Offer => ({ marketplace, plugin })));
	const groups: readonly OfferGroup[] = [
		{ marketplace: null, offers: offers.filter(({ plugin }) => plugin.installed) },
		...marketplaces.map((each) => ({
			marketplace: each,
			offers: offers.filter(({ marketplace, plugin }) => marketplace === each && !plugin.installed),
		})),
	];
	return groups.filter((group) => group.offers.length > 0);
}

const isTable = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Of the plugins that the configuration names, those that are not in the list. */
export function leftovers({ marketplaces }: PluginListResponse, configured: unknown): readonly Leftover[] {
	const known = new Set(marketplaces.flatMap(({ plugins }) => plugins.map(({ id }) => id)));
	if (!isTable(configured)) return [];
	return Object.entries(configured).flatMap(([id, value]) =>
		known.has(id) || !id.includes('@') ? [] : [{ id, enabled: !isTable(value) || value.enabled !== false }],
	);
}

/** The marketplaces that a person added. */
export const addedNames = (configured: unknown): readonly string[] => (isTable(configured) ? Object.keys(configured).sort() : []);
