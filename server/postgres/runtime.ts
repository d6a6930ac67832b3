/** The store on PostgreSQL, as a bundle of its own: loaded when an address is configured, so that nobody else pays for it. */
import type { OtherMachines } from '../store/threadLease.ts';
import type { ThreadStore } from '../store/threadStore.ts';
import type { Logger } from '../telemetry/logger.ts';
import { ChangeOutbox } from './changeOutbox.ts';
import { Database } from './database.ts';
import { LocalRollouts } from './localRollouts.ts';
import { type Direction, Mirror } from './mirror.ts';
import { RemoteLeases } from './remoteLeases.ts';
import { SharedStore } from './sharedStore.ts';

/** A server that ends waits this long, in milliseconds, until its last records are handed over. */
const FAREWELL_MS = 3000;

export interface SharedStoreRequest {
	/** `postgres://USER:PASSWORD@HOST/DATABASE`. */
	readonly address: string;
	readonly home: string;
	readonly local: ThreadStore;
	readonly log: Logger;
	whileFree(threadId: string, work: () => void): boolean;
	unload(threadId: string): Promise<void>;
	/** `status` is another one. */
	statusChanged?(): void;
}

/** How the home stands with the database. */
export interface StoreStatus {
	readonly state: 'connecting' | 'away' | 'handingOver' | 'upToDate';
	/** Without a secret. */
	readonly place: string;
	readonly problem: string | null;
}

export interface OpenedStore {
	readonly status: StoreStatus;
	readonly store: ThreadStore;
	readonly machines: OtherMachines;
	/** Something was added to a thread. */
	touch(threadId: string): Promise<void>;
	dispose(): Promise<void>;
}

/** Returns at once; the database is connected to afterwards, again and again until it is there. */
function open(request: SharedStoreRequest): OpenedStore {
	const { address, home, local, log } = request;
	const rollouts = new LocalRollouts(home);
	const outbox = new ChangeOutbox(home);
	let state: StoreStatus['state'] = 'connecting';
	const become = (next: StoreStatus['state']) => {
		if (state === next) return;
		state = next;
		request.statusChanged?.();
	};
	const handOver = async () => {
		become('handingOver');
		await leases.renew();
		await mirror.sync();
		settled();
	};
	/** What could not be handed over goes with the next that is. It may have gone away meanwhile, and says so itself. */
	const settled = () => {
		if (state === 'handingOver' && database.isUp && !mirror.isBehind) become('upToDate');
	};
	const database = new Database({
		address,
		up: () => void handOver(),
		changed: () => mirror.lookForMore(),
		problem: (message) => {
			log.warn(message);
			become('away');
		},
	});
	const mirror: Mirror = new Mirror({ ...request, database, rollouts, outbox, lookAtLease: (id) => leases.look(id) });
	const leases = new RemoteLeases(database, (id) => mirror.touch(id));
	void database.connect();
	return {
		store: new SharedStore({ database, rollouts, outbox, mirror, local, log }),
		machines: leases,
		get status() {
			return { state, place: database.place, problem: state === 'away' ? database.problem : null };
		},
		touch: (id) => mirror.touch(id).then(settled),
		async dispose() {
			const { promise: patience, resolve } = Promise.withResolvers<void>();
			const timer = setTimeout(resolve, FAREWELL_MS);
			await Promise.race([mirror.settled(), patience]);
			clearTimeout(timer);
			await database.dispose();
			rollouts.dispose();
		},
	};
}

export interface Transferred {
	readonly done: number;
	readonly already: number;
	/** Those that went on in both places: what was here is a thread of its own now. */
	readonly parted: number;
	/** Ids, with the reason. */
	readonly left: readonly string[];
}

/** Between the files and a database, once. Throws in words without a secret; the next time goes on where it ended. */
async function transfer({ address, home, local, log, whileFree, unload }: SharedStoreRequest, direction: Direction): Promise<Transferred> {
	const rollouts = new LocalRollouts(home);
	const database = new Database({ address, up: () => {}, changed: () => {}, problem: () => {} });
	const counts = { same: 0, pushed: 0, pulled: 0, parted: 0 };
	const left: string[] = [];
	try {
		await database.connect();
		if (!database.isUp) throw new Error(`the thread store at ${database.place} cannot be reached: ${database.problem ?? 'no answer'}`);
		const lookAtLease = () => Promise.resolve();
		const mirror = new Mirror({ database, rollouts, outbox: new ChangeOutbox(home), local, log, whileFree, unload, lookAtLease });
		await mirror.transfer(direction, (outcome, { thread, error }) => {
			if (outcome !== 'left') counts[outcome]++;
			else left.push(`${thread}: ${error instanceof Error ? error.message : 'it is in use here, or was deleted there'}`);
		});
		return { done: counts.pushed + counts.pulled, already: counts.same, parted: counts.parted, left };
	} finally {
		await database.dispose();
		rollouts.dispose();
	}
}

export const runtime = { open, transfer };
export type PostgresRuntime = typeof runtime;
