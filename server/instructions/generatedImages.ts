import type { ResponseItem } from '../items/responseItem.ts';

/** Tells the model where a picture that it had made lies. `file`: absolute. */
export function generatedImagesItem(file: string): ResponseItem {
	const text = `The picture that you had made is saved as ${file}. Where it is needed elsewhere, copy it there, and leave this file as it is unless the user asks you to delete it.`;
	return { type: 'message', role: 'developer', content: [{ type: 'input_text', text }] };
}
