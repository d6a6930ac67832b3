import { threadStoreHandlers } from '../../handlers/host/threadStore.ts';
import type { Threads } from '../../thread/threads.ts';
import { notifyAll } from '../../session/ownMembers.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';

/** Hands over what happens in threads as it happens. */
export function sharedThreadFeature({ shared, clients }: Ground, threads: Threads): Feature {
	shared.threads = threads;
	const status = () => shared.status ?? { state: 'files' as const, place: null, problem: null };
	shared.statusChanged = () => {
		const notification = { method: 'threadStore/changed', params: { status: status() } } as const;
		notifyAll(
			clients.initialized().filter((session) => session.client?.experimentalApi),
			notification,
		);
	};
	return {
		name: 'shared threads',
		handlers: threadStoreHandlers(status),
		observers: [
			{
				phase: 'afterwards',
				attach: (threadId) => {
					if (shared.open() === null) return {};
					const touch = () => {
						if (threads.get(threadId)?.ephemeral !== true) shared.touch(threadId);
					};
					return {
						saved: touch,
						event: ({ type }) => (type === 'itemCompleted' || type === 'turnEnded' || type === 'turnStarted' ? touch() : undefined),
					};
				},
			},
		],
	};
}
