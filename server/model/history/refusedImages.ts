import { ModelError, type ModelEvent, type ModelRequest } from '../model.ts';
import type { ContentPart, ResponseItem } from '../../items/responseItem.ts';

const refusedNote = 'A picture stood here. The provider could not process it (its format or its content is not supported), so it was left out.';
const blindNote = 'A picture stood here. This model cannot see pictures, so it was left out; say so if it matters.';

/**
 * Pictures that a provider refused. They stay in the history, where each further request would fail over them; from then on a sentence
 * takes their place. One per client.
 */
export class RefusedImages {
	private readonly refused = new Set<string>();
	private readonly accepted = new Set<string>();

	/** Samples; when the answer is that a picture is not accepted, samples once more without pictures and tells so. */
	async *around(request: ModelRequest, sample: (request: ModelRequest) => AsyncIterable<ModelEvent>): AsyncGenerator<ModelEvent, void, void> {
		const prepared =
			this.refused.size === 0 ? request : { ...request, input: replaceImages(request.input, (url) => this.refused.has(url), refusedNote) };
		const urls = imageUrls(prepared.input);
		if (urls.length === 0) {
			yield* sample(prepared);
			return;
		}
		try {
			yield* sample(prepared);
			for (const url of urls) this.accepted.add(url);
			return;
		} catch (error) {
			if (!(error instanceof ModelError) || !refusesImages(error)) throw error;
			const fresh = urls.filter((url) => !this.accepted.has(url));
			for (const url of fresh.length > 0 ? fresh : urls) this.refused.add(url);
			yield { type: 'warning', message: `The provider did not accept a picture, so the model does not see it. ${error.message}` };
		}
		yield* sample({ ...prepared, input: replaceImages(prepared.input, (url) => this.refused.has(url), refusedNote) });
	}
}

/** The items for a model that takes text only: each picture is replaced by a sentence. */
export function withoutImages(items: readonly ResponseItem[]): readonly ResponseItem[] {
	return imageUrls(items).length === 0 ? items : replaceImages(items, () => true, blindNote);
}

function refusesImages(error: ModelError): boolean {
	const status = error.httpStatusCode;
	return (
		error.kind !== 'contextWindowExceeded' &&
		status !== null &&
		status >= 400 &&
		status < 600 &&
		/\bimages?\b|image_url|vision|multimodal|mmproj/i.test(error.message)
	);
}

function parts(item: ResponseItem): readonly ContentPart[] {
	if (item.type === 'message') return item.content;
	if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') return [];
	return typeof item.output === 'string' ? [] : item.output;
}

function imageUrls(items: readonly ResponseItem[]): readonly string[] {
	return items.flatMap((item) => parts(item).flatMap((part) => (part.type === 'input_image' ? [part.image_url] : [])));
}

function replaceImages(items: readonly ResponseItem[], left: (url: string) => boolean, note: string): readonly ResponseItem[] {
	const replace = (content: readonly ContentPart[]) =>
		content.map((part): ContentPart => (part.type === 'input_image' && left(part.image_url) ? { type: 'input_text', text: note } : part));
	return items.map((item) => {
		if (!parts(item).some((part) => part.type === 'input_image' && left(part.image_url))) return item;
		if (item.type === 'message') return { ...item, content: replace(item.content) };
		if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') return item;
		return typeof item.output === 'string' ? item : { ...item, output: replace(item.output) };
	});
}
