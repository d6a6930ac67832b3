import type { TurnInput } from '../items/input.ts';
import { fitImage } from './fitImage.ts';
import type { ContentPart } from '../items/responseItem.ts';

/** The little of the file system that images need. */
export interface ImageFiles {
	stat(path: string): Promise<{ readonly size: number; isFile(): boolean }>;
	readFile(path: string): Promise<Uint8Array>;
}

/** Larger files are refused: the request would be too large for the provider. */
export const maxImageBytes = 20 * 1024 * 1024;

export type LocalImage = { readonly url: string } | { readonly problem: string };

/** A local picture as a data URL, or why it cannot be shown to the model, in a sentence. */
export async function localImage(path: string, files: ImageFiles): Promise<LocalImage> {
	try {
		const { size, ...rest } = await statOf(path, files);
		if (!rest.isFile) return { problem: `The image at \`${path}\` could not be attached: it is not a file.` };
		if (size > maxImageBytes) {
			return {
				problem: `The image at \`${path}\` could not be attached: it has ${megabytes(size)} MB and the limit is ${megabytes(maxImageBytes)} MB.`,
			};
		}
		const bytes = await files.readFile(path);
		const fitted = await fitImage(bytes);
		return 'url' in fitted ? fitted : { problem: `The image at \`${path}\` could not be attached: ${fitted.problem}.` };
	} catch (error) {
		return { problem: `The image at \`${path}\` could not be attached: ${failure(error)}.` };
	}
}

async function statOf(path: string, files: ImageFiles) {
	const stat = await files.stat(path);
	return { size: stat.size, isFile: stat.isFile() };
}

function failure(error: unknown): string {
	const code = error instanceof Error && 'code' in error ? error.code : null;
	switch (code) {
		case 'ENOENT':
		case 'ENOTDIR':
			return 'there is no such file';
		case 'EACCES':
		case 'EPERM':
			return 'permission to read it was denied';
		default:
			return `it could not be read (${typeof code === 'string' ? code : String(error)})`;
	}
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
	if (bytes.byteLength > maxImageBytes) {
		return {
			problem: `The pasted image could not be attached: it has ${megabytes(bytes.byteLength)} MB and the limit is ${megabytes(maxImageBytes)} MB.`,
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
