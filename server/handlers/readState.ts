import { invalidRequest } from '../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import type { ReadMarks } from '../session/readMarks.ts';
import { checkThreadId } from './thread/threadLookup.ts';

/** What of a thread is read: one mark for all clients. */
export function readStateHandlers({ marks }: { readonly marks: ReadMarks }): Handlers {
	return {
		'thread/readState/update': async ({ threadId, operation, expectedRevision }, { afterReply }) => {
			const id = checkThreadId(threadId);
			const current = await marks.of(id);
			if (current === null) throw new RpcFailure(invalidRequest('thread read state unavailable'));
			if (current.revision !== expectedRevision) {
				throw new RpcFailure(invalidRequest('read state changed', { reason: 'readStateConflict', readState: { ...current } }));
			}
			const readState = marks.set(id, operation.type === 'read' ? null : { type: 'threadStart' });
			afterReply(() => marks.tell(id, readState));
			return { readState };
		},
	};
}
