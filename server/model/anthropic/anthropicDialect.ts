import type { Dialect } from '../dialogue/dialogueClient.ts';
import type { Provider } from '../provider.ts';
import { messagesBody, type Thinking } from './messagesBody.ts';
import { MessagesEventReader } from './messagesEvents.ts';

/** Needed with each request. */
export const ANTHROPIC_VERSION = { 'anthropic-version': '2023-06-01' } as const;
/** Models that decide themselves how much they think: those of 4.6 and after. */
const DECIDES = /claude-(?:[a-z]+-)?(?:4-[6-9]|[5-9])/;
const MAX_OUTPUT_TOKENS = 32_000;

/** The Messages API of Anthropic (https://docs.anthropic.com/en/api/messages), and of what is compatible with it. */
export function anthropicDialect(provider: Provider): Dialect {
	/** What a refusal has told; before that the name of the model tells. */
	let learned: Thinking | null = null;
	let topEffort = 'max';
	let last: Thinking = 'budget';
	const thinkingNow = (model: string) => (last = learned ?? (DECIDES.test(model) ? 'adaptive' : 'budget'));
	let maxTokens = MAX_OUTPUT_TOKENS;
	let caches = true;
	const isItself = /api\.anthropic\.com/.test(provider.baseUrl ?? '');
	return {
		path: () => '/messages',
		headers: () => ({ ...ANTHROPIC_VERSION, ...(isItself ? { 'anthropic-beta': 'interleaved-thinking-2025-05-14' } : {}) }),
		body: (request, tools) =>
			messagesBody(request, { provider: provider.id, tools, thinking: thinkingNow(request.model), topEffort, maxTokens, caches }),
		reader: (options) => new MessagesEventReader(options),
		learn: ({ kind, message }) => {
			if (kind !== 'badRequest') return false;
			const most =
				/max_tokens: \d+ > (\d+)/.exec(message)?.[1] ?? /max_tokens.*?(?:at most|maximum(?: of)?|less than or equal to) (\d+)/i.exec(message)?.[1];
			if (most !== undefined && Number(most) < maxTokens && Number(most) > 0) {
				maxTokens = Number(most);
				return true;
			}
			if (topEffort === 'max' && /effort/i.test(message)) {
				topEffort = 'high';
				return true;
			}
			if (learned !== 'none' && /thinking|output_config|effort|adaptive/i.test(message)) {
				// Each model takes one of two ways to think, or none.
				learned = learned === null && last === 'budget' ? 'adaptive' : learned === null && last === 'adaptive' ? 'budget' : 'none';
				return true;
			}
			if (caches && /cache_control/i.test(message)) {
				caches = false;
				return true;
			}
			return false;
		},
	};
}
