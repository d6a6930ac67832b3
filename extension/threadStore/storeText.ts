import type { ThreadStoreStatus } from '../../server/protocol/host/threadStore.ts';

/** What is told when the status changes: that the history cannot be reached, or that it is back after that was told. */
export function storeNotice(told: 'away' | null, { state }: ThreadStoreStatus): 'away' | 'back' | null {
	if (state === 'away') return told === 'away' ? null : 'away';
	return state === 'upToDate' && told === 'away' ? 'back' : null;
}
