import { setTimeout as delay } from 'node:timers/promises';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import type { Clients } from '../../session/clients.ts';
import { refusal, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import { ThreadHeldError, ThreadOpenError, type ThreadLeases } from '../../store/threadLease.ts';
import type { ThreadStore } from '../../store/threadStore.ts';
import type { Threads } from '../../thread/threads.ts';
import { checkThreadId } from './threadLookup.ts';
import { textOf } from '../../words/l10n.ts';

/** How often, and after how many milliseconds each, the lease of a turn that is over is looked for again. */
const RELEASE_TRIES = 20;
const RELEASE_MS = 25;

export interface ChangingThreadServices {
	readonly threads: Threads;
	readonly store: ThreadStore;
	readonly clients: Clients;
	readonly subscriptions: ThreadSubscriptions;
	readonly leases: ThreadLeases;
}

/**
 * Runs before every request that writes to a thread. While another server works in the thread it is refused; when one, or another
 * program, has written to it, it is read again first, so that the model and the clients see all of it.
 */
export function beforeChange(services: ChangingThreadServices): (threadId: string) => Promise<(() => void) | undefined> {
	const { threads, leases } = services;
	return async (threadId) => {
		const id = checkThreadId(threadId);
		const loaded = threads.get(id);
		if (loaded?.activeTurnId || loaded?.ephemeral) return undefined;
		await claim(leases, id);
		try {
			await readAgain(services, id);
		} catch (error) {
			leases.unclaim(id);
			throw error;
		}
		return () => leases.unclaim(id);
	};
}

async function readAgain({ threads, store, clients, subscriptions, leases }: ChangingThreadServices, id: string): Promise<void> {
	const loaded = threads.get(id);
	let holder = leases.holder(id);
	// Its turn is recorded as over: the lease goes with it, at once.
	for (let tries = 0; holder && loaded?.status.type === 'idle' && tries < RELEASE_TRIES; tries++) {
		await delay(RELEASE_MS);
		holder = leases.holder(id);
	}
	if (holder) throw heldElsewhere(new ThreadHeldError(id, holder));
	refuseWhileOpen(leases, id);
	if (!loaded?.materialized) return;
	// A newer program that takes turns back goes on in another file.
	const moves = loaded.meta.historyMode !== undefined;
	if (!moves && !loaded.changedElsewhere) return;
	const stored = await store.find(id);
	if (stored && !loaded.changedElsewhere && stored.path === loaded.path) return;
	if (!stored) {
		await threads.unload(id);
		subscriptions.broadcast({ method: 'thread/status/changed', params: { threadId: id, status: { type: 'notLoaded' } } });
		throw new RpcFailure(invalidRequest(`thread not found: ${id}: its records were removed by another program`));
	}
	const again = await threads.reload(stored);
	for (const session of clients.subscribersOf(id)) subscriptions.subscribe(again, session);
}

/** What another machine has said until now is here then. */
async function claim(leases: ThreadLeases, id: string): Promise<void> {
	try {
		await leases.claim(id);
	} catch (error) {
		throw error instanceof ThreadHeldError ? heldElsewhere(error) : error;
	}
}

function refuseWhileOpen(leases: ThreadLeases, id: string): void {
	try {
		leases.refuseWhileOpen(id);
	} catch (error) {
		throw error instanceof ThreadOpenError ? refusal(textOf(error)) : error;
	}
}

/** Clients tell by `data` that a person can take the thread over, and from which machine. */
function heldElsewhere({ message, holder }: ThreadHeldError): RpcFailure {
	const { host, since, canBeTakenOver } = holder;
	return new RpcFailure(invalidRequest(message, { reason: 'threadHeld', host, since, canBeTakenOver }));
}

/** `takeOver` of `thread/resume`: frees a thread of a server elsewhere, of which nobody here can tell whether it lives. */
export function takeOver(leases: ThreadLeases, threadId: string): void {
	try {
		leases.takeOver(checkThreadId(threadId));
	} catch (error) {
		throw error instanceof ThreadHeldError ? heldElsewhere(error) : error;
	}
}
