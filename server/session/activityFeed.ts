import type { Activities, ActivityChange } from '../activity/activities.ts';
import type { ThreadActivity } from '../protocol/thread/threadActivity.ts';
import type { Logger } from '../telemetry/logger.ts';
import { encodeNotification, type Session } from './session.ts';

export interface ActivityFeedOptions {
	readonly activities: Pick<Activities, 'watch'>;
	/** All that is shown now. `anew`: names, marks or the archive have changed. */
	rows(options: { readonly anew: boolean }): Promise<readonly ThreadActivity[]>;
	readonly log: Logger;
}

interface Watcher {
	readonly steps: boolean;
	/** What the client was told of each thread last. */
	known: ReadonlyMap<string, string>;
}

/** What comes close together is told together. Milliseconds. */
const STATE_MS = 50;
/** How often steps are told, and how often is looked whether other servers still live while somebody watches their steps. Milliseconds. */
const STEP_MS = 1000;

/** Tells clients what happens in all threads, each no more than it asked for. */
export class ActivityFeed {
	readonly #options: ActivityFeedOptions;
	readonly #watchers = new Map<Session, Watcher>();
	/** Requests whose answer is not on its way yet: what changes meanwhile must be heard. */
	readonly #asking = new Map<object, Session>();
	readonly #gone = new WeakSet<Session>();
	#unwatch: (() => void) | null = null;
	#timer: { readonly handle: NodeJS.Timeout; readonly at: number } | null = null;
	#isStale = false;
	#isTelling = false;

	constructor(options: ActivityFeedOptions) {
		this.#options = options;
	}

	/** What there is now, for the answer; `begin`, to be called when that is on its way, tells of what changes from then on. */
	async watch(session: Session, { steps }: { readonly steps: boolean }): Promise<{ readonly data: readonly ThreadActivity[]; begin(): void }> {
		this.#watchers.delete(session);
		const request = {};
		if (!this.#gone.has(session)) this.#asking.set(request, session);
		// Before the look, so that no change falls between.
		this.#unwatch ??= this.#options.activities.watch((change) => this.#changed(change));
		try {
			const data = await this.#options.rows({ anew: true });
			return {
				data,
				begin: () => {
					if (this.#asking.delete(request)) this.#watchers.set(session, { steps, known: knownOf(data, steps) });
					this.#schedule(STATE_MS);
				},
			};
		} catch (error) {
			this.#asking.delete(request);
			this.#rest();
			throw error;
		}
	}

	unwatch(session: Session): void {
		for (const [request, asking] of this.#asking) if (asking === session) this.#asking.delete(request);
		this.#watchers.delete(session);
		this.#rest();
	}

	/** The connection is closed. */
	forget(session: Session): void {
		this.#gone.add(session);
		this.unwatch(session);
	}

	dispose(): void {
		this.#asking.clear();
		this.#watchers.clear();
		this.#rest();
	}

	#rest(): void {
		if (this.#watchers.size > 0 || this.#asking.size > 0) return;
		this.#unwatch?.();
		this.#unwatch = null;
		if (this.#timer) clearTimeout(this.#timer.handle);
		this.#timer = null;
	}

	get #hasSteps(): boolean {
		return [...this.#watchers.values()].some(({ steps }) => steps);
	}

	#changed(change: ActivityChange): void {
		if (change === 'marks') this.#isStale = true;
		if (change !== 'step') this.#schedule(STATE_MS);
		else if (this.#hasSteps) this.#schedule(STEP_MS);
	}

	#schedule(ms: number): void {
		const at = performance.now() + ms;
		if (this.#timer && this.#timer.at <= at) return;
		if (this.#timer) clearTimeout(this.#timer.handle);
		const handle = setTimeout(() => {
			this.#timer = null;
			void this.#tell();
		}, ms).unref();
		this.#timer = { handle, at };
	}

	/** Never rejects. */
	async #tell(): Promise<void> {
		if (this.#watchers.size === 0) return this.#rest();
		// Two at once could tell an older state after a newer one.
		if (this.#isTelling) return this.#schedule(STATE_MS);
		this.#isTelling = true;
		const anew = this.#isStale;
		this.#isStale = false;
		try {
			const rows = await this.#options.rows({ anew });
			for (const [session, watcher] of this.#watchers) tell(session, watcher, rows);
			if (this.#hasSteps && rows.some(({ server }) => server !== null)) this.#schedule(STEP_MS);
		} catch (error) {
			this.#isStale ||= anew;
			this.#options.log.error('what happens in threads could not be told', { error });
		} finally {
			this.#isTelling = false;
		}
	}
}

function tell(session: Session, watcher: Watcher, rows: readonly ThreadActivity[]): void {
	const before = watcher.known;
	watcher.known = knownOf(rows, watcher.steps);
	const changed = rows.filter(({ thread }) => watcher.known.get(thread.id) !== before.get(thread.id));
	const removed = [...before.keys()].filter((id) => !watcher.known.has(id));
	if (changed.length === 0 && removed.length === 0) return;
	session.notify(encodeNotification({ method: 'thread/activity/changed', params: { changed, removed } }));
}

/** What a client would have to be told again when it is another. */
function knownOf(rows: readonly ThreadActivity[], steps: boolean): ReadonlyMap<string, string> {
	return new Map(rows.map((row) => [row.thread.id, JSON.stringify(steps ? row : withoutSteps(row))]));
}

function withoutSteps({ thread: { id, name, preview }, state, turn, asks, readState, server }: ThreadActivity): unknown {
	return { id, name, preview, state, turn, asks, readState, server };
}
