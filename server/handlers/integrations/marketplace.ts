import type { Marketplaces } from '../../plugins/marketplaces.ts';
import { PluginError } from '../../plugins/pluginError.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, RpcFailure } from '../../session/handler.ts';

export function marketplaceHandlers({ marketplaces }: { readonly marketplaces: Marketplaces }): Handlers {
	return {
		'marketplace/add': ({ source, refName, sparsePaths }) =>
			refusable(async () => {
				const { name, root, alreadyAdded } = await marketplaces.add({ source, refName: refName ?? null, sparsePaths: sparsePaths ?? [] });
				return { marketplaceName: name, installedRoot: root, alreadyAdded };
			}),
		'marketplace/remove': ({ marketplaceName }) =>
			refusable(async () => ({ marketplaceName, installedRoot: await marketplaces.remove(marketplaceName) })),
		'marketplace/upgrade': ({ marketplaceName }) =>
			refusable(async () => {
				const { selected, upgradedRoots, errors } = await marketplaces.upgrade(marketplaceName ?? null);
				return {
					selectedMarketplaces: [...selected],
					upgradedRoots: [...upgradedRoots],
					errors: errors.map(({ name, message }) => ({ marketplaceName: name, message })),
				};
			}),
	};
}

/** What cannot be done with plugins is an invalid request, with the reason. */
export async function refusable<T>(work: () => Promise<T>): Promise<T> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof PluginError ? refusal(error.text) : error;
	}
}

/** Runs what only works while plugins are switched on; what cannot be done with them is an invalid request. */
export type WhileEnabled = <T>(work: () => Promise<T>) => Promise<T>;

export function whileEnabled(enabled: () => boolean): WhileEnabled {
	return (work) => {
		if (!enabled()) throw new RpcFailure(invalidRequest('plugins are switched off (features.plugins)'));
		return refusable(work);
	};
}
