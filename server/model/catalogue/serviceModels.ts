import { isRecord, recordOf, textOf } from '../http/jsonRecord.ts';
import type { ClientModelInfo } from '../client/languageModels.ts';
import type { Provider } from '../provider.ts';

/**
 * The list of models of a provider in the form that `readRemoteModels` takes. Those of Anthropic and Gemini name their models with what
 * we have to know of them; of all others the answer is taken as it is.
 */
export function listedModels(wireApi: Provider['wireApi'], body: unknown): unknown {
	if (!isRecord(body)) return body;
	switch (wireApi) {
		case 'anthropic':
			return described(body.data, (entry) => ({
				slug: textOf(entry.id),
				display_name: entry.display_name,
				context_window: entry.max_input_tokens ?? 200_000,
			}));
		case 'gemini':
			return described(body.models, (entry) => {
				const methods: unknown = entry.supportedGenerationMethods;
				const answers = !Array.isArray(methods) || methods.includes('generateContent');
				return {
					slug: answers ? (textOf(entry.name)?.replace(/^models\//, '') ?? null) : null,
					display_name: entry.displayName,
					description: entry.description,
					context_window: entry.inputTokenLimit,
				};
			});
		case 'responses':
		case 'chat':
		case 'client':
			return body;
		default:
			return wireApi satisfies never;
	}
}

/** The models of clients in the same form. */
export function clientModels(models: readonly ClientModelInfo[]): unknown {
	return {
		models: models.map(({ id, name, vendor, maxInputTokens, supportsTools, supportsImages }) => ({
			slug: id,
			display_name: name,
			description: `Served by VS Code (${vendor}).`,
			context_window: maxInputTokens,
			visibility: 'list',
			supports_parallel_tool_calls: supportsTools,
			supports_tools: supportsTools,
			input_modalities: supportsImages ? ['text', 'image'] : ['text'],
		})),
	};
}

type Entry = Readonly<Record<string, unknown>>;

function described(list: unknown, describe: (entry: Entry) => Entry & { readonly slug: string | null }): unknown {
	if (!Array.isArray(list)) return { data: [] };
	const models = list
		.map((entry: unknown) => describe(recordOf(entry)))
		.filter(({ slug }) => slug !== null && !/embed|imagen|veo|aqa|tts/i.test(slug))
		.map((model) => ({
			...model,
			visibility: 'list',
			supports_parallel_tool_calls: true,
			input_modalities: ['text', 'image', 'audio'],
			supported_reasoning_levels: ['low', 'medium', 'high'],
		}));
	return models.length > 0 ? { models } : { data: [] };
}
