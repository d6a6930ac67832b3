import type { Activities } from '../activity/activities.ts';
import type { ToldActivity } from '../activity/activityFiles.ts';
import { storedToWireThread, toWireThread } from '../projection/wireThread.ts';
import { turnPage } from '../projection/threadTurns.ts';
import type { TurnView } from '../projection/turnViews.ts';
import type { ThreadActivity } from '../protocol/thread/threadActivity.ts';
import type { ActivityFeed } from '../session/activityFeed.ts';
import type { Handlers } from '../session/handler.ts';
import type { ThreadSubscriptions } from '../session/threadSubscriptions.ts';
import { line } from '../activity/turnActivity.ts';
import type { ReadState, ReadStates } from '../store/readStates.ts';
import { spawnedAgent } from '../store/sessionSource.ts';
import type { HeldBy } from '../store/threadLease.ts';
import type { StoredThread, ThreadStore } from '../store/threadStore.ts';
import type { Thread } from '../thread/thread.ts';
import type { Threads } from '../thread/threads.ts';
import { turnSource } from './thread/turnSource.ts';
import { inEnglish } from '../words/l10n.ts';

export interface ActivityServices {
	readonly threads: Pick<Threads, 'get' | 'loaded'>;
	readonly store: ThreadStore;
	readonly subscriptions: ThreadSubscriptions;
	readonly activities: Pick<Activities, 'here' | 'elsewhere'>;
	readonly states: Pick<ReadStates, 'of' | 'unread'>;
}

/** Threads with unread results that are shown at most, the last ones. */
const MAX_UNREAD = 100;

export function activityHandlers(feed: ActivityFeed): Handlers {
	return {
		'thread/activity/watch': async ({ steps }, { session, afterReply }) => {
			const { data, begin } = await feed.watch(session, { steps });
			afterReply(begin);
			return { data: [...data] };
		},
		'thread/activity/unwatch': (_, { session }) => {
			feed.unwatch(session);
			return {};
		},
	};
}

/** Whether a thread is shown while something happens in it: answers beside a thread, and threads that are not kept, are not. */
export function isShown({ ephemeral, settings }: Thread): boolean {
	return !ephemeral && !settings.onlyReads;
}

/** Puts together what is shown of all threads of the home in which something runs, waits or is unread. */
export class ActivityRows {
	readonly #services: ActivityServices;
	/** What was read of threads that do not run here. */
	#stored = new Map<string, Promise<StoredThread | null>>();
	#last = new Map<string, { readonly revision: string; readonly turn: Promise<TurnView | null> }>();

	constructor(services: ActivityServices) {
		this.#services = services;
	}

