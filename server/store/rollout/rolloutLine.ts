import { type DynamicToolSpec, dynamicToolsFromRecord, pagedToolsRecord } from '../dynamicToolSpec.ts';
import { type SessionSource, sourceFromRecord, sourceRecord, spawnedAgent } from '../sessionSource.ts';

/**
 * One line of a rollout file: `{timestamp, type, payload}`, the format that the reference program reads and writes too.
 * `session_meta` comes first; `response_item` is model-visible history; `event_msg` is what happened, for people and for replay;
 * `turn_context` holds the settings of a turn; `compacted` replaces the history before it.
 */
export interface RolloutLine {
	readonly timestamp: string;
	readonly type: string;
	readonly payload: Readonly<Record<string, unknown>>;
	/** Counts the lines of a thread in newer programs' files; left out in others. */
	readonly ordinal?: number;
}

export type RolloutEntry = Omit<RolloutLine, 'timestamp' | 'ordinal'>;

/** How a line begins, up to its type, as a part of a regular expression: both generations of files. */
export const LINE_BEGINNING = String.raw`^\{"timestamp":"[^"]*",(?:"ordinal":\d+,)?"type":`;

/** What a rollout goes on from: so many bytes of another one, and what that one goes on from. */
export interface HistoryBase {
	readonly rolloutId: string;
	/** The other one's records that count end before this byte of its file, and this ordinal. */
	readonly endOffset: number;
	readonly endOrdinal: number;
}

/** Git state of the working directory when the thread began. */
export interface GitInfo {
	readonly sha: string | null;
	readonly branch: string | null;
	readonly originUrl: string | null;
}

/** The first line of a rollout. */
export interface SessionMeta {
	readonly id: string;
	/** ISO 8601. */
	readonly timestamp: string;
	readonly cwd: string;
	readonly originator: string;
	readonly cliVersion: string;
	readonly source: SessionSource;
	readonly threadSource: string | null;
	readonly modelProvider: string;
	readonly forkedFromId: string | null;
	readonly baseInstructions: string | null;
	readonly git: GitInfo | null;
	/** Tools that the client of the thread implements. */
	readonly dynamicTools: readonly DynamicToolSpec[];
	/** Whether memories may be made from the thread; left out when nobody has said. */
	readonly memoryMode?: MemoryMode;
	/** How items are recorded: `paginated` in the files of newer programs; left out in the others. */
	readonly historyMode?: string;
	/** What comes before the records of the thread's own file. */
	readonly historyBase?: HistoryBase;
}

export type MemoryMode = 'enabled' | 'disabled';

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses one line of a file. Null when it is not a rollout line. */
export function parseRolloutLine(line: string): RolloutLine | null {
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return null;
	}
	if (!isRecord(value) || typeof value.type !== 'string' || !isRecord(value.payload)) return null;
	const parsed = { timestamp: text(value.timestamp) ?? '', type: value.type, payload: value.payload };
	return typeof value.ordinal === 'number' ? { ...parsed, ordinal: value.ordinal } : parsed;
}

export function sessionMetaEntry(meta: SessionMeta): RolloutEntry {
	const agent = spawnedAgent(meta.source);
	return {
		type: 'session_meta',
		payload: {
			id: meta.id,
			timestamp: meta.timestamp,
			cwd: meta.cwd,
			originator: meta.originator,
			cli_version: meta.cliVersion,
			source: sourceRecord(meta.source),
			...(meta.threadSource === null ? {} : { thread_source: meta.threadSource }),
			...(agent?.nickname ? { agent_nickname: agent.nickname } : {}),
			...(agent?.role ? { agent_role: agent.role } : {}),
			...(meta.forkedFromId === null ? {} : { forked_from_id: meta.forkedFromId }),
			model_provider: meta.modelProvider,
			...(meta.baseInstructions === null ? {} : { base_instructions: { text: meta.baseInstructions } }),
			...(meta.git === null ? {} : { git: { commit_hash: meta.git.sha, branch: meta.git.branch, repository_url: meta.git.originUrl } }),
			...(meta.dynamicTools.length === 0
				? {}
				: { dynamic_tools: meta.historyMode === 'paginated' ? pagedToolsRecord(meta.dynamicTools) : meta.dynamicTools }),
			...(meta.memoryMode === undefined ? {} : { memory_mode: meta.memoryMode }),
			...(meta.historyMode === undefined ? {} : { history_mode: meta.historyMode }),
			...(meta.historyBase === undefined ? {} : { history_base: baseRecord(meta.historyBase) }),
		},
	};
}

/** The instructions that a thread began with; null when its records do not say. */
export function recordedInstructions(lines: readonly RolloutLine[]): string | null {
	for (const line of lines) {
		const meta = parseSessionMeta(line);
		if (meta) return meta.baseInstructions;
	}
	return null;
}

/** Reads a `session_meta` payload. Null when it has no id or no working directory. */
export function parseSessionMeta(line: RolloutLine): SessionMeta | null {
	if (line.type !== 'session_meta') return null;
	const { payload } = line;
	const id = text(payload.id);
	const cwd = text(payload.cwd);
	if (id === null || cwd === null) return null;
	const git = isRecord(payload.git) ? payload.git : null;
	const instructions = isRecord(payload.base_instructions) ? text(payload.base_instructions.text) : null;
	return {
		id,
		timestamp: text(payload.timestamp) ?? line.timestamp,
		cwd,
		originator: text(payload.originator) ?? '',
		cliVersion: text(payload.cli_version) ?? '',
		source: sourceFromRecord(payload.source),
		threadSource: text(payload.thread_source),
		modelProvider: text(payload.model_provider) ?? '',
		forkedFromId: text(payload.forked_from_id),
		baseInstructions: instructions,
		git: git && { sha: text(git.commit_hash), branch: text(git.branch), originUrl: text(git.repository_url) },
		dynamicTools: dynamicToolsFromRecord(payload.dynamic_tools),
		...(payload.memory_mode === 'enabled' || payload.memory_mode === 'disabled' ? { memoryMode: payload.memory_mode } : {}),
		...(typeof payload.history_mode === 'string' && payload.history_mode !== 'legacy' ? { historyMode: payload.history_mode } : {}),
		...baseFromRecord(payload.history_base),
	};
}

const baseRecord = ({ rolloutId, endOffset, endOrdinal }: HistoryBase) => ({
	thread_id: rolloutId,
	end_ordinal_exclusive: endOrdinal,
	end_byte_offset: endOffset,
});

function baseFromRecord(record: unknown): { readonly historyBase?: HistoryBase } {
	if (!isRecord(record) || typeof record.thread_id !== 'string' || typeof record.end_byte_offset !== 'number') return {};
	const endOrdinal = typeof record.end_ordinal_exclusive === 'number' ? record.end_ordinal_exclusive : 0;
	return { historyBase: { rolloutId: record.thread_id.toLowerCase(), endOffset: record.end_byte_offset, endOrdinal } };
}
