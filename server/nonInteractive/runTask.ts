import { deniedAnswer } from './deniedAnswer.ts';
import type { ParamsOf } from '../protocol/methods.ts';
import type { ServerNotification, ServerNotificationParams } from '../protocol/serverMessages.ts';
import type { ClientEnd } from '../transport/linkedPair.ts';
import { InProcessClient, RequestError } from './client.ts';
import { progressLines } from './progress.ts';

export interface Task {
	readonly text: string;
	readonly version: string;
	/** Null leaves each to the configuration. */
	readonly cwd: string | null;
	readonly model: string | null;
	readonly sandbox: ParamsOf<'thread/start'>['sandbox'] | null;
	/** Prints every notification as a line of JSON instead of the answer. */
	readonly json: boolean;
}

export interface TaskOutput {
	/** The answer or the events; a line without its end. */
	result(line: string): void;
	/** What happens meanwhile, for people; a line without its end. */
	progress(line: string): void;
}

export const EXIT = { ok: 0, failed: 1, interrupted: 130 } as const;

/**
 * One turn in a thread of its own, with nobody who could be asked. The signal interrupts the turn; then, too, the thread is kept.
 * Resolves with the exit code and never rejects.
 */
export async function runTask(end: ClientEnd, task: Task, { output, signal }: { output: TaskOutput; signal: AbortSignal }): Promise<number> {
	const ended = Promise.withResolvers<ServerNotificationParams<'turn/completed'>['turn']>();
	let threadId: string | null = null;
	let answer: string | null = null;
	const take = (notification: ServerNotification) => {
		if (task.json) output.result(JSON.stringify(notification));
		else for (const line of progressLines(notification)) output.progress(line);
		const { method, params } = notification;
		if (method === 'item/completed' && params.threadId === threadId && params.item.type === 'agentMessage') {
			// Only the last message is the answer; the ones before tell how it goes.
			if (answer !== null && !task.json) output.progress(answer);
			answer = params.item.text;
		}
		if (method === 'turn/completed' && params.threadId === threadId) ended.resolve(params.turn);
	};
	const client = new InProcessClient(end, { notification: take, request: deniedAnswer });
	try {
		await client.request('initialize', {
			clientInfo: { name: 'tiller_exec', title: 'Tiller exec', version: task.version },
			capabilities: { experimentalApi: true },
		});
		const { config } = await client.request('config/read', {});
		const started = await client.request('thread/start', {
			...(task.cwd === null ? {} : { cwd: task.cwd }),
			...(task.model === null ? {} : { model: task.model }),
			...(task.sandbox ? { sandbox: task.sandbox } : {}),
			...(config.approval_policy === null ? { approvalPolicy: 'never' } : {}),
		});
		threadId = started.thread.id;
		if (!task.json)
			output.progress(`${started.model} (${started.modelProvider}) in ${started.cwd}, sandbox ${started.sandbox.type}, thread ${threadId}`);
		if (signal.aborted) return EXIT.interrupted;
		const { turn } = await client.request('turn/start', { threadId, input: [{ type: 'text', text: task.text, text_elements: [] }] });
		const interrupt = () => {
			// A turn that is ending already refuses: then its end comes anyway.
			client.request('turn/interrupt', { threadId: started.thread.id, turnId: turn.id }).catch(() => {});
		};
		signal.addEventListener('abort', interrupt, { once: true });
		if (signal.aborted) interrupt();
		const { status, error } = await ended.promise;
		signal.removeEventListener('abort', interrupt);
		if (answer !== null && !task.json) output.result(answer);
		if (status === 'completed') return EXIT.ok;
		output.progress(error ? `failed: ${error.message}` : `the turn ended as ${status}`);
		return status === 'interrupted' ? EXIT.interrupted : EXIT.failed;
	} catch (error) {
		output.progress(error instanceof RequestError ? error.message : `failed: ${error instanceof Error ? error.message : String(error)}`);
		return EXIT.failed;
	} finally {
		client.close();
	}
}
