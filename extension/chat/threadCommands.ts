import type { PageRequests } from '../../webview/channel/requests/pageRequests.ts';
import type { Client } from '../server/client.ts';
import type { ActiveThread } from './activeThread.ts';

export interface ThreadCommandParts {
	readonly active: ActiveThread;
	readonly ready: () => Promise<Client>;
}

/** What the composer's commands do with the active thread. Failures have words for a person. */

export async function compactThread({ active, ready }: ThreadCommandParts): Promise<void> {
	const threadId = await active.ensure();
	await (await ready()).request('thread/compact/start', { threadId });
}

/** A branch and a commit are asked for in VS Code; the answer to the page does not wait for it. */
export async function review(
	{ active, ready, ask }: ThreadCommandParts & { readonly ask: (kind: 'baseBranch' | 'commit') => Promise<void> },
	target: PageRequests['review']['params']['target'],
): Promise<void> {
	switch (target.type) {
		case 'baseBranch':
		case 'commit':
			void ask(target.type);
			return;
		default: {
			const threadId = await active.ensure();
			// A turn that runs goes on: the review then has a thread of its own, which is shown.
			const delivery = active.runningTurn === null ? 'inline' : 'detached';
			const { reviewThreadId } = await (await ready()).request('review/start', { threadId, target, delivery });
			active.open(reviewThreadId);
		}
	}
}
