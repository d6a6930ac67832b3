/** So much of a line can be read without scrolling far; VS Code draws no more than 10,000 characters of one. */
const LONGEST_LINE = 120;

/** The body of feedback, JSON, broken into lines that can be read: after each `\n` in a string, and where a line gets too long. Nothing else differs. Pure. */
export function feedbackText(body: string): string {
	const lines = body.split('\n').flatMap((line) => line.split(/(?<=\\n)/));
	return lines.flatMap((line) => line.match(new RegExp(`.{1,${LONGEST_LINE}}`, 'gsu')) ?? ['']).join('\n');
}
