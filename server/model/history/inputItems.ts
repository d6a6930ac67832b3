import type { GuardedRead, ReadGuard } from '../../files/guardedFile.ts';
import type { TurnInput } from '../../items/input.ts';
import { fitImage } from './fitImage.ts';
import type { ContentPart } from '../../items/responseItem.ts';

/** The little of the file system that images need. Never rejects. */
export interface ImageFiles {
	read(path: string, guard: ReadGuard): Promise<GuardedRead>;
}

/** Larger files are refused: the request would be too large for the provider. */
export const MAX_IMAGE_BYTES = 20 * 1024 * 1024;

export type LocalImage = { readonly url: string } | { readonly problem: string };

/** A local picture as a data URL, or why it cannot be shown to the model, in a sentence. */
async function localImage(path: string, files: ImageFiles): Promise<LocalImage> {
	const read = await files.read(path, { maxBytes: MAX_IMAGE_BYTES });
	const notAttached = (why: string) => ({ problem: `The image at \`${path}\` could not be attached: ${why}.` });
	if (read.type === 'missing') return notAttached('there is no such file');
	if (read.type === 'refused')
		return notAttached(read.why === 'size' ? `it is larger than the limit of ${megabytes(MAX_IMAGE_BYTES)} MB` : read.reason);
	const fitted = await fitImage(read.bytes);
	return 'url' in fitted ? fitted : notAttached(fitted.problem);
}

function megabytes(bytes: number): string {
	return (bytes / (1024 * 1024)).toFixed(bytes % (1024 * 1024) === 0 ? 0 : 1);
}

/** A pasted picture, which is a data URL, or an address, which goes on as it is. */
async function linkedImage(url: string): Promise<LocalImage> {
	if (!/^data:/i.test(url)) {
		return /^https?:\/\//i.test(url) ? { url } : { problem: 'An image could not be attached: its address is neither a web address nor a data URL.' };
	}
	const found = /^data:[^,;]*(?:;[^,;]*)*;base64,/i.exec(url);
	if (!found) return { problem: 'The pasted image could not be attached: its data URL is not base64.' };
	const bytes = Buffer.from(url.slice(found[0].length), 'base64');
	if (bytes.byteLength > MAX_IMAGE_BYTES) {
		return {
			problem: `The pasted image could not be attached: it has ${megabytes(bytes.byteLength)} MB and the limit is ${megabytes(MAX_IMAGE_BYTES)} MB.`,
		};
	}
	const fitted = await fitImage(bytes);
	return 'url' in fitted ? fitted : { problem: `The pasted image could not be attached: ${fitted.problem}.` };
}

/**
 * What a person sent as the content of a user message, in the same order. A picture stands between tags, a local one with a number
 * to speak of; one that cannot be read becomes a sentence that says so, for the model to pass on.
 */
export async function inputContent(input: readonly TurnInput[], files: ImageFiles): Promise<readonly ContentPart[]> {
	const content: ContentPart[] = [];
	let images = 0;
	for (const part of input) {
		switch (part.type) {
			case 'text':
				content.push({ type: 'input_text', text: part.text });
				break;
			case 'image': {
				const image = await linkedImage(part.url);
				content.push(...('url' in image ? taggedImage('<image>', image.url) : [{ type: 'input_text' as const, text: image.problem }]));
				break;
			}
			case 'localImage': {
				const image = await localImage(part.path, files);
				images += 1;
				if ('url' in image) content.push(...taggedImage(`<image name=[Image #${images}]>`, image.url));
				else content.push({ type: 'input_text', text: image.problem });
				break;
			}
			case 'skill':
			case 'mention':
				// The text that goes with them names them; what they add to a turn is not part of the message.
				break;
		}
	}
	return content;
}

function taggedImage(tag: string, url: string): readonly ContentPart[] {
	return [
		{ type: 'input_text', text: tag },
		{ type: 'input_image', image_url: url, detail: 'high' },
		{ type: 'input_text', text: '</image>' },
	];
}
