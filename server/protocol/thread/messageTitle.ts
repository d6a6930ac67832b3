import { splitAttachments } from './attachmentBlocks.ts';
import { visibleText } from '../approval/visibleText.ts';

/** The beginning of an attachment, where a preview of the message was cut. */
const UNFINISHED = /(?:^|\n)\s*<attachment\b[\s\S]*$/;
const segmenter = new Intl.Segmenter();

/** A text cut to so many characters as a person counts them: none is cut in the middle. */
export function cutText(text: string, length: number): string {
	if (text.length <= length) return text;
	let kept = '';
	let count = 0;
	for (const { segment } of segmenter.segment(text.slice(0, length * 16))) {
		if (++count === length && kept.length + segment.length < text.length) return `${kept.trimEnd()}…`;
		kept += segment;
	}
	return kept.length < text.length ? `${kept.trimEnd()}…` : kept;
}

/** What a person said, as a title: its first line, without what was attached, and with nothing hidden. Empty when no word is left. */
export function messageTitle(message: string, length = 120): string {
	const { words, attachments } = splitAttachments(message);
	const [first = ''] = words.replace(UNFINISHED, '').trim().split(/\r?\n/, 1);
	const line = visibleText(first.trim().replace(/\s+/g, ' '));
	return cutText(line === '' ? attachments.map(({ label }) => visibleText(label)).join(', ') : line, length);
}
