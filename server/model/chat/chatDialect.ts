import type { Dialect } from '../dialogue/dialogueClient.ts';
import type { Provider } from '../provider.ts';
import { chatBody, type Refused } from './chatBody.ts';
import { ChatEventReader } from './chatEvents.ts';
import { chatTraits } from './chatTraits.ts';

/** What a refusal is about, by the words in it. */
const REFUSALS: readonly (readonly [Refused, RegExp])[] = [
	['usage', /stream_options|include_usage/i],
	[
		'effort',
		/reasoning[_. ]?effort|`?reasoning`?\b.*(?:not support|unsupported|unknown|unrecognized|not permitted|extra)|does not support (?:thinking|reasoning)|thinking is not supported/i,
	],
	['parallel', /parallel_tool_calls/i],
	['schema', /response_format|json_schema/i],
	['thoughts', /reasoning_content|reasoning_details|'reasoning'|"reasoning"|thinking/i],
];
/** The server could not read the call that its own model wrote: another try may be better. */
const FAILED_GENERATION = /tool_use_failed|failed_generation|failed to (?:call a function|parse tool call)|tool call validation failed/i;
const GENERATIONS = 3;

/** Chat Completions (https://platform.openai.com/docs/api-reference/chat), for servers that have nothing else. */
export function chatDialect(provider: Provider): Dialect {
	const refused = new Set<Refused>();
	let generations = 1;
	return {
		path: () => '/chat/completions',
		headers: () => ({}),
		body: (request, tools) => chatBody(request, { provider: provider.id, traits: chatTraits(provider, request.model), refused, tools }),
		reader: (options) => new ChatEventReader(options),
		learn: ({ kind, message, httpStatusCode }, attempt) => {
			if (attempt === 1) generations = 1;
			if (FAILED_GENERATION.test(message)) return generations++ < GENERATIONS;
			if (kind !== 'badRequest' && httpStatusCode !== 422) return false;
			const found = REFUSALS.find(([what, words]) => !refused.has(what) && words.test(message));
			if (found) refused.add(found[0]);
			return found !== undefined;
		},
	};
}
