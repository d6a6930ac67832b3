import type { ThreadStoreStatus } from '../../protocol/host/threadStore.ts';
import type { Handlers } from '../../session/handler.ts';

/** Where threads are kept. */
export function threadStoreHandlers(status: () => ThreadStoreStatus): Handlers {
	return { 'threadStore/read': () => ({ status: { ...status() } }) };
}
