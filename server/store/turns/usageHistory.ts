import { setImmediate as nextTurn } from 'node:timers/promises';
import { RecentMap } from '../../platform/recentMap.ts';
import { openBytes } from '../rollout/rolloutBytes.ts';
import type { StoredThread, ThreadStore } from '../threadStore.ts';
import { isRecord, LINE_BEGINNING, parseRolloutLine, type RolloutLine } from '../rollout/rolloutLine.ts';

export interface Tokens {
	readonly totalTokens: number;
	readonly inputTokens: number;
	readonly cachedInputTokens: number;
	readonly outputTokens: number;
	readonly reasoningOutputTokens: number;
}

export interface UsageOfModel {
	readonly modelProvider: string;
	/** Null where the records do not name it. */
	readonly model: string | null;
	readonly usage: Tokens;
}

export interface UsageOfThread {
	readonly total: readonly UsageOfModel[];
	/** Of the newest turn that used a model. */
	readonly lastTurn: { readonly turnId: string; readonly total: readonly UsageOfModel[] } | null;
}

/** One request to a model, or several that one record adds up. */
interface Step {
	readonly at: number;
	readonly turnId: string | null;
	/** Null where the records do not name it: the one that the thread began with. */
	readonly provider: string | null;
	readonly model: string | null;
	readonly usage: Tokens;
}

/** How far a rollout was read, and what was found. Its records are only ever added to. */
interface Progress {
	/** Bytes, up to the end of a line. */
	readonly read: number;
	readonly turnId: string | null;
	readonly provider: string | null;
	readonly model: string | null;
	/** The thread's own count so far; null where it goes on from records of another file, until it is told. */
	readonly total: Tokens | null;
	/** Milliseconds; what is older was copied from the thread that this one was forked from. */
	readonly begun: number | null;
	readonly steps: readonly Step[];
}

const none: Tokens = { totalTokens: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 };
const fresh: Progress = { read: 0, turnId: null, provider: null, model: null, total: none, begun: null, steps: [] };

/** How many rollouts are remembered. */
const MAX_KNOWN = 200;
const PAGE = 100;
/** Enough of a line to tell its type. */
const BEGINNING = 320;
/** So much is read at once, in bytes. */
const STEP = 512 * 1024;
const WANTED = new RegExp(
	String.raw`${LINE_BEGINNING}(?:"(?:session_meta|turn_context)"|"event_msg","payload":\{"type":"(?:token_count|task_started|turn_started)")`,
);

/**
 * What threads used of models, read from their records: so it is right after a crash, in every window, and for turns that another program
 * ran. Each rollout is read once, then only what was added to it.
 */
export class UsageHistory {
	readonly #store: Pick<ThreadStore, 'find' | 'list'>;
	readonly #known = new RecentMap<string, Promise<Progress>>(MAX_KNOWN);

	constructor(store: Pick<ThreadStore, 'find' | 'list'>) {
		this.#store = store;
	}

	/** Null when there is no such thread on disk. */
	async ofThread(id: string): Promise<UsageOfThread | null> {
		const thread = await this.#store.find(id);
		if (thread === null) return null;
		const { steps } = await this.#progress(thread);
		const newest = steps.findLast(({ turnId }) => turnId !== null)?.turnId ?? null;
		const ofTurn = steps.filter(({ turnId }) => turnId === newest);
		return { total: byModel(thread, steps), lastTurn: newest === null ? null : { turnId: newest, total: byModel(thread, ofTurn) } };
	}

	/** Of all threads, from a time on, in Unix milliseconds. */
	async since(time: number): Promise<readonly UsageOfModel[]> {
		const found: UsageOfModel[] = [];
		for await (const thread of this.#changedSince(time)) {
			const { steps } = await this.#progress(thread);
			const later = steps.filter(({ at }) => at >= time);
			found.push(...byModel(thread, later));
		}
		return merged(found);
	}

	async *#changedSince(time: number): AsyncGenerator<StoredThread> {
		for (const archived of [false, true]) {
			let cursor: string | null = null;
			do {
				const query = { archived, cwds: null, providers: null, sources: null, searchTerm: null, indexOnly: false, cursor, limit: PAGE };
				const page = await this.#store.list({ ...query, sortKey: 'updated_at', sortDirection: 'desc' });
				for (const thread of page.threads) if (thread.updatedAt >= time) yield thread;
				const last = page.threads.at(-1);
				cursor = last !== undefined && last.updatedAt >= time ? page.nextCursor : null;
			} while (cursor !== null);
		}
	}

	/** One at a time for each rollout. A file that cannot be read (any more) used nothing that is known. */
	#progress({ path }: StoredThread): Promise<Progress> {
		const before = this.#known.get(path) ?? Promise.resolve(fresh);
		const next = before.then(async (progress) => {
			try {
				return await readOn(path, progress);
			} catch {
				return progress;
			}
		});
		this.#known.set(path, next);
		return next;
	}
}

