import type { Dialect } from '../dialogue/dialogueClient.ts';
import type { Provider } from '../provider.ts';
import { messagesBody, type Thinking } from './messagesBody.ts';
import { MessagesEventReader } from './messagesEvents.ts';

/** Needed with each request. */
export const ANTHROPIC_VERSION = { 'anthropic-version': '2023-06-01' } as const;
const MOST_OUTPUT_TOKENS = 32_000;

/** The Messages API of Anthropic (https://docs.anthropic.com/en/api/messages), and of what is compatible with it. */
export function anthropicDialect(provider: Provider): Dialect {
	let thinking: Thinking = 'budget';
	let maxTokens = MOST_OUTPUT_TOKENS;
	let caches = true;
	const isItself = /api\.anthropic\.com/.test(provider.baseUrl ?? '');
	return {
		path: () => '/messages',
		headers: () => ({ ...ANTHROPIC_VERSION, ...(isItself ? { 'anthropic-beta': 'interleaved-thinking-2025-05-14' } : {}) }),
		body: (request, tools) => messagesBody(request, { provider: provider.id, tools, thinking, maxTokens, caches }),
		reader: (options) => new MessagesEventReader(options),
		learn: ({ kind, message }) => {
			if (kind !== 'badRequest') return false;
			const most =
				/max_tokens: \d+ > (\d+)/.exec(message)?.[1] ?? /max_tokens.*?(?:at most|maximum(?: of)?|less than or equal to) (\d+)/i.exec(message)?.[1];
			if (most !== undefined && Number(most) < maxTokens && Number(most) > 0) {
				maxTokens = Number(most);
				return true;
			}
			if (thinking === 'budget' && /adaptive/i.test(message)) {
				thinking = 'adaptive';
				return true;
			}
			if (thinking !== 'none' && /thinking|output_config|effort/i.test(message)) {
				thinking = 'none';
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
