/** One problem of a review. Lines count from 1. */
export interface Finding {
	readonly title: string;
	/** 0 is the most urgent, 3 the least; null when the title says nothing of it. */
	readonly priority: number | null;
	readonly path: string;
	readonly startLine: number;
	readonly endLine: number;
	/** Markdown. */
	readonly body: string;
}

export interface ReviewResult {
	/** Markdown. */
	readonly summary: string;
	readonly findings: readonly Finding[];
}

const HEADING = /^(?:Review comment|Full review comments):$/;
const FINDING = /^- (?:\[ \] |\[x\] )?(.+?) — (.+):(\d+)-(\d+)$/;
const PRIORITY = /^\[P([0-3])\]\s*/;

/** Takes the text of a review apart: its findings, each with its place, and what is said besides. A text of another form is all summary. */
export function reviewFindings(text: string): ReviewResult {
	const lines = text.split('\n');
	const start = lines.findIndex((line, index) => HEADING.test(line) && lines.slice(index + 1).some((later) => FINDING.test(later)));
	if (start < 0) return { summary: text, findings: [] };
	const findings: { head: RegExpExecArray; body: string[] }[] = [];
	for (const line of lines.slice(start + 1)) {
		const head = FINDING.exec(line);
		if (head) findings.push({ head, body: [] });
		else findings.at(-1)?.body.push(line.replace(/^ {2}/, ''));
	}
	return { summary: lines.slice(0, start).join('\n').trim(), findings: findings.map(({ head, body }) => finding(head, body)) };
}

function finding([, title = '', path = '', start = '1', end = '1']: RegExpExecArray, body: readonly string[]): Finding {
	const priority = PRIORITY.exec(title);
	return {
		title: title.replace(PRIORITY, ''),
		priority: priority ? Number(priority[1]) : null,
		path,
		startLine: Number(start),
		endLine: Number(end),
		body: body.join('\n').trim(),
	};
}