async function readOn(file: string, progress: Progress): Promise<Progress> {
	let now = progress;
	const steps: Step[] = [];
	for await (const { line, end } of wantedLines(file, progress.read)) {
		const parsed = line === null ? null : parseRolloutLine(line);
		now = { ...(parsed === null ? now : take(now, parsed, steps)), read: end };
	}
	return steps.length === 0 ? now : { ...now, steps: [...now.steps, ...steps] };
}

/** The lines that say something of the use of models; null stands for one that does not. A last line without its end is left for later. */
async function* wantedLines(file: string, from: number): AsyncGenerator<{ readonly line: string | null; readonly end: number }> {
	const bytes = openBytes(file);
	try {
		let parts: Buffer[] = [];
		let position = from;
		for (let at = from; at < bytes.size; ) {
			const buffer = Buffer.allocUnsafe(Math.min(STEP, bytes.size - at));
			const chunk = buffer.subarray(0, bytes.read(buffer, at));
			if (chunk.length === 0) return;
			at += chunk.length;
			let start = 0;
			for (let newline = chunk.indexOf(0x0a); newline >= 0; newline = chunk.indexOf(0x0a, start)) {
				const piece = chunk.subarray(start, newline);
				const line = parts.length === 0 ? piece : Buffer.concat([...parts, piece]);
				parts = [];
				start = newline + 1;
				position += line.length + 1;
				yield { line: WANTED.test(line.toString('utf8', 0, BEGINNING)) ? line.toString('utf8') : null, end: position };
			}
			if (start < chunk.length) parts.push(chunk.subarray(start));
			await nextTurn();
		}
	} finally {
		bytes.close();
	}
}

function take(progress: Progress, { timestamp, type, payload }: RolloutLine, steps: Step[]): Progress {
	const turnId = typeof payload.turn_id === 'string' ? payload.turn_id : null;
	if (type === 'session_meta') {
		// Only the first is the thread's own: those behind it came along with what was copied.
		const begun = typeof payload.timestamp === 'string' ? Date.parse(payload.timestamp) : Number.NaN;
		if (progress.begun !== null || !Number.isFinite(begun)) return progress;
		return { ...progress, begun, total: isRecord(payload.history_base) ? null : progress.total };
	}
	if (type === 'turn_context') {
		const { model, model_provider: provider } = payload;
		return {
			...progress,
			turnId: turnId ?? progress.turnId,
			// A thread may change its provider between turns.
			provider: typeof provider === 'string' ? provider : progress.provider,
			model: typeof model === 'string' ? model : progress.model,
		};
	}
	if (payload.type !== 'token_count') return { ...progress, turnId: turnId ?? progress.turnId };
	const info = isRecord(payload.info) ? payload.info : null;
	const told = info !== null && isRecord(info.total_token_usage) ? tokensOf(info.total_token_usage) : null;
	if (told === null) return progress;
	const last = isRecord(info?.last_token_usage) ? tokensOf(info.last_token_usage) : none;
	const usage = progress.total === null ? last : difference(told, progress.total);
	const at = Date.parse(timestamp);
	const copied = progress.begun !== null && at < progress.begun;
	// The same count is told again with each news of a limit.
	const { turnId: turn, provider, model } = progress;
	if (!copied && Number.isFinite(at) && usage.totalTokens > 0) steps.push({ at, turnId: turn, provider, model, usage });
	return { ...progress, total: told };
}

function tokensOf(record: Readonly<Record<string, unknown>>): Tokens {
	const count = (value: unknown): number => (typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER / 4 ? Math.floor(value) : 0);
	const [inputTokens, outputTokens] = [count(record.input_tokens), count(record.output_tokens)];
	return {
		inputTokens,
		outputTokens,
		cachedInputTokens: count(record.cached_input_tokens),
		reasoningOutputTokens: count(record.reasoning_output_tokens),
		totalTokens: inputTokens + outputTokens,
	};
}

/** What was used since; all of it when the count began anew. */
function difference(now: Tokens, before: Tokens): Tokens {
	if (now.inputTokens < before.inputTokens || now.outputTokens < before.outputTokens) return now;
	return combined(now, before, (a, b) => Math.max(0, a - b));
}

function combined(a: Tokens, b: Tokens, join: (a: number, b: number) => number): Tokens {
	return {
		totalTokens: join(a.totalTokens, b.totalTokens),
		inputTokens: join(a.inputTokens, b.inputTokens),
		cachedInputTokens: join(a.cachedInputTokens, b.cachedInputTokens),
		outputTokens: join(a.outputTokens, b.outputTokens),
		reasoningOutputTokens: join(a.reasoningOutputTokens, b.reasoningOutputTokens),
	};
}

function byModel({ meta }: StoredThread, steps: readonly Step[]): readonly UsageOfModel[] {
	return merged(steps.map(({ provider, model, usage }) => ({ modelProvider: provider ?? meta.modelProvider, model, usage })));
}

function merged(list: readonly UsageOfModel[]): readonly UsageOfModel[] {
	const sums = new Map<string, UsageOfModel>();
	for (const each of list) {
		const key = JSON.stringify([each.modelProvider, each.model]);
		const before = sums.get(key);
		sums.set(key, before === undefined ? each : { ...each, usage: combined(before.usage, each.usage, (a, b) => a + b) });
	}
	return [...sums.values()];
}
