/** A rollout as the database has it. */
export interface RolloutRow {
	readonly id: string;
	readonly thread: string;
	readonly file: string;
	readonly base: string | null;
	readonly size: number;
	readonly digest: string;
	readonly updated: number;
	readonly archived: boolean;
	readonly seq: number;
}

/** The same of a thread. */
export interface ThreadRow {
	readonly id: string;
	readonly name: string | null;
	readonly archived: boolean;
	readonly deleted: boolean;
	readonly git: Readonly<Record<string, string | null>> | null;
}

/** Asks for rollouts, but for those of deleted threads; a condition follows. */
export const ROLLOUT = `SELECT r.id, r.thread, r.file, r.base, r.size::float8 AS size, r.digest, r.updated, t.archived, r.seq::float8 AS seq
	FROM tiller.rollouts r JOIN tiller.threads t ON t.owner = r.owner AND t.id = r.thread WHERE r.owner = session_user AND NOT t.deleted`;
