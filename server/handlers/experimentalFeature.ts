import type { Config } from '../config/config.ts';
import type { RequirementsService } from '../requirements/requirementsService.ts';
import { type Feature, features, findFeature, type FeatureSwitches, isEnabled, isFeatureName } from '../config/values/features.ts';
import type { ExperimentalFeature } from '../protocol/account/feature.ts';
import { invalidRequest } from '../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';

export interface FeatureServices {
	readonly switches: FeatureSwitches;
	config(): Config;
	readonly requirements: RequirementsService;
}

export function experimentalFeatureHandlers({ switches, config, requirements }: FeatureServices): Handlers {
	const checkFixed = (name: string, enabled: boolean) => {
		const { features } = requirements.current();
		if (!features || !Object.hasOwn(features.value, name) || features.value[name] === enabled) return;
		throw new RpcFailure(invalidRequest(`the feature \`${name}\` is fixed as ${String(features.value[name])} (set by ${features.source})`));
	};
	return {
		'experimentalFeature/list': ({ cursor, limit }) => {
			const start = cursor ? Number(cursor) : 0;
			if (!Number.isInteger(start) || start < 0) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor ?? ''}`));
			if (start > features.length) throw new RpcFailure(invalidRequest(`cursor ${start} exceeds total feature flags ${features.length}`));
			const now = config();
			const end = limit === undefined || limit === null ? features.length : start + Math.max(limit, 1);
			return {
				data: features.slice(start, end).map((feature) => toWireFeature(feature, isEnabled(now, feature.name))),
				nextCursor: end < features.length ? String(end) : null,
			};
		},

		'experimentalFeature/enablement/set': ({ enablement }) => {
			// All or nothing: a client that names one wrong feature has changed none.
			const changes = Object.entries(enablement).map(([name, enabled]) => {
				if (!isFeatureName(name)) throw new RpcFailure(invalidRequest(`invalid feature enablement \`${name}\``));
				const missing = enabled ? findFeature(name)?.missing : null;
				if (missing) throw new RpcFailure(invalidRequest(`unsupported feature enablement \`${name}\`: ${missing}`));
				checkFixed(name, enabled);
				return { name, enabled };
			});
			for (const { name, enabled } of changes) switches.set(name, enabled);
			return { enablement: Object.fromEntries(changes.map(({ name, enabled }) => [name, enabled])) };
		},
	};
}

function toWireFeature(feature: Feature, enabled: boolean): ExperimentalFeature {
	const { name, stage, defaultEnabled } = feature;
	const texts =
		feature.stage === 'beta'
			? { displayName: feature.displayName, description: feature.description, announcement: feature.announcement }
			: { displayName: null, description: null, announcement: null };
	return { name, stage, ...texts, enabled, defaultEnabled };
}
