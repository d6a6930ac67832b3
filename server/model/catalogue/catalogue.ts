import type { ModelInfo, ReasoningEffort } from '../../items/modelInfo.ts';
import { demoProviderId } from '../provider.ts';

/** Of a million tokens. */
export interface ModelPrice {
	readonly input: number;
	readonly output: number;
	/** Null: cached input costs what other input does. */
	readonly cachedInput: number | null;
	/** ISO 4217. */
	readonly currency: string;
}

/** A model of a list, with what only a picker shows. */
export interface CatalogueModel extends ModelInfo {
	/** The model that takes its place, and why, as Markdown. */
	readonly upgrade: { readonly model: string; readonly markdown: string } | null;
	readonly announcement: string | null;
	readonly supportsPersonality: boolean;
	readonly speedTiers: readonly string[];
	/** The tier that clients choose when a person has not; absent where it is the usual one. */
	readonly defaultServiceTier?: string;
	/** As its provider says; absent where it does not. */
	readonly price?: ModelPrice;
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

/** What the models since 5.6 have in common; those of 6.1 and later have a larger window. */
const today = {
	...family,
	maxContextWindow: 872_000,
	supportedEfforts: efforts('low', 'medium', 'high', 'xhigh', 'max', 'ultra'),
	supportsPersonality: false,
	speedTiers: ['fast'],
} as const satisfies Partial<CatalogueModel>;
/** `ultra` is no word of the provider's. */
const strongest = { ...today, ultraEffort: 'xhigh' } as const satisfies Partial<CatalogueModel>;
const small = efforts('low', 'medium', 'high', 'xhigh', 'max');
const LARGE_WINDOW = 500_000;

const follows = (model: string) => ({ model, markdown: `**${model}** follows this model and takes the same settings.` });

const openaiModels: readonly CatalogueModel[] = [
	{
		...strongest,
		slug: 'gpt-6.2-sol',
		displayName: 'GPT-6.2-Sol',
		description: 'Quick and strong, for coding and everyday work.',
		contextWindow: LARGE_WINDOW,
		defaultEffort: 'low',
		isDefault: true,
	},
	{
		...strongest,
		slug: 'gpt-6.2-astra',
		displayName: 'GPT-6.2-Astra',
		description: 'The strongest model, for involved coding and professional work.',
		defaultEffort: 'low',
	},
	{
		...strongest,
		slug: 'gpt-6.1-terra',
		displayName: 'GPT-6.1 Terra',
		description: 'Economical, and good at pictures and at using a computer.',
		contextWindow: LARGE_WINDOW,
		defaultEffort: 'low',
	},
	{
		...strongest,
		slug: 'gpt-6.1-sol',
		displayName: 'GPT-6.1-Sol',
		description: 'The Sol before the newest one.',
		contextWindow: LARGE_WINDOW,
		defaultEffort: 'low',
	},
	{ ...strongest, slug: 'gpt-6-astra', displayName: 'GPT-6-Astra', description: 'The Astra before the newest one.', defaultEffort: 'low' },
	{
		...today,
		slug: 'gpt-6-sol',
		displayName: 'GPT-6-Sol',
		description: 'An older model for coding and everyday work.',
		defaultServiceTier: 'priority',
	},
	{
		...today,
		slug: 'gpt-6-luna',
		displayName: 'GPT-6-Luna',
		description: 'Quick and cheap, for easy tasks.',
		supportedEfforts: small,
		defaultServiceTier: 'priority',
	},
	{
		...today,
		slug: 'gpt-5.6-sol',
		displayName: 'GPT-5.6-Sol',
		description: 'An older model for coding and everyday work.',
		defaultEffort: 'low',
		upgrade: follows('gpt-6-sol'),
	},
	{
		...today,
		slug: 'gpt-5.6-terra',
		displayName: 'GPT-5.6-Terra',
		description: 'An older model between quick and strong.',
		upgrade: follows('gpt-6-sol'),
	},
	{
		...today,
		slug: 'gpt-5.6-luna',
		displayName: 'GPT-5.6-Luna',
		description: 'An older, quick model for easy tasks.',
		supportedEfforts: small,
		upgrade: follows('gpt-6-luna'),
	},
	{
		...family,
		slug: 'gpt-5.5',
		displayName: 'GPT-5.5',
		description: 'An older model for coding.',
		upgrade: follows('gpt-6-sol'),
		speedTiers: ['fast'],
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
	{
		...today,
		slug: 'codex-auto-review',
		displayName: 'Codex Auto Review',
		description: 'Judges approval requests.',
		supportedEfforts: small,
		hidden: true,
	},
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
			return bundledModels(providerId).find((model) => model.isDefault)?.slug ?? 'gpt-6.2-sol';
	}
}

const everyModel: ReadonlyMap<string, CatalogueModel> = new Map([...openaiModels, ...demoModels].map((model) => [model.slug, model]));

/** Tokens that a model is taken to hold of which nothing is known. */
const ASSUMED_CONTEXT_WINDOW = 128_000;

/** Models whose names say that they take audio: of OpenAI, Google, Mistral, Alibaba and others. */
const HEARS = /\baudio\b|\bgemini-|\bvoxtral\b|\bomni\b|\bultravox\b/i;

/** The model with this name, or with the longest beginning of it that ends before a hyphen. */
function namedModel(slug: string): CatalogueModel | undefined {
	for (let name = slug; name !== ''; name = name.slice(0, Math.max(0, name.lastIndexOf('-')))) {
		const found = everyModel.get(name);
		if (found) return found;
	}
	return undefined;
}

/**
 * What is known of a model. A dated name (`gpt-5.4-2026-03-05`), one with a maker in front (`openai/gpt-5.4`) and a variant
 * (`gpt-5.2-codex`) are the model that they name; for any other the values are those that every server understands: no reasoning settings, plain function tools, one
 * call at a time, and a window that most models have by now, so that a long thread is compacted before it is refused.
 */
export function modelInfo(slug: string): ModelInfo {
	const found = everyModel.get(slug) ?? namedModel(slug.replace(/^[\w.-]+\//, ''));
	if (found) return found.slug === slug ? found : { ...found, slug, isDefault: false };
	return {
		slug,
		displayName: slug,
		description: '',
		contextWindow: ASSUMED_CONTEXT_WINDOW,
		isWindowAssumed: true,
		maxContextWindow: null,
		effectiveContextWindowPercent: 95,
		supportedEfforts: [],
		defaultEffort: null,
		defaultVerbosity: null,
		supportsParallelToolCalls: false,
		inputModalities: HEARS.test(slug) ? ['text', 'image', 'audio'] : ['text', 'image'],
		applyPatchTool: 'function',
		toolOutputTokens: 10_000,
		preferWebsockets: false,
		hidden: false,
		isDefault: false,
		known: false,
	};
}

/** How an effort is asked for: providers do not know `ultra`, which is this side's word for the most that a model can. */
export function effortToSend(
	{ supportedEfforts, ultraEffort }: Pick<ModelInfo, 'supportedEfforts' | 'ultraEffort'>,
	effort: ReasoningEffort,
): ReasoningEffort {
	if (effort !== 'ultra') return effort;
	return ultraEffort ?? supportedEfforts.findLast((each) => each.effort !== 'ultra')?.effort ?? effort;
}
