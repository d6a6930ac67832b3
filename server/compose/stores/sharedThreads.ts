import module from 'node:module';
import path from 'node:path';
import type { Config } from '../../config/config.ts';
import type { OpenedStore, PostgresRuntime, SharedStoreRequest, StoreStatus, Transferred } from '../../postgres/runtime.ts';
import type { OtherMachines, ThreadLeases } from '../../store/threadLease.ts';
import type { ThreadStore } from '../../store/threadStore.ts';
import type { Logger } from '../../telemetry/logger.ts';
import { inEnglish, l10n, type L10nMessage } from '../../words/l10n.ts';

export interface SharedThreadsOptions {
	readonly home: string;
	readonly assets: string;
	readonly log: Logger;
	readonly local: ThreadStore;
	readonly address: () => string | null;
}

const ADDRESS = /^postgres(ql)?:\/\//;

/** Where threads are kept for all machines of a person; null when nobody says. */
export function threadStoreAddress(env: NodeJS.ProcessEnv, config: Config): string | null {
	return env.TILLER_THREAD_STORE?.trim() || config.tiller?.thread_store?.trim() || null;
}

/** Why an address has no effect; null when it has one. It is not repeated: it may hold a password. */
export function storeProblem(address: string | null): L10nMessage | null {
	if (address === null || ADDRESS.test(address)) return null;
	return l10n`The thread store has no effect: its address must have the form postgres://USER@HOST/DATABASE.`;
}

/** What of the address no log may hold. */
export function storeSecrets(address: string | null): readonly string[] {
	if (address === null) return [];
	const password = /^[\w+.-]+:\/\/[^/@\s]*?:(.*)@/.exec(address)?.[1];
	return password === undefined || password === '' ? [address] : [address, password, decoded(password)];
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

/** The store of the files, or, where an address is configured, that of all machines over it. It is chosen when it is asked first, and once. */
export class SharedThreads {
	readonly #options: SharedThreadsOptions;
	#opened: OpenedStore | 'none' | null = null;
	#threads: { unload(threadId: string): Promise<void> } | null = null;
	/** Given as soon as they are made. */
	leases: ThreadLeases | null = null;

	constructor(options: SharedThreadsOptions) {
		this.#options = options;
	}

	set threads(threads: { unload(threadId: string): Promise<void> }) {
		this.#threads = threads;
	}

	/** Told when `status` is another one. */
	statusChanged: () => void = () => {};

	/** Null when nobody says that they are elsewhere than in the home. */
	get status(): StoreStatus | null {
		return this.open()?.status ?? null;
	}

	get machines(): OtherMachines | null {
		return this.open()?.machines ?? null;
	}

	/** Null when nobody says where. */
	open(): OpenedStore | null {
		this.#opened ??= this.#open() ?? 'none';
		return this.#opened === 'none' ? null : this.#opened;
	}

	touch(threadId: string): void {
		void this.open()?.touch(threadId);
	}

	/** Loads nothing before it is used. */
	readonly store: ThreadStore = delegating(() => this.open()?.store ?? this.#options.local);

	/** Between the files and a database, once; without an address the one that is configured. Throws in words a person can act on. */
	async transfer(direction: 'import' | 'export', given: string | null): Promise<Transferred> {
		const { address: configured, assets, ...options } = this.#options;
		const address = given ?? configured();
		if (address === null)
			throw new Error('say where: an address of the form postgres://USER@HOST/DATABASE, TILLER_THREAD_STORE, or `thread_store` in `[tiller]`');
		if (!ADDRESS.test(address)) throw new Error('the address is none of the form postgres://USER@HOST/DATABASE');
		return loadRuntime(assets).transfer(this.#request(address, options), direction);
	}

	#request(address: string, options: Omit<SharedThreadsOptions, 'address' | 'assets'>): SharedStoreRequest {
		return {
			...options,
			address,
			whileFree: (id, work) => this.leases?.whileFree(id, work) ?? false,
			unload: async (id) => this.#threads?.unload(id),
			statusChanged: () => this.statusChanged(),
		};
	}

	async dispose(): Promise<void> {
		if (this.#opened !== null && this.#opened !== 'none') await this.#opened.dispose();
		this.#opened = 'none';
	}

	#open(): OpenedStore | null {
		const { address: configured, assets, ...options } = this.#options;
		const address = configured();
		if (address === null) return null;
		const problem = storeProblem(address);
		if (problem !== null) {
			options.log.warn(inEnglish(problem));
			return null;
		}
		return loadRuntime(assets).open(this.#request(address, options));
	}
}

/** The bundle lies beside ours: the bundler must not follow it. */
function loadRuntime(assets: string): PostgresRuntime {
	return (module.createRequire(path.join(assets, 'x.js'))('./postgres.js') as { runtime: PostgresRuntime }).runtime;
}

function delegating(chosen: () => ThreadStore): ThreadStore {
	return {
		list: (...given) => chosen().list(...given),
		search: (...given) => chosen().search(...given),
		searchThreads: (...given) => chosen().searchThreads(...given),
		begun: () => chosen().begun(),
		find: (...given) => chosen().find(...given),
		findByPath: (...given) => chosen().findByPath(...given),
		openRecords: (...given) => chosen().openRecords(...given),
		readTail: (...given) => chosen().readTail(...given),
		setArchived: (...given) => chosen().setArchived(...given),
		setName: (...given) => chosen().setName(...given),
		patchGit: (...given) => chosen().patchGit(...given),
		delete: (...given) => chosen().delete(...given),
		nameOf: (...given) => chosen().nameOf(...given),
		absence: () => chosen().absence?.() ?? null,
		listTurns: (...given) => chosen().listTurns(...given),
		listTurnItems: (...given) => chosen().listTurnItems(...given),
	};
}
