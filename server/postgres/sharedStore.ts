import { parseRolloutName } from '../store/rollout/rolloutName.ts';
import { sourceKinds, spawnedAgent } from '../store/sessionSource.ts';
import type {
	SearchPage,
	SearchQuery,
	StoredThread,
	ThreadMatchPage,
	ThreadMatchQuery,
	ThreadMatchRun,
	ThreadPage,
	ThreadQuery,
	ThreadStore,
} from '../store/threadStore.ts';
import type { GitPatch } from '../store/rollout/gitPatches.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ChangeOutbox, ThreadChange } from './changeOutbox.ts';
import { type Database, SOON_MS } from './database.ts';
import type { LocalRollouts } from './localRollouts.ts';
import type { Mirror } from './mirror.ts';
import { SharedSearch } from './sharedSearch.ts';
import { type ListRow, metaOf, ROW, rowReader, type RowReader } from './threadRows.ts';

export interface SharedStoreOptions {
	readonly database: Database;
	readonly rollouts: LocalRollouts;
	readonly outbox: ChangeOutbox;
	readonly mirror: Mirror;
	readonly local: ThreadStore;
	readonly log: Logger;
}

/** Where a thread stands in a list. */
interface Position {
	readonly time: number;
	readonly key: string;
}

interface Listed {
	readonly thread: StoredThread;
	readonly position: Position;
}

const AT_ONCE = 200;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The threads of this home and those that only the database has, which come here when they are opened. */
export class SharedStore implements ThreadStore {
	readonly #options: SharedStoreOptions;
	readonly #local: ThreadStore;
	readonly #reader: RowReader;
	readonly #search: SharedSearch;

