/** The store on PostgreSQL, as a bundle of its own: loaded when an address is configured, so that nobody else pays for it. */
import type { OtherMachines } from '../store/threadLease.ts';
import type { ThreadStore } from '../store/threadStore.ts';
import type { Logger } from '../telemetry/logger.ts';
import { ChangeOutbox } from './changeOutbox.ts';
import { Database } from './database.ts';
import { LocalRollouts } from './localRollouts.ts';
import { Mirror } from './mirror.ts';
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
}

export interface OpenedStore {
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
	const database = new Database({
		address,
		up: () => void leases.renew().then(() => mirror.sync()),
		changed: () => mirror.lookForMore(),
		problem: (message) => log.warn(message),
	});
	const mirror: Mirror = new Mirror({ ...request, database, rollouts, outbox, lookAtLease: (id) => leases.look(id) });
	const leases = new RemoteLeases(database, (id) => mirror.touch(id));
	void database.connect();
	return {
		store: new SharedStore({ database, rollouts, outbox, mirror, local, log }),
		machines: leases,
		touch: (id) => mirror.touch(id),
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

export const runtime = { open };
export type PostgresRuntime = typeof runtime;
