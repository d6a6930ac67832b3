import { type CatalogueModel, effortText, modelInfo } from './catalogue.ts';
import { listedEntries, listedFacts } from './listedFacts.ts';
import { isRecord, type JsonRecord, numberOf, recordOf, textOf } from '../http/jsonRecord.ts';
import type { Verbosity } from '../../items/modelInfo.ts';

/** What a provider says of its models: everything that a catalogue holds, or names with a few facts. */
export type RemoteModels =
	| { readonly type: 'described'; readonly models: readonly CatalogueModel[] }
	| { readonly type: 'named'; readonly models: readonly CatalogueModel[] };

/**
 * Reads the answer of `/models` (a list of descriptions under `models`, or of ids under `data` as at OpenAI, vLLM or LM Studio) and that of
 * Ollama's `/api/tags`. Null for anything else. Entries that make no sense are left out.
 */
export function readRemoteModels(body: unknown): RemoteModels | null {
	if (!isRecord(body)) return null;
	if (Array.isArray(body.models) && body.models.some((model) => isRecord(model) && textOf(model.slug) !== null)) {
		const described = body.models.filter(isRecord).filter((model) => textOf(model.slug)?.trim());
		const ordered = described.toSorted((a, b) => (numberOf(a.priority) ?? 1000) - (numberOf(b.priority) ?? 1000));
		return { type: 'described', models: ordered.map(describedModel) };
	}
	const list = Array.isArray(body.data) ? body.data : Array.isArray(body.models) ? body.models : null;
	if (!list) return null;
	return { type: 'named', models: [...listedEntries(list)].map(([id, entry]) => ({ ...namedModel(id), ...listedFacts(entry) })) };
}

/** A model of which only the name is known. */
export function namedModel(slug: string): CatalogueModel {
	return { ...modelInfo(slug), upgrade: null, announcement: null, supportsPersonality: false, speedTiers: [], isDefault: false };
}

const verbosities: readonly Verbosity[] = ['low', 'medium', 'high'];

function describedModel(entry: JsonRecord): CatalogueModel {
	const slug = textOf(entry.slug) ?? '';
	const base = namedModel(slug);
	const levels = Array.isArray(entry.supported_reasoning_levels) ? entry.supported_reasoning_levels : [];
	const supportedEfforts = levels.flatMap((level: unknown) => {
		const record = recordOf(level);
		const effort = textOf(record.effort ?? level);
		return effort === null || effort === '' ? [] : [{ effort, description: textOf(record.description) ?? effortText(effort) }];
	});
	const upgrade = recordOf(entry.upgrade);
	const successor = textOf(upgrade.model);
	const truncation = recordOf(entry.truncation_policy);
	const limit = numberOf(truncation.limit);
	const modalities = Array.isArray(entry.input_modalities)
		? (['text', 'image', 'audio'] as const).filter((name) => (entry.input_modalities as unknown[]).includes(name))
		: base.inputModalities;
	return {
		...base,
		displayName: textOf(entry.display_name) ?? slug,
		description: textOf(entry.description) ?? base.description,
		contextWindow: positive(entry.context_window) ?? base.contextWindow,
		maxContextWindow: positive(entry.max_context_window) ?? base.maxContextWindow,
		effectiveContextWindowPercent: positive(entry.effective_context_window_percent) ?? base.effectiveContextWindowPercent,
		supportedEfforts,
		defaultEffort: textOf(entry.default_reasoning_level) || null,
		defaultVerbosity: entry.support_verbosity === false ? null : oneOf(verbosities, entry.default_verbosity),
		supportsParallelToolCalls: entry.supports_parallel_tool_calls === true,
		...(entry.supports_tools === false ? { supportsTools: false } : {}),
		inputModalities: modalities.length > 0 ? modalities : ['text'],
		applyPatchTool: entry.apply_patch_tool_type === 'freeform' ? 'freeform' : 'function',
		toolOutputTokens: limit === null || limit <= 0 ? base.toolOutputTokens : Math.ceil(truncation.mode === 'bytes' ? limit / 4 : limit),
		preferWebsockets: entry.prefer_websockets === true,
		hidden: entry.visibility !== 'list',
		known: true,
		upgrade: successor === null ? null : { model: successor, markdown: textOf(upgrade.migration_markdown) ?? '' },
		announcement: textOf(recordOf(entry.availability_nux).message),
		supportsPersonality: isRecord(recordOf(entry.model_messages).instructions_variables),
		speedTiers: Array.isArray(entry.additional_speed_tiers) ? entry.additional_speed_tiers.filter((tier) => typeof tier === 'string') : [],
	};
}

function positive(value: unknown): number | null {
	const number = numberOf(value);
	return number !== null && number > 0 ? number : null;
}

function oneOf<Name extends string>(names: readonly Name[], value: unknown): Name | null {
	return names.find((name) => name === value) ?? null;
}
