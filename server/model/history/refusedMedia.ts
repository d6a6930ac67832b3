import { ModelError, type ModelEvent, type ModelRequest } from '../model.ts';
import type { ModelInfo } from '../../items/modelInfo.ts';
import type { ContentPart, ResponseItem } from '../../items/responseItem.ts';
import { l10n, type L10nMessage } from '../../words/l10n.ts';

interface Medium {
	readonly modality: ModelInfo['inputModalities'][number];
	/** Says that a provider's refusal is about it. */
	readonly refusal: RegExp;
	readonly warning: L10nMessage;
	readonly refusedNote: string;
	/** For models that do not take it at all. */
	readonly missingNote: string;
}

const MEDIA: Readonly<Record<'input_image' | 'input_audio', Medium>> = {
	input_image: {
		modality: 'image',
		refusal: /\bimages?\b|image_url|vision|multimodal|mmproj/i,
		warning: l10n`The provider did not accept a picture, so the model does not see it.`,
		refusedNote: 'A picture stood here. The provider could not process it (its format or its content is not supported), so it was left out.',
		missingNote: 'A picture stood here. This model cannot see pictures, so it was left out; say so if it matters.',
	},
	input_audio: {
		modality: 'audio',
		refusal: /\baudio\b|input_audio|audio_url|multimodal|mmproj/i,
		warning: l10n`The provider did not accept a recording, so the model does not hear it.`,
		refusedNote: 'A recording stood here. The provider could not process it (its format or its content is not supported), so it was left out.',
		missingNote: 'A recording stood here. This model cannot hear recordings, so it was left out; say so if it matters.',
	},
};
type MediaPart = Extract<ContentPart, { type: keyof typeof MEDIA }>;

/**
 * Pictures and recordings that a provider refused. They stay in the history, where each further request would fail over them; from then
 * on a sentence takes their place. One per client.
 */
export class RefusedMedia {
	readonly #refused = new Set<string>();
	readonly #accepted = new Set<string>();

	/** Samples; when the answer is that a picture or recording is not accepted, samples once more without them and tells so. */
	async *around(request: ModelRequest, sample: (request: ModelRequest) => AsyncIterable<ModelEvent>): AsyncGenerator<ModelEvent, void, void> {
		const left = (part: MediaPart) => this.#refused.has(urlOf(part));
		const withNotes = (input: readonly ResponseItem[]) => replaceMedia(input, left, (part) => MEDIA[part.type].refusedNote);
		const prepared = this.#refused.size === 0 ? request : { ...request, input: withNotes(request.input) };
		const media = mediaOf(prepared.input);
		if (media.length === 0) {
			yield* sample(prepared);
			return;
		}
		try {
			yield* sample(prepared);
			for (const part of media) this.#accepted.add(urlOf(part));
			return;
		} catch (error) {
			const about = error instanceof ModelError ? media.filter(({ type }) => refuses(error, MEDIA[type])) : [];
			if (about.length === 0) throw error;
			const fresh = about.filter((part) => !this.#accepted.has(urlOf(part)));
			for (const part of fresh.length > 0 ? fresh : about) this.#refused.add(urlOf(part));
			const reason = error instanceof Error ? error.message : '';
			for (const type of new Set(about.map((part) => part.type)))
				yield { type: 'warning', message: { message: '{0} {1}', args: [MEDIA[type].warning, reason] } };
		}
		yield* sample({ ...prepared, input: withNotes(prepared.input) });
	}
}

/** The items for a model: a sentence takes the place of each picture and recording that it does not take. */
export function takenBy({ inputModalities }: Pick<ModelInfo, 'inputModalities'>, items: readonly ResponseItem[]): readonly ResponseItem[] {
	const isLeft = ({ type }: MediaPart) => !inputModalities.includes(MEDIA[type].modality);
	return mediaOf(items).some(isLeft) ? replaceMedia(items, isLeft, (part) => MEDIA[part.type].missingNote) : items;
}

function refuses(error: ModelError, { refusal }: Medium): boolean {
	const status = error.httpStatusCode;
	return error.kind !== 'contextWindowExceeded' && status !== null && status >= 400 && status < 600 && refusal.test(error.message);
}

function parts(item: ResponseItem): readonly ContentPart[] {
	if (item.type === 'message') return item.content;
	if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') return [];
	return typeof item.output === 'string' ? [] : item.output;
}

const isMedia = (part: ContentPart): part is MediaPart => part.type === 'input_image' || part.type === 'input_audio';
const urlOf = (part: MediaPart) => (part.type === 'input_image' ? part.image_url : part.audio_url);

function mediaOf(items: readonly ResponseItem[]): readonly MediaPart[] {
	return items.flatMap((item) => parts(item).filter(isMedia));
}

function replaceMedia(
	items: readonly ResponseItem[],
	isLeft: (part: MediaPart) => boolean,
	note: (part: MediaPart) => string,
): readonly ResponseItem[] {
	const replace = (content: readonly ContentPart[]) =>
		content.map((part): ContentPart => (isMedia(part) && isLeft(part) ? { type: 'input_text', text: note(part) } : part));
	return items.map((item) => {
		if (!parts(item).some((part) => isMedia(part) && isLeft(part))) return item;
		if (item.type === 'message') return { ...item, content: replace(item.content) };
		if (item.type !== 'function_call_output' && item.type !== 'custom_tool_call_output') return item;
		return typeof item.output === 'string' ? item : { ...item, output: replace(item.output) };
	});
}
