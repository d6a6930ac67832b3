import { v7 as uuid } from 'uuid';
import { copyRollout, readPart } from '../store/rollout/forkRollout.ts';
import { RolloutWriter, rolloutPath } from '../store/rollout/rolloutFile.ts';
import { unknownForm } from '../store/rollout/rolloutHead.ts';
import type { RolloutView } from '../store/rollout/rolloutView.ts';
import {
	type GitInfo,
	parseSessionMeta,
	type RolloutEntry,
	type RolloutLine,
	type SessionMeta,
	sessionMetaEntry,
} from '../store/rollout/rolloutLine.ts';
import type { DynamicToolSpec } from '../store/dynamicToolSpec.ts';
import type { SessionSource } from '../store/sessionSource.ts';
import type { StoredThread, ThreadStore } from '../store/threadStore.ts';
import type { TurnEvent } from '../items/events.ts';
import { type ForkEnd, findForkPoint } from '../records/forkPoint.ts';
import { inBackground } from '../telemetry/inBackground.ts';
import { readGitInfo } from './gitInfo.ts';
import { waitingMessages } from '../records/inboxRecords.ts';
import { liveRecords } from '../records/liveRecords.ts';
import { historyOf, RecordReader } from '../records/records.ts';
import { Thread } from './thread.ts';
import type { ThreadStart } from '../items/guard.ts';
import type { ThreadObservers } from './threadObserver.ts';
import { type Leases, NO_USAGE, type ThreadFacts, type ThreadPorts } from './threadPorts.ts';
import { recordedGoal } from '../goals/threadGoal.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import { toldContext } from '../records/turnContext.ts';
import { l10n, TextError } from '../words/l10n.ts';

export interface StartRequest {
	/** What lists show until the thread has a message; else nothing. */
	readonly preview?: string;
	readonly settings: ThreadSettings;
	readonly ephemeral: boolean;
	readonly threadSource: string | null;
	/** Whether its items are recorded as newer programs do. */
	readonly paged?: boolean;
	readonly originator: string;
	readonly source: SessionSource;
	/** Whether it takes the place of another one that the person has cleared away. */
	readonly start?: Exclude<ThreadStart, 'resume'>;
	/** Tools that the client implements; checked. */
	readonly dynamicTools: readonly DynamicToolSpec[];
}

export interface ForkRequest extends Omit<StartRequest, 'source' | 'dynamicTools' | 'start'> {
	/** Null: it begins without a word about that. */
	readonly start?: ThreadStart | null;
	readonly end: ForkEnd;
	/** Null: that of the thread. */
	readonly source?: SessionSource;
}

export interface ResumeRequest {
	/** The settings with which a thread of these records goes on. What it throws is thrown. */
	settingsOf(lines: readonly RolloutLine[]): ThreadSettings;
	readonly originator: string;
	/** What a thread that is read again had; else new ones are made. */
	readonly ports?: ThreadPorts;
}

/** The thread's records are of a kind that this program would continue wrongly, or not all of them are there. */
export class NotUnderstoodError extends TextError {}

/** The thread has no such turn. */
export class UnknownTurnError extends Error {}

export interface ThreadsOptions {
	readonly home: string;
	readonly version: string;
	readonly store: ThreadStore;
	readonly observers: ThreadObservers;
	readonly leases: Leases;
	/** Called once for each thread that is loaded; one that is read again keeps what it had. */
	readonly ports: (thread: Omit<ThreadFacts, 'scope'>) => ThreadPorts;
	readonly baseInstructions: (settings: ThreadSettings) => string;
}

/** What a thread is loaded from. */
interface LoadedRecords {
	readonly lines: readonly RolloutLine[];
	readonly standing: number;
	readonly damaged: number;
	readonly unknown: ReadonlyMap<string, number>;
	/** Bytes of the file that were read. */
	readonly size: number;
	/** Of the turn that another process runs; none when no other one works in the thread. */
	readonly running: readonly RolloutLine[];
}

