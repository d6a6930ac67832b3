import { isContextText } from '../instructions/compaction.ts';
import type { MessageItem, ResponseItem } from '../items/responseItem.ts';
import { textTokens } from '../model/catalogue/tokenEstimate.ts';

/** How much of what the person said is kept word for word, in tokens; the newest first. */
const KEPT_TOKENS = 20_000;

/** What the person said, as messages of their own without pictures: what a compaction keeps. */
export function personsMessages(items: readonly ResponseItem[]): ResponseItem[] {
	const kept: ResponseItem[] = [];
	let room = KEPT_TOKENS;
	for (const item of items.toReversed()) {
		if (item.type !== 'message' || item.role !== 'user') continue;
		const text = textOf(item);
		if (text === '' || isContextText(text)) continue;
		const size = textTokens(text);
		if (size <= room) kept.unshift(userMessage(text));
		else if (room > 0)
			kept.unshift(
				userMessage(
					`${Buffer.from(text)
						.subarray(0, room * 4)
						.toString('utf8')
						.replace(/�$/, '')}\n[… ${size - room} tokens left out …]`,
				),
			);
		room -= size;
		if (room <= 0) break;
	}
	return kept;
}

/** The words of a message; tags around pictures say nothing without them. */
export function textOf(message: MessageItem): string {
	return message.content
		.flatMap((part) =>
			part.type === 'input_image' || part.type === 'input_audio' || /^<image[^>]*>$|^<\/image>$/.test(part.text) ? [] : [part.text],
		)
		.join('\n');
}

export function userMessage(text: string): MessageItem {
	return { type: 'message', role: 'user', content: [{ type: 'input_text', text }] };
}
