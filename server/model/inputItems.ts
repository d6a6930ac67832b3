import type { TurnInput } from '../turn/input.ts';
import type { ContentPart } from './responseItem.ts';

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
		const type = imageType(bytes);
		if (!type) return { problem: `The image at \`${path}\` could not be attached: it is not a PNG, JPEG, GIF or WebP picture.` };
		return { url: `data:${type};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}` };
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

/** By the first bytes, whatever the name says. */
function imageType(bytes: Uint8Array): string | null {
	const starts = (text: string, at = 0) => [...text].every((character, i) => bytes[at + i] === character.charCodeAt(0));
	if (starts('\x89PNG\r\n\x1a\n')) return 'image/png';
	if (starts('\xff\xd8\xff')) return 'image/jpeg';
	if (starts('GIF87a') || starts('GIF89a')) return 'image/gif';
	if (starts('RIFF') && starts('WEBP', 8)) return 'image/webp';
	return null;
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
			case 'image':
				content.push(...taggedImage('<image>', part.url));
				break;
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
