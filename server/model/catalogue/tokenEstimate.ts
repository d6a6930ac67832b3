import { imageCallId } from '../../items/imageGeneration.ts';
import type { ContentPart, ResponseItem, ToolOutputBody } from '../../items/responseItem.ts';
import { toWire } from '../responses/responseItemWire.ts';

/** What a provider charges for a picture, roughly; its bytes say nothing about that. */
const IMAGE_TOKENS = 1500;
/** A second of speech takes some 30 tokens, and 16 to 32 kB; in base64 a third more. */
const AUDIO_BYTES_PER_TOKEN = 1_000;

/** A careful guess: four bytes of text are a token. */
export function textTokens(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / 4);
}

/** About how many tokens an item takes in a request. Sealed reasoning is base64 of more than what is counted. */
export function itemTokens(item: ResponseItem): number {
	switch (item.type) {
		case 'message':
			return partsTokens(item.content);
		case 'reasoning':
			return Math.ceil((item.encrypted_content?.length ?? 0) * 0.17);
		case 'function_call':
			return textTokens(item.name) + textTokens(item.arguments);
		case 'custom_tool_call':
			return textTokens(item.name) + textTokens(item.input);
		case 'function_call_output':
		case 'custom_tool_call_output':
			return bodyTokens(item.output);
		case 'opaque':
			if (imageCallId(item) !== null) return IMAGE_TOKENS;
			return typeof item.raw.encrypted_content === 'string'
				? Math.ceil(item.raw.encrypted_content.length * 0.17)
				: textTokens(JSON.stringify(item.raw));
		case 'web_search_call':
		case 'tool_search_call':
		case 'tool_search_output':
			return textTokens(JSON.stringify(toWire(item)));
		default:
			return item satisfies never;
	}
}

function bodyTokens(output: ToolOutputBody): number {
	return typeof output === 'string' ? textTokens(output) : partsTokens(output);
}

function partsTokens(parts: readonly ContentPart[]): number {
	return parts.reduce((sum, part) => sum + partTokens(part), 0);
}

function partTokens(part: ContentPart): number {
	switch (part.type) {
		case 'input_image':
			return IMAGE_TOKENS;
		case 'input_audio':
			return Math.ceil(part.audio_url.length / AUDIO_BYTES_PER_TOKEN);
		default:
			return textTokens(part.text);
	}
}
