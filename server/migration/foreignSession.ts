import { isObject } from './foreignFiles.ts';

/** A turn of a conversation of the other agent: what the person wrote, and what came of it. */
export interface ForeignTurn {
	readonly input: string;
	/** Messages of the agent, calls of tools and their results, each as text. */
	readonly answers: readonly string[];
	/** Milliseconds since 1970; null when nothing says when. */
	readonly startedAt: number | null;
}

export interface ForeignSession {
	/** The folder that it was held in; null when no line names one. */
	readonly cwd: string | null;
	/** What it is called there, else the first line of its first message. Null for a session without a message of a person. */
	readonly title: string | null;
	readonly turns: readonly ForeignTurn[];
	/** Lines that could not be read. */
	readonly damagedLines: number;
}

/** What is kept of one result of a tool, in characters. */
const MAX_RESULT = 20_000;
const MAX_TITLE = 200;

/** Reads a conversation, a line at a time. Lines of other kinds, of helpers beside the conversation, and broken ones are passed over. */
export class ForeignSessionReader {
	#cwd: string | null = null;
	#customTitle: string | null = null;
	#damaged = 0;
	readonly #turns: { input: string; answers: string[]; startedAt: number | null }[] = [];

	line(text: string): void {
		if (text.trim() === '') return;
		let row: unknown;
		try {
			row = JSON.parse(text);
		} catch {
			this.#damaged += 1;
			return;
		}
		if (!isObject(row)) {
			this.#damaged += 1;
			return;
		}
		if (typeof row.cwd === 'string') this.#cwd ??= row.cwd;
		if (row.type === 'custom-title' && typeof row.customTitle === 'string' && row.customTitle.trim() !== '')
			this.#customTitle = row.customTitle.trim();
		if (row.isSidechain === true || row.isMeta === true || !isObject(row.message)) return;
		const startedAt = typeof row.timestamp === 'string' ? Date.parse(row.timestamp) : Number.NaN;
		if (row.type === 'user') this.#user(row.message.content, Number.isNaN(startedAt) ? null : startedAt);
		if (row.type === 'assistant') this.#assistant(row.message.content);
	}

	end(): ForeignSession {
		const first = this.#turns[0]?.input.trim().split('\n')[0]?.trim() ?? null;
		return {
			cwd: this.#cwd,
			title: this.#customTitle ?? (first === null ? null : cut(first, MAX_TITLE)),
			turns: this.#turns,
			damagedLines: this.#damaged,
		};
	}

	#user(content: unknown, startedAt: number | null): void {
		const parts = partsOf(content);
		const results = parts.filter(({ type }) => type === 'tool_result').map((part) => `[Tool result]\n${cut(resultText(part.content), MAX_RESULT)}`);
		if (results.length > 0) this.#turns.at(-1)?.answers.push(...results);
		const input = textsOf(parts);
		if (input !== '') this.#turns.push({ input, answers: [], startedAt });
	}

	#assistant(content: unknown): void {
		const parts = partsOf(content);
		const calls = parts
			.filter(({ type }) => type === 'tool_use')
			.map(({ name, input }) => `[Tool call: ${typeof name === 'string' ? name : 'unknown'}]\n${cut(JSON.stringify(input ?? {}), MAX_RESULT)}`);
		const answer = [textsOf(parts), ...calls].filter((each) => each !== '').join('\n\n');
		if (answer !== '') this.#turns.at(-1)?.answers.push(answer);
	}
}

type Part = Readonly<Record<string, unknown>>;

function partsOf(content: unknown): readonly Part[] {
	if (typeof content === 'string') return [{ type: 'text', text: content }];
	return Array.isArray(content) ? content.filter(isObject) : [];
}

const textsOf = (parts: readonly Part[]): string =>
	parts
		.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []))
		.join('\n')
		.trim();

function resultText(content: unknown): string {
	const parts = partsOf(content);
	const others = parts.filter(({ type }) => type !== 'text').map(({ type }) => `[${String(type)}]`);
	return [textsOf(parts), ...others].filter((each) => each !== '').join('\n');
}

function cut(text: string, most: number): string {
	if (text.length <= most) return text;
	const kept = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
	return `${kept}… (${text.length - kept.length} characters more)`;
}