	constructor(options: SharedStoreOptions) {
		const { database, local, rollouts, log } = options;
		this.#options = options;
		this.#local = local;
		this.#reader = rowReader(rollouts);
		this.#search = new SharedSearch({
			database,
			local,
			reader: this.#reader,
			here: () => this.#here(),
			problem: (error) => log.warn('the thread store cannot search now', { error }),
		});
	}

	#here(): ReadonlySet<string> {
		return new Set(this.#options.rollouts.all().map(({ thread }) => thread));
	}

	async list(query: ThreadQuery): Promise<ThreadPage> {
		const [here, there] = await Promise.all([this.#local.list(query), this.#listThere(query)]);
		const sign = query.sortDirection === 'desc' ? -1 : 1;
		const all: Listed[] = [...here.threads.map((thread) => ({ thread, position: positionOf(thread, query) })), ...there];
		all.sort((a, b) => sign * (a.position.time - b.position.time || (a.position.key < b.position.key ? -1 : 1)));
		const page = all.slice(0, query.limit);
		const [first, last] = [page.at(0), page.at(-1)];
		return {
			threads: page.map(({ thread }) => thread),
			nextCursor: last && (all.length > page.length || here.nextCursor !== null) ? cursorOf(last.position) : null,
			backwardsCursor: first ? cursorOf(first.position) : null,
		};
	}

	/** At most one more than the page holds. None while the database cannot be reached. */
	async #listThere(query: ThreadQuery): Promise<readonly Listed[]> {
		const { database } = this.#options;
		if (query.inNone === true || !(await database.ready())) return [];
		const found: Listed[] = [];
		try {
			const here = this.#here();
			const fits = await this.#filter(query);
			for (let after = query.cursor === null ? null : positionAt(query.cursor); ; ) {
				const rows = await this.#rows(query, after);
				for (const row of rows) {
					const thread = here.has(row.id) ? null : this.#reader(row, query.archived);
					if (thread && fits(thread)) found.push({ thread, position: positionOf(thread, query) });
					if (found.length > query.limit) return found;
				}
				const last = rows.at(-1);
				if (!last || rows.length < AT_ONCE) return found;
				after = { time: query.sortKey === 'updated_at' ? last.updated : 0, key: last.key };
			}
		} catch (error) {
			this.#options.log.warn('the thread store cannot list its threads now', { error });
			return [];
		}
	}

	#rows(query: ThreadQuery, after: Position | null): Promise<readonly ListRow[]> {
		const byTime = query.sortKey === 'updated_at';
		const [than, order] = query.sortDirection === 'desc' ? ['<', 'DESC'] : ['>', 'ASC'];
		const values: unknown[] = [query.archived];
		const add = (value: unknown) => `$${values.push(value)}`;
		const conditions = [
			...(query.cwds ? [`cwd = ANY(${add(query.cwds)}::text[])`] : []),
			...(query.ids ? [`id::text = ANY(${add(query.ids)}::text[])`] : []),
			...(after === null
				? []
				: [byTime ? `(updated, key) ${than} (${add(after.time)}::float8, ${add(after.key)}::text)` : `key ${than} ${add(after.key)}::text`]),
		];
		return this.#options.database.query<ListRow>(
			`SELECT ${ROW} FROM tiller.threads t
			WHERE owner = session_user AND NOT deleted AND meta IS NOT NULL AND archived = $1 ${conditions.map((each) => `AND ${each}`).join(' ')}
			ORDER BY ${byTime ? `updated ${order}, ` : ''}key ${order} LIMIT ${AT_ONCE}`,
			values,
			SOON_MS,
		);
	}

	/** What the database does not look at itself. */
	async #filter(query: ThreadQuery): Promise<(thread: StoredThread) => boolean> {
		const { ancestor } = query;
		const below = ancestor == null ? null : await this.#below(ancestor);
		return ({ meta, preview, name }) => {
			if (preview === '' || query.exceptIds?.includes(meta.id)) return false;
			if (query.providers?.length && !query.providers.includes(meta.modelProvider)) return false;
			if (query.sources && !sourceKinds(meta.source).some((kind) => query.sources?.includes(kind))) return false;
			if (query.searchTerm !== null && !preview.includes(query.searchTerm) && !name?.includes(query.searchTerm)) return false;
			if (query.parent != null && spawnedAgent(meta.source)?.parentThreadId !== query.parent) return false;
			return below === null || below.has(meta.id);
		};
	}

	/** All agents below a thread. */
	async #below(ancestor: string): Promise<ReadonlySet<string>> {
		const rows = await this.#options.database.query<{ id: string; meta: string }>(
			`SELECT id, meta FROM tiller.threads WHERE owner = session_user AND NOT deleted AND meta LIKE '%parent_thread_id%'`,
		);
		const parents = new Map(rows.map(({ id, meta }) => [id, spawnedAgent(metaOf(meta)?.source ?? 'unknown')?.parentThreadId]));
		const found = new Set([ancestor]);
		for (let size = 0; size !== found.size; ) {
			size = found.size;
			for (const [id, parent] of parents) if (parent !== undefined && found.has(parent)) found.add(id);
		}
		found.delete(ancestor);
		return found;
	}

	async find(id: string): Promise<StoredThread | null> {
		await this.#refresh(id);
		return this.#local.find(id);
	}

	async findByPath(path: string): Promise<StoredThread | null> {
		const name = parseRolloutName(path);
		if (name) await this.#refresh(name.id);
		return this.#local.findByPath(path);
	}

	/** What the home has counts while the database cannot be reached. */
	async #refresh(id: string): Promise<void> {
		if (!ID.test(id) || !(await this.#options.database.ready())) return;
		try {
			await this.#options.mirror.refresh(id.toLowerCase());
		} catch (error) {
			this.#options.log.warn('the thread store cannot say what it has of a thread', { error, thread: id });
		}
	}

	async setArchived(thread: StoredThread, change: { readonly archived: boolean }): Promise<StoredThread> {
		const changed = await this.#local.setArchived(thread, change);
		this.#tell(thread.meta.id, { kind: 'archived', value: change });
		return changed;
	}

	async setName(id: string, name: string): Promise<void> {
		await this.#local.setName(id, name);
		this.#tell(id, { kind: 'name', value: { name } });
	}

	async patchGit(thread: StoredThread, patch: GitPatch): Promise<StoredThread> {
		const changed = await this.#local.patchGit(thread, patch);
		this.#tell(thread.meta.id, { kind: 'git', value: patch });
		return changed;
	}

	async delete(thread: StoredThread): Promise<void> {
		await this.#local.delete(thread);
		this.#tell(thread.meta.id, { kind: 'deleted', value: {} });
	}

	#tell(id: string, change: ThreadChange): void {
		this.#options.outbox.add(id, change);
		void this.#options.mirror.touch(id);
	}

	begun(): void {
		this.#local.begun();
	}

	search(query: SearchQuery): Promise<SearchPage | null> {
		return this.#search.search(query);
	}

	searchThreads(query: ThreadMatchQuery, run: ThreadMatchRun): Promise<ThreadMatchPage | null> {
		return this.#search.searchThreads(query, run);
	}

	openRecords(thread: { readonly path: string }) {
		return this.#local.openRecords(thread);
	}

	readTail(thread: { readonly path: string }, takenBack?: number) {
		return this.#local.readTail(thread, takenBack);
	}

	listTurns(thread: { readonly path: string }) {
		return this.#local.listTurns(thread);
	}

	listTurnItems(...request: Parameters<ThreadStore['listTurnItems']>) {
		return this.#local.listTurnItems(...request);
	}

	absence(): string | null {
		const { isUp, place, problem } = this.#options.database;
		return isUp ? null : `the thread store at ${place} cannot be reached: ${problem ?? 'it has not answered yet'}`;
	}

	nameOf(id: string): Promise<string | null> {
		return this.#local.nameOf(id);
	}
}

function positionOf({ path, updatedAt }: StoredThread, { sortKey }: ThreadQuery): Position {
	const name = parseRolloutName(path);
	return { time: sortKey === 'updated_at' ? updatedAt : 0, key: `${name?.day ?? ''}/${name?.name ?? ''}` };
}

/** As the store of the files makes and reads them: one cursor counts for both. */
function cursorOf({ time, key }: Position): string {
	return Buffer.from(JSON.stringify([time, key])).toString('base64url');
}

/** Null for one that is none: the store of the files refuses it by name. */
function positionAt(cursor: string): Position | null {
	try {
		const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
		return Array.isArray(value) && typeof value[0] === 'number' && typeof value[1] === 'string' ? { time: value[0], key: value[1] } : null;
	} catch {
		return null;
	}
}
