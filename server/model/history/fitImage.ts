import { imageSize } from 'image-size';

/** A picture that a model can be shown, or why it cannot be, as the end of a sentence ("it is not a picture ..."). */
export type FittedImage = { readonly url: string } | { readonly problem: string };

/** Longer sides are made smaller: providers would do it themselves, at the cost of the way there. */
const MAX_SIDE = 2048;
/** What may be sent as it is; beyond that, also a small picture is written anew as JPEG. */
const MAX_BYTES = 8 * 1024 * 1024;
/** Taking a picture apart needs four bytes a pixel, several times over. */
const MAX_PIXELS = 100_000_000;
const JPEG_QUALITY = 85;

const mediaTypes: Readonly<Record<string, string>> = { png: 'image/png', jpg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' };

/**
 * A picture as a data URL, made smaller when it is larger than models look at. With `original` it keeps its size. Never throws: what is
 * no picture, is damaged or cannot be made smaller is a problem to tell of.
 */
export async function fitImage(bytes: Uint8Array, { detail }: { readonly detail: 'high' | 'original' } = { detail: 'high' }): Promise<FittedImage> {
	let size: ReturnType<typeof imageSize>;
	try {
		size = imageSize(bytes);
	} catch {
		return { problem: 'it is not a PNG, JPEG, GIF or WebP picture' };
	}
	const mediaType = mediaTypes[size.type ?? ''];
	if (mediaType === undefined) return { problem: `pictures of type ${size.type ?? 'unknown'} are not supported; PNG, JPEG, GIF and WebP are` };
	if (!(size.width > 0 && size.height > 0)) return { problem: 'it has no pixels' };
	const tooLarge = Math.max(size.width, size.height) > MAX_SIDE && detail === 'high';
	if (!tooLarge && bytes.byteLength <= MAX_BYTES) return { url: dataUrl(mediaType, bytes) };
	if (size.width * size.height > MAX_PIXELS) return { problem: `it has ${size.width} x ${size.height} pixels, more than can be made smaller here` };
	try {
		return await made(bytes, { mediaType, scale: tooLarge ? MAX_SIDE / Math.max(size.width, size.height) : 1 });
	} catch {
		return { problem: 'it is damaged' };
	}
}

async function made(bytes: Uint8Array, { mediaType, scale }: { readonly mediaType: string; readonly scale: number }): Promise<FittedImage> {
	const photon = await import('@silvia-odwyer/photon-node');
	const image = photon.PhotonImage.new_from_byteslice(bytes);
	try {
		const side = (length: number) => Math.max(1, Math.round(length * scale));
		const smaller = scale < 1 ? photon.resize(image, side(image.get_width()), side(image.get_height()), photon.SamplingFilter.Triangle) : image;
		try {
			// What is sharp (a screenshot) stays so when that is small enough.
			const png = mediaType === 'image/jpeg' ? null : smaller.get_bytes();
			if (png && png.byteLength <= MAX_BYTES) return { url: dataUrl('image/png', png) };
			const jpeg = smaller.get_bytes_jpeg(JPEG_QUALITY);
			if (jpeg.byteLength <= MAX_BYTES) return { url: dataUrl('image/jpeg', jpeg) };
			return {
				problem: `it has ${(jpeg.byteLength / (1024 * 1024)).toFixed(1)} MB even when written anew, and ${MAX_BYTES / (1024 * 1024)} MB can be sent`,
			};
		} finally {
			if (smaller !== image) smaller.free();
		}
	} finally {
		image.free();
	}
}

function dataUrl(mediaType: string, bytes: Uint8Array): string {
	return `data:${mediaType};base64,${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')}`;
}
