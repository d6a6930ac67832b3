import type { ModelInfo, ReasoningEffort } from '../items/modelInfo.ts';
import { demoProviderId } from './provider.ts';

/** A model of the bundled list, with what only a picker shows. */
export interface CatalogueModel extends ModelInfo {
	/** The model that takes its place, and why, as Markdown. */
	readonly upgrade: { readonly model: string; readonly markdown: string } | null;
	readonly announcement: string | null;
	readonly supportsPersonality: boolean;
	readonly speedTiers: readonly string[];
}

const effortTexts: ReadonlyMap<ReasoningEffort, string> = new Map(
	Object.entries({
		none: 'Answers without thinking first',
		minimal: 'Thinks as little as possible',
		low: 'Quick answers with little thinking, for small and clear tasks',
		medium: 'A balance of speed and care, for everyday work',
		high: 'Thinks longer, for involved problems',
		xhigh: 'Thinks very long, for hard problems',
		max: 'Thinks as long as the model can, for the hardest problems',
		ultra: 'Thinks as long as it can and tries several ways, for the hardest problems',
	}),
);

/** Empty for an effort that only its model knows. */
export function effortText(effort: ReasoningEffort): string {
	return effortTexts.get(effort) ?? '';
}

const efforts = (...names: readonly ReasoningEffort[]) => names.map((effort) => ({ effort, description: effortText(effort) }));

const family = {
	contextWindow: 272_000,
	maxContextWindow: 272_000,
	effectiveContextWindowPercent: 95,
	supportedEfforts: efforts('low', 'medium', 'high', 'xhigh'),
	defaultEffort: 'medium',
	defaultVerbosity: 'low',
	supportsSummaries: true,
	supportsParallelToolCalls: true,
	inputModalities: ['text', 'image'],
	applyPatchTool: 'freeform',
	toolOutputTokens: 10_000,
	preferWebsockets: true,
	hidden: false,
	isDefault: false,
	known: true,
	upgrade: null,
	announcement: null,
	supportsPersonality: true,
	speedTiers: [],
} as const satisfies Partial<CatalogueModel>;

const successor = { model: 'gpt-5.4', markdown: '**gpt-5.4** follows this model: it is stronger at long coding tasks and takes the same settings.' };

const openaiModels: readonly CatalogueModel[] = [
	{
		...family,
		slug: 'gpt-5.5',
		displayName: 'GPT-5.5',
		description: 'The strongest general model, for coding, research and other demanding work.',
		announcement: 'GPT-5.5 is available and is now the default model.',
		speedTiers: ['fast'],
		isDefault: true,
	},
	{
		...family,
		slug: 'gpt-5.4',
		displayName: 'gpt-5.4',
		description: 'A strong model for everyday coding.',
		maxContextWindow: 1_000_000,
		defaultEffort: 'xhigh',
		speedTiers: ['fast'],
	},
	{
		...family,
		slug: 'gpt-5.4-mini',
		displayName: 'GPT-5.4-Mini',
		description: 'Small, quick and cheap, for simple changes.',
		defaultVerbosity: 'medium',
	},
	{ ...family, slug: 'gpt-5.3-codex', displayName: 'gpt-5.3-codex', description: 'Trained for coding agents.', upgrade: successor },
	{
		...family,
		slug: 'gpt-5.2',
		displayName: 'gpt-5.2',
		description: 'An older model for long-running work.',
		upgrade: successor,
		supportsPersonality: false,
	},
	{ ...family, slug: 'codex-auto-review', displayName: 'Codex Auto Review', description: 'Judges approval requests.', hidden: true },
];

const demoModels: readonly CatalogueModel[] = [
	{
		...family,
		slug: 'demo',
		displayName: 'Demo',
		description: 'A script that runs offline, not an AI. Ask it for "help".',
		contextWindow: 32_000,
		maxContextWindow: 32_000,
		preferWebsockets: false,
		supportedEfforts: efforts('none'),
		defaultEffort: null,
		defaultVerbosity: null,
		supportsPersonality: false,
		isDefault: true,
	},
];

/** The models to choose from, best first. Providers other than our own and OpenAI's are asked for theirs, nothing is bundled. */
export function bundledModels(providerId: string): readonly CatalogueModel[] {
	return providerId === demoProviderId ? demoModels : openaiModels;
}

/** The model of a thread for which nobody chose one. */
export function defaultModel(providerId: string): string {
	switch (providerId) {
		case 'ollama':
			return 'gpt-oss:20b';
		case 'lmstudio':
			return 'openai/gpt-oss-20b';
		default:
			return bundledModels(providerId).find((model) => model.isDefault)?.slug ?? 'gpt-5.5';
	}
}

const everyModel: ReadonlyMap<string, CatalogueModel> = new Map([...openaiModels, ...demoModels].map((model) => [model.slug, model]));

/**
 * What is known of a model. A dated name (`gpt-5.4-2026-03-05`) and one with a maker in front (`openai/gpt-5.4`) are the model that
 * they name; for any other the values are those that every server understands: no reasoning settings, plain function tools, one
 * call at a time, and no context window, so that nobody compacts on a guess.
 */
export function modelInfo(slug: string): ModelInfo {
	const found = everyModel.get(slug) ?? everyModel.get(slug.replace(/^[\w.-]+\//, '').replace(/-\d{4}-\d{2}-\d{2}$/, ''));
	if (found) return found.slug === slug ? found : { ...found, slug, isDefault: false };
	return {
		slug,
		displayName: slug,
		description: '',
		contextWindow: null,
		maxContextWindow: null,
		effectiveContextWindowPercent: 95,
		supportedEfforts: [],
		defaultEffort: null,
		defaultVerbosity: null,
		supportsSummaries: false,
		supportsParallelToolCalls: false,
		inputModalities: ['text', 'image'],
		applyPatchTool: 'function',
		toolOutputTokens: 10_000,
		preferWebsockets: false,
		hidden: false,
		isDefault: false,
		known: false,
	};
}
