import type { ResponseItem } from '../../items/responseItem.ts';
import { ModelError, type ModelRequest } from '../model.ts';

/**
 * Sealed thoughts and summaries that a provider cannot open: another one sealed them, another account, or one of its own keys is gone.
 * They stay in the history, where each further request would fail over them; from then on they are left out. One per client.
 */
export class RefusedReasoning {
	readonly #refused = new Set<string>();

	/** The request without what was refused before. */
	without(request: ModelRequest): ModelRequest {
		if (this.#refused.size === 0) return request;
		return { ...request, input: request.input.filter((item) => !this.#refused.has(sealed(item) ?? '')) };
	}

	/** Whether the request can be tried once more, without what this refusal is about: thoughts first, the summary only when none are left. */
	learn(request: ModelRequest, error: unknown): boolean {
		if (!(error instanceof ModelError) || !refusesSealed(error)) return false;
		const found = this.without(request).input.flatMap((item) => {
			const text = sealed(item);
			return text === null ? [] : [{ text, isThought: item.type === 'reasoning' }];
		});
		const thoughts = found.filter(({ isThought }) => isThought);
		for (const { text } of thoughts.length > 0 ? thoughts : found) this.#refused.add(text);
		return found.length > 0;
	}
}

function sealed(item: ResponseItem): string | null {
	if (item.type === 'reasoning') return item.encrypted_content || null;
	if (item.type !== 'opaque' || !/^(?:context_)?compaction$/.test(String(item.raw.type))) return null;
	return typeof item.raw.encrypted_content === 'string' ? item.raw.encrypted_content : null;
}

function refusesSealed({ kind, message, httpStatusCode }: ModelError): boolean {
	if (kind === 'contextWindowExceeded' || httpStatusCode === 401) return false;
	return /invalid_encrypted_content|encrypted[_ ]content|encrypted (?:item|reasoning)|could not be (?:decrypted|verified)/i.test(message);
}
