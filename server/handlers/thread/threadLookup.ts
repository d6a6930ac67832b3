import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { RpcFailure } from '../../session/handler.ts';
import type { StoredThread, ThreadStore } from '../../store/threadStore.ts';
import type { Thread } from '../../thread/thread.ts';
import type { Threads } from '../../thread/threads.ts';

const UUID = /^(?:urn:uuid:)?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})$/i;

export function isThreadId(id: string): boolean {
	return UUID.test(id);
}

/** The id as threads carry it: small letters, with hyphens. Refuses what is no thread id at all, and says which character is wrong. */
export function checkThreadId(id: string): string {
	const parts = UUID.exec(id);
	if (parts) return parts.slice(1).join('-').toLowerCase();
	const wrong = [...id].findIndex((character) => !/[0-9a-fA-F-]/.test(character));
	const detail =
		wrong >= 0
			? `invalid character: expected an optional prefix of \`urn:uuid:\` followed by [0-9a-fA-F-], found \`${[...id][wrong]}\` at ${wrong + 1}`
			: `invalid length: expected length 32 for simple format, found ${id.length}`;
	throw new RpcFailure(invalidRequest(`invalid thread id: ${detail}`));
}

/** A thread that is loaded. Answers "thread not found" for any other. */
export function loadedThread(threads: Threads, id: string): Thread {
	const threadId = checkThreadId(id);
	const thread = threads.get(threadId);
	if (!thread) throw new RpcFailure(invalidRequest(`thread not found: ${threadId}`));
	return thread;
}

/** A stored thread; else the error that begins with `missing` and ends with the id. */
export async function storedThread(store: ThreadStore, id: string, missing = 'no rollout found for thread id'): Promise<StoredThread> {
	const threadId = checkThreadId(id);
	const found = await store.find(threadId);
	if (found) return found;
	const absence = store.absence?.() ?? null;
	throw new RpcFailure(invalidRequest(`${missing} ${threadId}${absence === null ? '' : `, and ${absence}`}`));
}