	async all({ anew }: { readonly anew: boolean }): Promise<readonly ThreadActivity[]> {
		if (anew) this.#stored = new Map();
		const running = [...this.#here(), ...(await this.#elsewhere())];
		const known = new Set(running.map(({ thread }) => thread.id));
		const unread = await this.#unread(known);
		return [...running, ...unread, ...(await this.#parents([...running, ...unread]))];
	}

	#here(): readonly ThreadActivity[] {
		const { threads, activities } = this.#services;
		return threads.loaded.flatMap((thread) => {
			const { turn = null, asks = [] } = activities.here(thread.id) ?? {};
			if (!isShown(thread) || (thread.activeTurnId === null && asks.length === 0)) return [];
			return [this.#running(toWireThread(thread), { turn: thread.activeTurnId === turn?.turnId ? turn : null, asks }, null)];
		});
	}

	async #elsewhere(): Promise<readonly ThreadActivity[]> {
		const { activities, threads } = this.#services;
		const rows = activities.elsewhere().map(async ({ threadId, holder, turn, asks }) => {
			const stored = await this.#find(threadId);
			// It is being made, or its last change goes on in another folder.
			if (stored === null) this.#stored.delete(threadId);
			return stored && this.#running(storedToWireThread(stored, { loaded: threads.get(threadId) }), { turn, asks }, holder);
		});
		return (await Promise.all(rows)).filter((row) => row !== null);
	}

	#running(thread: ThreadActivity['thread'], { turn, asks }: ToldActivity, holder: HeldBy | null): ThreadActivity {
		return {
			thread,
			state: asks.length > 0 ? 'waiting' : 'running',
			turn: turn && { id: turn.turnId, status: 'inProgress', startedAt: Math.floor(turn.startedAt / 1000), durationMs: null },
			step: turn?.step ?? null,
			plan: turn?.plan ?? null,
			tokens: turn?.tokens ?? null,
			asks: asks.map(({ askedAt, ...asked }) => ({ ...asked, askedAt: Math.floor(askedAt / 1000) })),
			readState: this.#readState(thread.id),
			server: holder && { pid: holder.pid, host: holder.host, mayHaveEnded: holder.canBeTakenOver },
		};
	}

	async #unread(running: ReadonlySet<string>): Promise<readonly ThreadActivity[]> {
		const rows: ThreadActivity[] = [];
		const marked = this.#services.states.unread();
		for (const { id, state } of marked) {
			if (rows.length === MAX_UNREAD) break;
			if (running.has(id)) continue;
			const stored = await this.#find(id);
			if (stored === null || stored.archived || spawnedAgent(stored.meta.source) !== null) continue;
			rows.push(this.#ended(stored, state, await this.#lastTurn(stored, state.revision)));
		}
		const kept = new Set(rows.map(({ thread }) => thread.id));
		for (const id of this.#last.keys()) if (!kept.has(id)) this.#last.delete(id);
		return rows;
	}

	#ended(stored: StoredThread, state: ReadState, turn: TurnView | null): ThreadActivity {
		const { threads, activities } = this.#services;
		const told = activities.here(stored.meta.id)?.turn ?? null;
		const said = turn?.items.findLast((item) => item.type === 'agentMessage');
		const failure = turn?.error ?? null;
		return {
			thread: storedToWireThread(stored, { loaded: threads.get(stored.meta.id) }),
			state: 'unread',
			turn: turn && {
				id: turn.id,
				status: turn.status,
				startedAt: turn.startedAt === null ? null : Math.floor(turn.startedAt / 1000),
				durationMs: turn.durationMs,
			},
			step: failure
				? { kind: 'error', text: line(inEnglish(failure.message)) }
				: said?.type === 'agentMessage'
					? { kind: 'message', text: line(said.text) }
					: null,
			plan: null,
			tokens: told !== null && told.turnId === turn?.id ? told.tokens : null,
			asks: [],
			readState: { ...state },
			server: null,
		};
	}

	/** Threads that are named since something happens in agents of theirs. */
	async #parents(rows: readonly ThreadActivity[]): Promise<readonly ThreadActivity[]> {
		const shown = new Map(rows.map((row) => [row.thread.id, row]));
		const parents: ThreadActivity[] = [];
		for (const { thread } of rows) {
			for (let id = thread.parentThreadId ?? null; id !== null && !shown.has(id); ) {
				const parent = await this.#idle(id);
				if (parent === null) break;
				shown.set(id, parent);
				parents.push(parent);
				id = parent.thread.parentThreadId ?? null;
			}
		}
		return parents;
	}

	async #idle(id: string): Promise<ThreadActivity | null> {
		const loaded = this.#services.threads.get(id);
		const stored = loaded ? null : await this.#find(id);
		const thread = loaded ? toWireThread(loaded) : stored && storedToWireThread(stored, { loaded: null });
		return (
			thread && {
				thread,
				...{ state: 'idle', turn: null, step: null, plan: null, tokens: null, asks: [], server: null },
				readState: this.#readState(id),
			}
		);
	}

	#readState(id: string): ThreadActivity['readState'] {
		return { ...this.#services.states.of(id) };
	}

	#find(id: string): Promise<StoredThread | null> {
		const known = this.#stored.get(id) ?? this.#services.store.find(id);
		this.#stored.set(id, known);
		return known;
	}

	/** As long as the mark is the same, so is the turn. */
	async #lastTurn(stored: StoredThread, revision: string): Promise<TurnView | null> {
		const { id } = stored.meta;
		const before = this.#last.get(id);
		if (before?.revision === revision) return before.turn;
		const source = turnSource(this.#services, { id, path: stored.path });
		// A file that cannot be read says nothing of its last turn.
		const turn = turnPage(source, { anchor: null, newestFirst: true, limit: 1 }).then(
			(page) => page?.turns[0] ?? null,
			() => null,
		);
		this.#last.set(id, { revision, turn });
		return turn;
	}
}
