/** Attachments as text: how the model gets them, and how they are found again in a message that is shown. Pure. */

const opening = /\n*<attachment kind="(\w+)" label="([^"\n]*)">\n/g;

/** The block that goes to the model. A closing tag within the text is broken up, so that the block ends where it ends. */
export function attachmentBlock({ kind, label, content }: ShownAttachment): string {
	const name = label.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replace(/\s+/g, ' ');
	return `<attachment kind="${kind}" label="${name}">\n${content.replaceAll('</attachment>', '<\\/attachment>')}\n</attachment>`;
}

export interface ShownAttachment {
	readonly kind: string;
	readonly label: string;
	readonly content: string;
}

/** The words that a person typed, and the blocks that went with them. */
export function splitAttachments(text: string): { readonly words: string; readonly attachments: readonly ShownAttachment[] } {
	const attachments: ShownAttachment[] = [];
	let words = '';
	let at = 0;
	for (const found of text.matchAll(opening)) {
		if (found.index < at) {
			continue;
		}
		const start = found.index + found[0].length;
		const end = text.indexOf('\n</attachment>', start - 1);
		if (end < 0) {
			break;
		}
		words += text.slice(at, found.index);
		const label = (found[2] ?? '').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
		attachments.push({
			kind: found[1] ?? '',
			label,
			content: text.slice(start, Math.max(start, end)).replaceAll('<\\/attachment>', '</attachment>'),
		});
		at = end + '\n</attachment>'.length;
	}
	return { words: attachments.length === 0 ? text : words + text.slice(at), attachments };
}
