import type { ImageGenerationItem } from './item.ts';
import type { ResponseItem } from './responseItem.ts';

const text = (value: unknown) => (typeof value === 'string' ? value : null);

/** The provider's id of a picture that it made; null for any other item. Empty when it gave none. */
export function imageCallId(item: ResponseItem): string | null {
	return item.type === 'opaque' && item.raw.type === 'image_generation_call' ? (text(item.raw.id) ?? '') : null;
}

/** A picture as people see it, before it is saved; null for any other item. */
export function generatedImage(item: ResponseItem, id: string): ImageGenerationItem | null {
	if (item.type !== 'opaque' || item.raw.type !== 'image_generation_call') return null;
	const { status, revised_prompt: prompt, result } = item.raw;
	return { type: 'imageGeneration', id, status: text(status) ?? '', revisedPrompt: text(prompt), result: text(result) ?? '', savedPath: null };
}
