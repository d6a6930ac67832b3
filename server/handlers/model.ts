import type { ModelInfo } from '../model/model.ts';
import type { Model } from '../protocol/model.ts';
import { invalidRequest } from '../protocol/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';

/** `models`: those of the configured provider. */
export function modelHandlers({ models }: { models: () => readonly ModelInfo[] }): Handlers {
	return {
		'model/list': (params) => {
			const all = models().filter((model) => params.includeHidden || !model.hidden);
			const start = params.cursor ? Number(params.cursor) : 0;
			if (!Number.isInteger(start) || start < 0 || start > all.length) throw new RpcFailure(invalidRequest(`invalid cursor: ${params.cursor}`));
			const page = all.slice(start, params.limit ? start + Math.max(params.limit, 1) : undefined);
			const next = start + page.length;
			return { data: page.map(toWireModel), nextCursor: next < all.length ? String(next) : null };
		},
	};
}

function toWireModel(model: ModelInfo): Model {
	return {
		id: model.slug,
		model: model.slug,
		upgrade: null,
		upgradeInfo: null,
		availabilityNux: null,
		displayName: model.displayName,
		description: model.description,
		hidden: model.hidden,
		supportedReasoningEfforts: model.supportedEfforts.map(({ effort, description }) => ({ reasoningEffort: effort, description })),
		defaultReasoningEffort: model.defaultEffort ?? 'none',
		inputModalities: [...model.inputModalities],
		supportsPersonality: false,
		additionalSpeedTiers: [],
		serviceTiers: [],
		isDefault: model.isDefault,
	};
}
