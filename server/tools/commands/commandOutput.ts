import { completeCharactersEnd } from '../../exec/outputBuffer.ts';

const BYTES_PER_TOKEN = 4;

/** What a text costs a model, roughly. */
function tokensOf(bytes: number): number {
	return Math.ceil(bytes / BYTES_PER_TOKEN);
}

/** Beginning and end of a text that is too long for a model, with a mark of how much is missing between. */
export function truncateForModel(text: string, maxTokens: number): string {
	const bytes = Buffer.from(text);
	const budget = Math.max(0, Math.floor(maxTokens)) * BYTES_PER_TOKEN;
	if (bytes.length <= budget) return text;
	const headEnd = completeCharactersEnd(bytes.subarray(0, Math.floor(budget / 2)));
	let tailStart = bytes.length - Math.ceil(budget / 2);
	while (tailStart < bytes.length && ((bytes[tailStart] ?? 0) & 0b1100_0000) === 0b1000_0000) tailStart++;
	const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
	const missing = tokensOf(bytes.length - budget);
	return `Total output lines: ${lines}\n\n${bytes.toString('utf8', 0, headEnd)}…${missing} tokens truncated…${bytes.toString('utf8', tailStart)}`;
}

export interface CommandReport {
	readonly chunkId: string;
	readonly wallMs: number;
	readonly state: { readonly type: 'exited'; readonly exitCode: number } | { readonly type: 'running'; readonly sessionId: number };
	readonly text: string;
	/** All that was printed, also what was not kept. */
	readonly totalBytes: number;
	readonly maxTokens: number;
}

/** What a model is told about a command, line by line. */
export function formatCommandReport(report: CommandReport): string {
	const { state } = report;
	return [
		`Chunk ID: ${report.chunkId}`,
		`Wall time: ${(report.wallMs / 1000).toFixed(4)} seconds`,
		state.type === 'exited' ? `Process exited with code ${state.exitCode}` : `Process running with session ID ${state.sessionId}`,
		`Original token count: ${tokensOf(report.totalBytes)}`,
		'Output:',
		truncateForModel(report.text, report.maxTokens),
	].join('\n');
}
