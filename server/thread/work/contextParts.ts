import { isContextText, isSummary } from '../../instructions/compaction.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import { itemTokens, textTokens } from '../../model/catalogue/tokenEstimate.ts';

/** What a request to the model is made of. `other`: what was counted and is in none of the rest, such as the definitions of the tools. */
export type ContextKind = 'instructions' | 'summary' | 'userMessages' | 'answers' | 'reasoning' | 'toolCalls' | 'toolOutput' | 'other';

export interface ContextUse {
	/** Of the next request: what the provider counted last, and an estimate of what came since. */
	readonly tokens: number;
	/** Estimates; together they are `tokens`. */
	readonly parts: readonly { readonly kind: ContextKind; readonly tokens: number }[];
}

/** What fills the context of a thread. The provider counts a whole only, so that the parts are estimates which are made to fit it. */
export function contextUse(items: readonly ResponseItem[], { instructions, tokens }: { instructions: string; tokens: number }): ContextUse {
	const sums = new Map<ContextKind, number>([['instructions', textTokens(instructions)]]);
	for (const item of items) {
		const kind = kindOf(item);
		sums.set(kind, (sums.get(kind) ?? 0) + itemTokens(item));
	}
	const estimated = [...sums.values()].reduce((sum, part) => sum + part, 0);
	const scale = estimated > tokens && estimated > 0 ? tokens / estimated : 1;
	const parts = [...sums].map(([kind, part]) => ({ kind, tokens: Math.round(part * scale) })).filter((part) => part.tokens > 0);
	const rest = tokens - parts.reduce((sum, part) => sum + part.tokens, 0);
	return { tokens, parts: rest > 0 ? [...parts, { kind: 'other', tokens: rest }] : parts };
}

function kindOf(item: ResponseItem): ContextKind {
	switch (item.type) {
		case 'message': {
			if (item.role === 'assistant') return 'answers';
			if (item.role !== 'user') return 'instructions';
			const first = item.content[0];
			const text = first?.type === 'input_text' ? first.text : '';
			if (isSummary(text)) return 'summary';
			return isContextText(text) ? 'instructions' : 'userMessages';
		}
		case 'reasoning':
			return 'reasoning';
		case 'function_call':
		case 'custom_tool_call':
		case 'web_search_call':
		case 'tool_search_call':
			return 'toolCalls';
		case 'function_call_output':
		case 'custom_tool_call_output':
		case 'tool_search_output':
			return 'toolOutput';
		case 'opaque':
			return 'other';
		default:
			return item satisfies never;
	}
}
