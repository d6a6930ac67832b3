import { isRecord, type JsonRecord, numberOf, recordOf, textOf } from '../http/jsonRecord.ts';
import { type CatalogueModel, effortText, type ModelPrice } from './catalogue.ts';

export type ListedFacts = Partial<
	Pick<
		CatalogueModel,
		| 'displayName'
		| 'description'
		| 'contextWindow'
		| 'maxContextWindow'
		| 'isWindowAssumed'
		| 'supportedEfforts'
		| 'inputModalities'
		| 'supportsTools'
		| 'price'
	>
>;

const MILLION = 1_000_000;
/** What one token of the dearest model might cost, in dollars; more is a mistake, or another unit. */
const DEAREST = 1;

/**
 * What an entry of a list of models says beside the id. Each server has its own words for it: OpenRouter (`context_length`, `pricing`,
 * `supported_parameters`, `architecture`), Mistral (`max_context_length`, `capabilities`), Groq (`context_window`), vLLM
 * (`max_model_len`), llama.cpp (`meta`). What makes no sense counts as not said.
 */
export function listedFacts(entry: JsonRecord): ListedFacts {
	const name = sentence(entry.name);
	const description = sentence(entry.description);
	const window = windowOf(entry);
	const tools = toolsOf(entry);
	const inputModalities = modalitiesOf(entry);
	const price = priceOf(recordOf(entry.pricing));
	return {
		...(name === null || textOf(entry.id) === null ? {} : { displayName: name }),
		...(description === null ? {} : { description }),
		...(window === null ? {} : { contextWindow: window, maxContextWindow: window, isWindowAssumed: false }),
		...(thinks(entry)
			? { supportedEfforts: (['low', 'medium', 'high'] as const).map((effort) => ({ effort, description: effortText(effort) })) }
			: {}),
		...(inputModalities === null ? {} : { inputModalities }),
		...(tools === null ? {} : { supportsTools: tools }),
		...(price === null ? {} : { price }),
	};
}

/** Tokens. */
function windowOf(entry: JsonRecord): number | null {
	const { context_length, context_window, max_context_length, max_model_len, max_input_tokens } = entry;
	const said = [context_length, context_window, max_context_length, max_model_len, max_input_tokens, recordOf(entry.meta).n_ctx];
	const sizes = said.map(numberOf).filter((size) => size !== null && size >= 1);
	return sizes[0] == null ? null : Math.floor(sizes[0]);
}

function parameters(entry: JsonRecord): readonly unknown[] | null {
	return Array.isArray(entry.supported_parameters) && entry.supported_parameters.length > 0 ? entry.supported_parameters : null;
}

function toolsOf(entry: JsonRecord): boolean | null {
	const named = parameters(entry);
	if (named !== null) return named.includes('tools');
	const able = recordOf(entry.capabilities).function_calling;
	return typeof able === 'boolean' ? able : null;
}

function thinks(entry: JsonRecord): boolean {
	const named = parameters(entry);
	return named !== null && (named.includes('reasoning') || named.includes('reasoning_effort'));
}

function modalitiesOf(entry: JsonRecord): CatalogueModel['inputModalities'] | null {
	const listed: unknown = recordOf(entry.architecture).input_modalities ?? entry.input_modalities;
	if (Array.isArray(listed)) {
		const found = (['text', 'image', 'audio'] as const).filter((name) => listed.includes(name));
		return found.includes('text') ? found : null;
	}
	const { vision } = recordOf(entry.capabilities);
	return typeof vision === 'boolean' ? (vision ? ['text', 'image'] : ['text']) : null;
}

/** Dollars for one token, as numbers or as text. Free is a price; less than nothing stands for one that changes. */
function priceOf(pricing: JsonRecord): ModelPrice | null {
	const input = millionTokens(pricing.prompt);
	const output = millionTokens(pricing.completion);
	if (input === null || output === null) return null;
	return { input, output, cachedInput: millionTokens(pricing.input_cache_read), currency: 'USD' };
}

function millionTokens(value: unknown): number | null {
	const amount = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
	const number = numberOf(amount);
	// Rounded, because a small number times a million ends in noise.
	return number === null || number < 0 || number > DEAREST ? null : Number((number * MILLION).toPrecision(6));
}

/** The first line of a text, as much as a row of a list has room for. */
function sentence(value: unknown): string | null {
	const line = textOf(value)?.trim().split('\n')[0]?.trim() ?? '';
	if (line === '') return null;
	return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

/** Each id once, without models that only turn texts into numbers. */
export function listedEntries(list: readonly unknown[]): ReadonlyMap<string, JsonRecord> {
	const entries = list.filter(isRecord).map((entry) => [textOf(entry.id) ?? textOf(entry.name) ?? '', entry] as const);
	const found = new Map<string, JsonRecord>();
	for (const [id, entry] of entries) if (id.trim() !== '' && !/embed/i.test(id) && !found.has(id)) found.set(id, entry);
	return found;
}
