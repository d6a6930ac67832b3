import type { KeptTexts } from '../../projection/keptTexts.ts';
import { allTurnTexts, type TurnSource } from '../../projection/threadTurns.ts';
import { toTurn } from '../../projection/turnViews.ts';
import { Turn } from '../../protocol/thread/turn.ts';
import { invalidRequest, notSupportedYet } from '../../protocol/wire/rpcError.ts';
import { RpcFailure } from '../../session/handler.ts';
import type { Session } from '../../session/session.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import type { TurnStore } from '../../store/turns/storedTurns.ts';
import type { ThreadStore } from '../../store/threadStore.ts';
import type { Threads } from '../../thread/threads.ts';
import { checkThreadId, storedThread } from './threadLookup.ts';

export interface TurnServices {
	readonly store: TurnStore;
	readonly subscriptions: ThreadSubscriptions;
}

/** A thread, loaded or not. The path is null when it is not kept on disk; a loaded one may not have its file yet. */
interface ThreadPlace {
	readonly id: string;
	readonly path: string | null;
	readonly materialized?: boolean;
}

/** Where the turns of a thread are read from. */
export function turnSource({ store, subscriptions }: TurnServices, { id, path, materialized = true }: ThreadPlace): TurnSource {
	return {
		live: () => subscriptions.turnsOf(id)?.turns ?? [],
		stored: () => {
			if (path === null || !materialized) return null;
			const answer = store.listTurns({ path });
			if (answer.type === 'unsupported') throw new RpcFailure(notSupportedYet('reading the turns of threads in this store'));
			return answer.turns;
		},
		damaged: (lines) => subscriptions.warnOfDamage(id, { path: path ?? '', lines }),
	};
}

export interface ThreadSourceServices extends TurnServices {
	readonly threads: Threads;
	readonly store: ThreadStore;
}

/** The turns of a thread that a client names, for a method that only kept threads with a message have something for. */
export async function turnsOfThread(services: ThreadSourceServices, threadId: string, method: string): Promise<TurnSource> {
	const id = checkThreadId(threadId);
	const loaded = services.threads.get(id);
	if (loaded && !loaded.ephemeral && !loaded.materialized) {
		throw new RpcFailure(invalidRequest(`thread ${id} is not materialized yet; ${method} is unavailable before first user message`));
	}
	const thread = loaded ?? { id, path: (await storedThread(services.store, threadId, 'thread not loaded:')).path };
	return turnSource(services, thread);
}

/** All turns of a thread with all items, as a client gets them. Throws the file system's error. */
export function turnTexts(source: TurnSource, session: Session, kept: KeptTexts): Promise<readonly string[]> {
	return allTurnTexts(source, { made: (view) => session.textOf(Turn, toTurn(view, 'full')), dialect: session.dialect, kept });
}
