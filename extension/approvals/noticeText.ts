/** A question as the text of a notification. Pure. */
import { cutText } from '../../server/protocol/thread/messageTitle.ts';
import { visibleText } from '../../server/protocol/approval/visibleText.ts';

export interface NoticeText {
	readonly shown: string;
	/** False when the notification cannot show all of it. */
	readonly whole: boolean;
}

/** VS Code shows a few lines, and cuts what is longer than 1000 characters. */
const MAX_LENGTH = 400;

/**
 * VS Code joins the lines of a notification and makes links of `[text](command:...)`, which could run anything at a click.
 * What an agent wrote must do neither: several lines count as not shown whole, and an invisible joiner keeps brackets apart.
 */
export function noticeText(text: string): NoticeText {
	const line = text.replace(/\s*[\r\n\u2028\u2029]+\s*/g, ' ⏎ ');
	const shown = visibleText(line, { code: true });
	const cut = cutText(shown, MAX_LENGTH);
	return { shown: cut.replaceAll('](', ']\u2060('), whole: shown === text && cut === shown };
}
