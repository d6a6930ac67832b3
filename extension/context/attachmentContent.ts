/** How much of a text goes along with a message. Pure. */
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { Attachment } from '../../webview/channel/attachment.ts';

/** Characters that go along; the rest is for the agent to read itself. */
const MAX_CHARACTERS = 16_000;

/** The beginning of a text, cut at the end of a line, with its size. A person sees the same. */
export function attachmentText(whole: string): Pick<Attachment, 'content' | 'tokens' | 'cut'> {
	const text = whole.replaceAll('\r\n', '\n');
	if (text.length <= MAX_CHARACTERS) return { content: text, tokens: tokens(text), cut: false };
	const head = text.slice(0, MAX_CHARACTERS);
	const end = head.lastIndexOf('\n');
	const kept = end > MAX_CHARACTERS / 2 ? head.slice(0, end) : head;
	const lines = text.slice(kept.length).split('\n').length - 1;
	const content = `${kept}\n(${lines > 0 ? `${lines} more lines` : 'the rest'} left out)`;
	return { content, tokens: tokens(content), cut: true };
}

/** What was said in a thread: its newest words when all do not fit. */
export function conversationText(turns: readonly Turn[]): { readonly content: string; readonly cut: boolean } {
	const said = turns.flatMap(({ items }) =>
		items.flatMap((item) => {
			if (item.type === 'agentMessage') return [`Agent: ${item.text}`];
			if (item.type !== 'userMessage') return [];
			return [`Person: ${item.content.map((input) => (input.type === 'text' ? input.text : '')).join('')}`];
		}),
	);
	const kept: string[] = [];
	let length = 0;
	for (const each of said.toReversed()) {
		length += each.length + 2;
		if (length > MAX_CHARACTERS && kept.length > 0) break;
		kept.unshift(each);
	}
	return { content: kept.join('\n\n'), cut: kept.length < said.length };
}

/** Estimated as the server does. */
function tokens(text: string): number {
	return Math.ceil(Buffer.byteLength(text) / 4);
}
