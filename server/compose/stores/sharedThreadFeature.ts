import type { Threads } from '../../thread/threads.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';

/** Hands over what happens in threads as it happens. */
export function sharedThreadFeature({ shared }: Ground, threads: Threads): Feature {
	shared.threads = threads;
	return {
		name: 'shared threads',
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
