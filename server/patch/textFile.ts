/** How a file's text is stored. `bytes`: in an encoding that nobody knows; each byte stands as the character with its number. */
export type TextEncodingName = 'utf8' | 'utf16le' | 'utf16be' | 'bytes';

export interface TextFormat {
	readonly encoding: TextEncodingName;
	readonly bom: boolean;
}

export const plainUtf8: TextFormat = { encoding: 'utf8', bom: false };

/** The text without its byte order mark; null when the bytes are no text in UTF-8, or in UTF-16 with a mark. */
export function decodeText(bytes: Uint8Array): { readonly text: string; readonly format: TextFormat } | null {
	const format = detectFormat(bytes);
	const decoder = new TextDecoder(format.encoding === 'utf8' ? 'utf-8' : format.encoding === 'utf16le' ? 'utf-16le' : 'utf-16be', { fatal: true });
	try {
		// The decoder itself takes the mark away.
		return { text: decoder.decode(bytes), format };
	} catch {
		return null;
	}
}

/**
 * The same for patches, which can also change a file in another encoding as long as they touch its ASCII alone. Null for what holds a null
 * byte, which no text in such an encoding has.
 */
export function decodePatchable(bytes: Uint8Array): { readonly text: string; readonly format: TextFormat } | null {
	const decoded = decodeText(bytes);
	if (decoded !== null || bytes.includes(0)) return decoded;
	return { text: Buffer.from(bytes).toString('latin1'), format: { encoding: 'bytes', bom: false } };
}

function detectFormat(bytes: Uint8Array): TextFormat {
	if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return { encoding: 'utf8', bom: true };
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return { encoding: 'utf16le', bom: true };
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return { encoding: 'utf16be', bom: true };
	return plainUtf8;
}

export function encodeText(text: string, format: TextFormat): Buffer {
	const marked = format.bom ? `\ufeff${text}` : text;
	switch (format.encoding) {
		case 'utf8':
			return Buffer.from(marked, 'utf8');
		case 'utf16le':
			return Buffer.from(marked, 'utf16le');
		case 'utf16be':
			return Buffer.from(marked, 'utf16le').swap16();
		case 'bytes':
			return Buffer.from(marked, 'latin1');
	}
}
