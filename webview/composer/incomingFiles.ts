/** What is pasted or dropped: pictures become attachments here, other files are read as text or asked of the host. */
import type { Attachment } from '../channel/attachment.ts';
import { strings } from '../strings.ts';
import { imageTokens, textTokens } from '../text/tokens.ts';

/** The longer side of a picture in pixels; models see no more. */
const MAX_SIDE = 1568;
/** Bytes of a picture that is sent as it is. */
const MAX_BYTES = 1_000_000;
const sentAsIs: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Characters of a dropped text that go along. */
const MAX_CHARACTERS = 16_000;

/** Rejects with words for a person when it can be neither seen nor read. */
export async function attachmentOfFile(file: File): Promise<Attachment> {
	return file.type.startsWith('image/') ? imageAttachment(file) : textAttachment(file);
}

async function imageAttachment(file: File): Promise<Attachment> {
	const bitmap = await createImageBitmap(file).catch(() => null);
	if (bitmap === null) {
		throw new Error(strings.imageUnreadable(file.name));
	}
	const scale = Math.min(1, MAX_SIDE / Math.max(bitmap.width, bitmap.height));
	const width = Math.max(1, Math.round(bitmap.width * scale));
	const height = Math.max(1, Math.round(bitmap.height * scale));
	const small = scale === 1 && file.size <= MAX_BYTES && sentAsIs.has(file.type);
	const content = await dataUrl(small ? file : await drawSmaller(bitmap, { width, height }));
	bitmap.close();
	return { kind: 'image', label: file.name || strings.image, content, tokens: imageTokens(width, height), cut: false };
}

/** As PNG, which keeps letters sharp; as JPEG when that is too large. */
async function drawSmaller(bitmap: ImageBitmap, { width, height }: { readonly width: number; readonly height: number }): Promise<Blob> {
	const canvas = new OffscreenCanvas(width, height);
	const context = canvas.getContext('2d');
	if (context === null) {
		throw new Error(strings.imageUnreadable(''));
	}
	context.drawImage(bitmap, 0, 0, width, height);
	const png = await canvas.convertToBlob({ type: 'image/png' });
	return png.size <= MAX_BYTES ? png : canvas.convertToBlob({ type: 'image/jpeg', quality: 0.85 });
}

function dataUrl(blob: Blob): Promise<string> {
	return new Promise((resolve, reject) => {
		const reader = new FileReader();
		reader.onload = () => (typeof reader.result === 'string' ? resolve(reader.result) : reject(new Error(strings.imageUnreadable(''))));
		reader.onerror = () => reject(new Error(strings.imageUnreadable('')));
		reader.readAsDataURL(blob);
	});
}

async function textAttachment(file: File): Promise<Attachment> {
	// Four bytes a character at most: no more of a large file is read.
	const text = await file.slice(0, MAX_CHARACTERS * 4).text();
	if (text.includes('\0')) {
		throw new Error(strings.fileNotText(file.name));
	}
	const content = text.slice(0, MAX_CHARACTERS);
	return {
		kind: 'file',
		label: file.name,
		content,
		tokens: textTokens(content),
		cut: content.length < text.length || file.size > MAX_CHARACTERS * 4,
	};
}