/** The threads that are loaded. */
export class Threads {
	readonly #options: ThreadsOptions;
	readonly #loaded = new Map<string, Thread>();
	/** Resumes under way, so that two clients get one thread. */
	readonly #resuming = new Map<string, Promise<Thread>>();
	readonly #closing = new Map<string, Promise<void>>();

	constructor(options: ThreadsOptions) {
		this.#options = options;
	}

	get(id: string): Thread | null {
		return this.#loaded.get(id) ?? null;
	}

	/** In the order in which they were loaded. */
	get loaded(): readonly Thread[] {
		return [...this.#loaded.values()];
	}

	/** A new thread. Nothing of it is on disk before its first message (S023). */
	start(request: StartRequest): Thread {
		const createdAt = new Date();
		const usual = this.#metaOf(request, { createdAt, forkedFromId: null, git: null });
		const paged = request.paged === true && !request.ephemeral;
		const meta = paged ? { ...usual, historyMode: 'paginated' } : usual;
		const { id } = meta;
		const file = {
			path: rolloutPath(this.#options.home, id, createdAt),
			materialized: false,
			numbered: paged,
			begun: () => this.#options.store.begun(),
		};
		const log = request.ephemeral ? null : new RolloutWriter(file);
		const listener = this.#options.observers.attach(id);
		const options = this.#threadOptions({ id, meta, settings: request.settings, originator: request.originator });
		const thread = new Thread(
			{
				meta,
				settings: request.settings,
				ephemeral: request.ephemeral,
				createdAt: createdAt.getTime(),
				history: [],
				usage: NO_USAGE,
				preview: request.preview ?? '',
				resumed: false,
				start: request.start ?? 'startup',
				lines: [],
				goal: null,
				waiting: [],
				seen: [],
				reader: new RecordReader(),
				runsElsewhere: null,
				previous: null,
			},
			{ log, listener, ...options },
		);
		this.#loaded.set(id, thread);
		inBackground(
			options.ports.log,
			'the look at git',
			readGitInfo(request.settings.cwd).then((git) => thread.setGit(git)),
		);
		return thread;
	}

	/**
	 * A new thread that begins as a stored one did, up to the end of a turn. The stored one is only read, and may be running. Throws
	 * `UnknownTurnError`, and the file system's error when its rollout cannot be read or the new one cannot be written.
	 */
	async fork(stored: StoredThread, request: ForkRequest): Promise<Thread> {
		const source = this.#options.store.openRecords(stored);
		try {
			return await this.#forkOf(source, stored, request);
		} finally {
			source.close();
		}
	}

	async #forkOf(source: RolloutView, stored: StoredThread, request: ForkRequest): Promise<Thread> {
		refuseUnlessUnderstood(stored, source.missing);
		const { start = 'startup', ...asked } = request;
		const point = await findForkPoint(source, request.end);
		if (!point)
			throw new UnknownTurnError(`thread ${stored.meta.id} has no turn ${'before' in request.end ? request.end.before : request.end.through}`);
		const createdAt = new Date();
		const git = await readGitInfo(request.settings.cwd);
		const { historyMode, dynamicTools } = stored.meta;
		// A fork that a person makes of an agent's thread is that person's.
		const origin = request.source ?? (typeof stored.meta.source === 'string' ? stored.meta.source : 'vscode');
		const own = this.#metaOf({ ...asked, source: origin, dynamicTools }, { createdAt, forkedFromId: stored.meta.id, git });
		const meta = historyMode === undefined || request.ephemeral ? own : { ...own, historyMode };
		const fork = { ...stored, meta, name: null, createdAt: createdAt.getTime() };
		if (request.ephemeral) {
			const lines = [...(await readPart(source, point)), ...point.entries.map((entry) => ({ ...entry, timestamp: meta.timestamp }))];
			return this.#load(fork, { ...request, start }, { lines, standing: 0, damaged: 0, unknown: new Map(), size: 0, running: [] });
		}
		const target = rolloutPath(this.#options.home, meta.id, createdAt);
		await copyRollout({ source, bytes: point, target, meta, entries: point.entries });
		const copy = { ...fork, path: target, archived: false };
		return this.#load(copy, { ...request, start }, { ...(await this.#options.store.readTail(copy)), running: [] });
	}

	/** Stores a thread that was held elsewhere, and answers its id. It is not loaded. Throws the file system's error; then there is none. */
	async adopt(request: StartRequest, entries: readonly RolloutEntry[]): Promise<string> {
		const createdAt = new Date();
		const meta = this.#metaOf(request, { createdAt, forkedFromId: null, git: await readGitInfo(request.settings.cwd) });
		const writer = new RolloutWriter({ path: rolloutPath(this.#options.home, meta.id, createdAt), materialized: false });
		writer.append([sessionMetaEntry(meta), ...entries]);
		writer.materialize();
		writer.close();
		return meta.id;
	}

	/** Loads a stored thread. Throws the file system's error when its rollout cannot be read. */
	resume(stored: StoredThread, request: ResumeRequest): Promise<Thread> {
		const { id } = stored.meta;
		const loaded = this.#loaded.get(id);
		if (loaded) return Promise.resolve(loaded);
		const running = this.#resuming.get(id);
		if (running) return running;
		const resuming = this.#resume(stored, request).finally(() => this.#resuming.delete(id));
		this.#resuming.set(id, resuming);
		return resuming;
	}

	/** Reads a loaded thread again, since another process has worked in it. Throws as `resume` does; then it is not loaded. */
	async reload(stored: StoredThread): Promise<Thread> {
		const { id } = stored.meta;
		const before = this.#loaded.get(id);
		if (!before || before.activeTurnId !== null) throw new Error(`thread ${id} cannot be read again now`);
		const ports = before.leave();
		this.#loaded.delete(id);
		this.#options.observers.detach(id);
		return this.resume(stored, { settingsOf: () => before.settings, originator: before.originator, ports });
	}

	/** Stops a thread and forgets it. Its rollout stays. */
	async unload(id: string): Promise<void> {
		const thread = this.#loaded.get(id);
		if (!thread) return this.#closing.get(id);
		// Gone at once: whoever asks for it from now on gets a thread that is read anew, once this one has let go of its file.
		this.#loaded.delete(id);
		const closing = thread.close().finally(() => {
			this.#closing.delete(id);
			this.#options.observers.detach(id);
		});
		this.#closing.set(id, closing);
		return closing;
	}

	/** Stops all threads: running turns are recorded as interrupted and files are closed. */
	async close(): Promise<void> {
		await Promise.all([...this.loaded.map((thread) => thread.close()), ...this.#closing.values()]);
	}

	async #resume(stored: StoredThread, { settingsOf, originator, ports }: ResumeRequest): Promise<Thread> {
		await this.#closing.get(stored.meta.id);
		const content = await this.#options.store.readTail(stored);
		refuseUnlessUnderstood(stored, content.missing);
		const recorded = content.lines.map(parseSessionMeta).find((found) => found !== null) ?? stored.meta;
		// What git says of the folder may have been changed since the first record.
		const meta = { ...recorded, git: stored.meta.git };
		const running = this.#options.leases.isHeld(meta.id) ? await this.#runningTurn(stored) : [];
		const request = {
			settings: settingsOf(content.lines),
			originator,
			ephemeral: false,
			...(ports ? { ports, start: null } : { start: 'resume' as const }),
		};
		return this.#load({ ...stored, meta }, request, { ...content, running });
	}

	/** The records of the turn that another process runs. */
	async #runningTurn(stored: StoredThread): Promise<readonly RolloutLine[]> {
		const answer = this.#options.store.listTurns(stored);
		if (answer.type === 'turns') for await (const { lines } of answer.turns.read({ from: 0, to: 1 }, () => () => true)) return lines;
		return [];
	}

	#load(
		stored: StoredThread,
		request: {
			readonly settings: ThreadSettings;
			readonly originator: string;
			readonly ephemeral: boolean;
			readonly start: ThreadStart | null;
			readonly ports?: ThreadPorts;
		},
		{ lines, standing, damaged, unknown, size, running }: LoadedRecords,
	): Thread {
		const { meta } = stored;
		const live = liveRecords(lines);
		const reader = new RecordReader();
		// Only a thread without a file has to keep its turns here.
		const told = request.ephemeral ? live : live.filter((line) => line.type === 'event_msg');
		const events = told.flatMap((line) => reader.read(line));
		const listener = this.#options.observers.attach(meta.id);
		const shown = events.filter((event) => request.ephemeral || event.type === 'tokenUsage' || event.type === 'planUpdated');
		const otherReader = running.length > 0 ? new RecordReader() : reader;
		const elsewhere = running.flatMap((line) => otherReader.read(line));
		listener.replay([...shown, ...elsewhere], { runsElsewhere: running.length > 0 });
		const usage = events.findLast((event) => event.type === 'tokenUsage');
		const thread = new Thread(
			{
				meta,
				settings: request.settings,
				ephemeral: request.ephemeral,
				createdAt: stored.createdAt,
				history: historyOf(live),
				usage: usage?.total ?? NO_USAGE,
				preview: stored.preview,
				resumed: true,
				start: request.start,
				lines: request.ephemeral ? lines : [],
				goal: recordedGoal(lines),
				waiting: waitingMessages(lines, standing),
				seen: events.flatMap(seenMessage),
				reader: otherReader,
				runsElsewhere: elsewhere.findLast((event) => event.type === 'turnStarted')?.turnId ?? null,
				previous: toldContext(live),
			},
			{
				log: request.ephemeral
					? null
					: new RolloutWriter({ path: stored.path, materialized: true, size, numbered: meta.historyMode === 'paginated' }),
				listener,
				...this.#threadOptions({ id: meta.id, meta, settings: request.settings, originator: request.originator }, request.ports),
			},
		);
		thread.name = stored.name;
		this.#loaded.set(meta.id, thread);
		if (damaged > 0) this.#options.observers.warnOfDamage(meta.id, { path: stored.path, lines: damaged });
		if (unknown.size > 0) this.#options.observers.warnOfUnknown(meta.id, { path: stored.path, kinds: unknown });
		return thread;
	}

	#threadOptions(thread: Omit<ThreadFacts, 'scope'>, ports: ThreadPorts = this.#options.ports(thread)) {
		const { leases, store } = this.#options;
		return {
			ports,
			leases,
			readTail: async (path: string, takenBack: number) => (await store.readTail({ path }, takenBack)).lines,
		};
	}

	#metaOf(
		request: Omit<StartRequest, 'ephemeral'>,
		{ createdAt, forkedFromId, git }: { createdAt: Date; forkedFromId: string | null; git: GitInfo | null },
	): SessionMeta {
		return {
			id: uuid(),
			timestamp: createdAt.toISOString(),
			cwd: request.settings.cwd,
			originator: request.originator,
			cliVersion: this.#options.version,
			source: request.source,
			threadSource: request.threadSource,
			modelProvider: request.settings.provider,
			forkedFromId,
			baseInstructions: this.#options.baseInstructions(request.settings),
			git,
			dynamicTools: request.dynamicTools,
		};
	}
}

/** Whatever is not there, or not understood, must not be continued as if it were. Throws `NotUnderstoodError`. */
function refuseUnlessUnderstood({ meta, missing: unread }: StoredThread, missing: string | null): void {
	const reason = missing ?? unread ?? unknownForm(meta);
	if (reason !== null) throw new NotUnderstoodError(l10n`thread ${meta.id} cannot be continued: ${reason}`);
}

/** A message that its client gave an id. */
function seenMessage(event: TurnEvent) {
	if (event.type !== 'itemCompleted' || event.item.type !== 'userMessage' || event.item.clientId === undefined) return [];
	const { id, clientId, content } = event.item;
	return [{ message: { id, clientId, content, sentAt: event.at }, turnId: event.turnId }];
}
