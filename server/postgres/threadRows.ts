import type { GitPatch } from '../store/rollout/gitPatches.ts';
import { parseRolloutLine, parseSessionMeta } from '../store/rollout/rolloutLine.ts';
import type { StoredThread } from '../store/threadStore.ts';
import type { LocalRollouts } from './localRollouts.ts';

/** A thread as lists need it; from `tiller.threads t`. */
export interface ListRow {
	readonly id: string;
	readonly rollout: string;
	readonly file: string;
	readonly key: string;
	readonly updated: number;
	readonly size: number;
	readonly name: string | null;
	readonly git: GitPatch | null;
	readonly meta: string;
	readonly preview: string;
}

export const ROW = 't.id, t.rollout, t.file, t.key, t.updated, t.size::float8 AS size, t.name, t.git, t.meta, t.preview';

/** Null for a row that no version of this program has made. */
export type RowReader = (row: ListRow, archived: boolean) => StoredThread | null;

export function rowReader(rollouts: LocalRollouts): RowReader {
	return (row, archived) => {
		const meta = metaOf(row.meta);
		const path = rollouts.place(row.file, archived);
		if (meta === null || path === null) return null;
		const git = row.git ? { sha: null, branch: null, originUrl: null, ...meta.git, ...row.git } : meta.git;
		return {
			meta: { ...meta, git },
			path,
			archived,
			preview: row.preview,
			name: row.name,
			createdAt: Date.parse(meta.timestamp) || row.updated,
			updatedAt: row.updated,
			size: row.size,
			missing: null,
		};
	};
}

export function metaOf(line: string) {
	const parsed = parseRolloutLine(line);
	return parsed && parseSessionMeta(parsed);
}
