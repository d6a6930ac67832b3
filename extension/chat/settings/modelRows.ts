/** The rows of the list of models. Pure. */
import type { Model } from '../../../server/protocol/account/model.ts';
import type { Price, Prices } from '../../resources/cost.ts';
import type { ModelChoice } from './favouriteModels.ts';
import type { ModelGroup } from './modelGroups.ts';

export interface ModelRow extends ModelChoice {
	readonly providerName: string;
	readonly description: Model;
	readonly isFavourite: boolean;
	readonly isCurrent: boolean;
	/** What it costs by the person's own prices, else by its provider's; null where nobody says. */
	readonly price: Price | null;
	/** What it cannot do, as far as somebody says. */
	readonly limits: readonly ('noTools' | 'noImages')[];
}

export interface ModelSections {
	readonly favourites: readonly ModelRow[];
	/** The provider of the thread first. */
	readonly groups: readonly { readonly group: ModelGroup; readonly rows: readonly ModelRow[] }[];
}

export interface ModelRowsOptions {
	readonly groups: readonly ModelGroup[];
	readonly current: ModelChoice;
	readonly favourites: readonly ModelChoice[];
	readonly prices: Prices;
}

/** A favourite stands at the top, and not among its provider's once more. */
export function modelSections({ groups, current, favourites, prices }: ModelRowsOptions): ModelSections {
	const isFavourite = (provider: string, model: string) => favourites.some((each) => each.provider === provider && each.model === model);
	const ordered = groups.toSorted((a, b) => Number(b.provider === current.provider) - Number(a.provider === current.provider));
	const sections = ordered.map((group) => ({
		group,
		rows: group.models.map(
			(model): ModelRow => ({
				provider: group.provider,
				providerName: group.name,
				model: model.model,
				description: model,
				isFavourite: isFavourite(group.provider, model.model),
				isCurrent: group.provider === current.provider && model.model === current.model,
				price: priceOf(group.provider, model, prices),
				limits: limitsOf(model),
			}),
		),
	}));
	const all = sections.flatMap(({ rows }) => rows);
	return {
		favourites: favourites.flatMap(({ provider, model }) => all.find((row) => row.provider === provider && row.model === model) ?? []),
		groups: sections.map(({ group, rows }) => ({ group, rows: rows.filter((row) => !row.isFavourite) })),
	};
}

function priceOf(provider: string, { model, facts }: Model, prices: Prices): Price | null {
	const own = [`${provider}/${model}`, model].find((key) => Object.hasOwn(prices, key));
	if (own !== undefined) return prices[own] ?? null;
	const listed = facts?.price ?? null;
	if (listed === null) return null;
	const { cachedInput, ...price } = listed;
	return cachedInput === null ? price : { ...price, cachedInput };
}

function limitsOf({ facts, inputModalities }: Model): ModelRow['limits'] {
	// Of a model that is only a name nobody knows what it takes.
	if (facts === undefined) return [];
	return [...(facts.supportsTools === false ? (['noTools'] as const) : []), ...(inputModalities.includes('image') ? [] : (['noImages'] as const))];
}
