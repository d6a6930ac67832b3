import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Client } from '../server/client.ts';

export interface OneQuestion {
	readonly cwd: string;
	/** Null: as the server is configured. */
	readonly model: string | null;
	readonly provider: string | null;
	/** What the model is there for. */
	readonly instructions: string;
	readonly text: string;
}

/**
 * The model's answer to one question, in a thread that is not kept, in which nothing can be changed and nobody is asked.
 * Rejects with words for a person; aborting stops the turn.
 */
export async function askOnce(client: Client, { cwd, model, provider, instructions, text }: OneQuestion, signal: AbortSignal): Promise<string> {
	const { thread } = await client.request('thread/start', {
		cwd,
		ephemeral: true,
		approvalPolicy: 'never',
		sandbox: 'read-only',
		baseInstructions: instructions,
		...(model === null ? {} : { model }),
		...(provider === null ? {} : { modelProvider: provider }),
	});
	const threadId = thread.id;
	let answer = '';
	const ended = Promise.withResolvers<string>();
	const notice = (notification: ServerNotification): void => {
		if (notification.method === 'item/completed' && notification.params.threadId === threadId) {
			const { item } = notification.params;
			if (item.type === 'agentMessage') answer = item.text;
		}
		if (notification.method !== 'turn/completed' || notification.params.threadId !== threadId) return;
		const { status, error } = notification.params.turn;
		if (status === 'completed') ended.resolve(answer);
		else ended.reject(new Error(error?.message ?? status));
	};
	const listener = client.onNotification(notice);
	const started = client.request('turn/start', { threadId, input: [{ type: 'text', text, text_elements: [] }] });
	const stop = (): void => {
		ended.reject(new Error('cancelled'));
		void started.then(({ turn }) => client.request('turn/interrupt', { threadId, turnId: turn.id })).catch(() => {});
	};
	signal.addEventListener('abort', stop, { once: true });
	if (signal.aborted) stop();
	try {
		// When the start fails no turn ends.
		started.catch((error: unknown) => ended.reject(error));
		return await ended.promise;
	} finally {
		signal.removeEventListener('abort', stop);
		listener.dispose();
		// Nobody follows it any more, so that it goes.
		client.request('thread/unsubscribe', { threadId }).catch(() => {});
	}
}
