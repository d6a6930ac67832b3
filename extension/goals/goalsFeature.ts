import * as vscode from 'vscode';
import type { ThreadGoalUpdatedNotification } from '../../server/protocol/thread/threadGoal.ts';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { Client } from '../server/client.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { goalWords as words } from './goalWords.ts';

/** Longer objectives are cut where they are shown: a notification has little room. */
const LONGEST_OBJECTIVE = 200;

/** A goal that is no longer pursued: the person is told, and can have it pursued again, also later. */
export function goalsFeature({ log }: Ground, { chats, threads }: { readonly chats: Chats; readonly threads: Pick<ThreadsFeature, 'titleOf'> }) {
	const tell = async ({ threadId, goal }: ThreadGoalUpdatedNotification, client: Client) => {
		const { objective } = goal;
		const shown = objective.length > LONGEST_OBJECTIVE ? `${objective.slice(0, LONGEST_OBJECTIVE)}…` : objective;
		const clicked = await vscode.window.showInformationMessage(words.paused(threads.titleOf(threadId), shown), words.resume());
		if (clicked !== undefined) await resume(client, threadId);
	};
	return {
		clientCommands: {
			'tiller.resumeGoal': async (client) => {
				const threadId = chats.active.active.id;
				const goal = threadId === null ? null : (await client.request('thread/goal/get', { threadId })).goal;
				if (threadId === null || goal?.status !== 'paused') return void vscode.window.showInformationMessage(words.noneToResume());
				await resume(client, threadId);
			},
		},
		notice: ({ method, params }, client) => {
			// Without a turn, a client has changed it, or this window has just opened the thread.
			if (method !== 'thread/goal/updated' || params.turnId === null || params.goal.status !== 'paused') return;
			tell(params, client).catch((error: unknown) => log.error(`a paused goal could not be told: ${String(error)}`));
		},
	} satisfies Feature;
}

async function resume(client: Client, threadId: string): Promise<void> {
	try {
		await client.request('thread/goal/set', { threadId, status: 'active' });
	} catch (error) {
		void vscode.window.showErrorMessage(words.notResumed(error instanceof Error ? error.message : String(error)));
	}
}
