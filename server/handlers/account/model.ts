import type { CatalogueModel } from '../../model/catalogue/catalogue.ts';
import type { ListFailure } from '../../model/catalogue/listFailure.ts';
import { demoProviderId, type Provider } from '../../model/provider.ts';
import type { Model, ModelFacts } from '../../protocol/account/model.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { knowsOwnMembers } from '../../session/ownMembers.ts';
import type { Session } from '../../session/session.ts';

export interface ModelHandlerServices {
	/** Those of a provider, of the configured one for null; best first. Null for a provider that there is not. */
	models(provider: string | null): Promise<readonly CatalogueModel[] | null>;
	/** The configured provider, or one by its id; undefined when it does not exist. */
	provider(id?: string): Provider | undefined;
	/** Whether the provider makes pictures for the account that is signed in. */
	makesImages(provider: Provider): boolean;
	/** Whether the list is the provider's own. */
	lists(provider: Provider): boolean;
	/** Asks a provider for its list now; null when it has given one. */
	check(provider: Provider): Promise<ListFailure | null>;
}

export function modelHandlers({ models, provider, lists, check, makesImages }: ModelHandlerServices): Handlers {
	// A server with Chat Completions only gets tools in namespaces under joined names; what a provider runs itself it does not have.
	const capabilities = (of = provider()) => ({
		namespaceTools: true,
		imageGeneration: of !== undefined && makesImages(of),
		webSearch: of?.wireApi === 'responses' && of.id !== demoProviderId,
	});
	return {
		'modelProvider/capabilities/read': () => capabilities(),

		'modelProvider/read': ({ modelProvider }) => {
			const found = provider(modelProvider ?? undefined);
			if (found !== undefined) return { modelProvider: found.id, listsModels: lists(found), ...capabilities(found) };
			throw new RpcFailure(
				invalidRequest(modelProvider ? `Model provider \`${modelProvider}\` not found` : 'the configured `model_provider` does not exist'),
			);
		},

		'modelProvider/check': async ({ modelProvider }) => {
			const found = provider(modelProvider);
			if (found === undefined) throw new RpcFailure(invalidRequest(`Model provider \`${modelProvider}\` not found`));
			// What is in this process, or in a client, has no address to ask.
			const failure = found.baseUrl === null ? null : await check(found);
			return failure === null ? { status: 'listed' } : { status: 'failed', ...failure };
		},

		'model/list': async (params, { session }) => {
			const found = await models(params.modelProvider ?? null);
			if (found === null && params.modelProvider) throw new RpcFailure(invalidRequest(`Model provider \`${params.modelProvider}\` not found`));
			const all = (found ?? []).filter((model) => params.includeHidden || !model.hidden);
			const start = params.cursor ? Number(params.cursor) : 0;
			if (!Number.isInteger(start) || start < 0 || start > all.length) throw new RpcFailure(invalidRequest(`invalid cursor: ${params.cursor}`));
			const page = all.slice(start, params.limit ? start + Math.max(params.limit, 1) : undefined);
			const next = start + page.length;
			return { data: page.map((model) => toWireModel(model, session)), nextCursor: next < all.length ? String(next) : null };
		},
	};
}

/** What `fast` of the base is called by newer clients. */
const FAST_TIER = { id: 'priority', name: 'Fast', description: 'Quicker answers, which count more' };

/** In the form that the client of this session knows. */
function toWireModel(model: CatalogueModel, session: Session): Model {
	const newer = session.client?.newer ?? false;
	return {
		id: model.slug,
		model: model.slug,
		upgrade: model.upgrade?.model ?? null,
		upgradeInfo: model.upgrade && { model: model.upgrade.model, upgradeCopy: null, modelLink: null, migrationMarkdown: model.upgrade.markdown },
		availabilityNux: model.announcement === null ? null : { message: model.announcement },
		displayName: model.displayName,
		description: model.description,
		hidden: model.hidden,
		supportedReasoningEfforts: model.supportedEfforts.map(({ effort, description }) => ({ reasoningEffort: effort, description })),
		defaultReasoningEffort: model.defaultEffort ?? 'none',
		inputModalities: model.inputModalities.filter((modality) => newer || modality !== 'audio'),
		supportsPersonality: model.supportsPersonality,
		additionalSpeedTiers: [...model.speedTiers],
		serviceTiers: newer ? model.speedTiers.filter((tier) => tier === 'fast').map(() => FAST_TIER) : [],
		defaultServiceTier: model.defaultServiceTier ?? null,
		...{ modelSpecialty: null, multiAgentVersion: null, availableAccessPrograms: null },
		isDefault: model.isDefault,
		...(knowsOwnMembers(session) ? { facts: factsOf(model) } : {}),
	};
}

function factsOf({ contextWindow, isWindowAssumed, supportsTools, price }: CatalogueModel): ModelFacts {
	return { contextWindow: isWindowAssumed ? null : contextWindow, supportsTools: supportsTools ?? null, price: price ?? null };
}
