import { spawn } from 'node:child_process';
import type { Logger } from '../../telemetry/logger.ts';
import type { TurnEvent } from '../../items/events.ts';
import type { Observer } from '../threadObserver.ts';

export interface NotifyCommandOptions {
	/** `notify` of the configuration: a program and its first arguments. */
	command(threadId: string): readonly string[] | undefined;
	/** Of a loaded thread: where it works, and which client it belongs to (S020). */
	thread(id: string): { readonly cwd: string; readonly client: string } | null;
	/** What the program gets of ours. */
	env(): Readonly<Record<string, string>>;
	readonly log: Logger;
}

/**
 * Runs the command of the configuration after every turn that was completed, with what happened as one JSON argument more. It runs
 * by itself: nobody waits for it, and a failure is only logged.
 */
export function notifyCommand(options: NotifyCommandOptions): Observer {
	return {
		phase: 'afterwards',
		attach: (threadId) => {
			let messages: string[] = [];
			const event = (given: TurnEvent) => {
				if (given.type === 'turnStarted') messages = [];
				if (given.type === 'itemCompleted' && given.item.type === 'userMessage') {
					messages.push(given.item.content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n'));
				}
				if (given.type !== 'turnEnded' || given.end.status !== 'completed') return;
				const [program, ...args] = options.command(threadId) ?? [];
				if (program === undefined) return;
				const thread = options.thread(threadId);
				const payload = {
					type: 'agent-turn-complete',
					'thread-id': threadId,
					'turn-id': given.turnId,
					cwd: thread?.cwd ?? null,
					client: thread?.client ?? null,
					'input-messages': messages,
					'last-assistant-message': given.lastMessage,
				};
				run([program, ...args, JSON.stringify(payload)], options);
			};
			return { event };
		},
	};
}

function run([program = '', ...args]: readonly string[], { env, log }: Pick<NotifyCommandOptions, 'env' | 'log'>): void {
	const failed = (error: unknown) => log.warn('the notify command could not be run', { program, error });
	try {
		const child = spawn(program, args, { stdio: 'ignore', detached: true, env: env() });
		child.on('error', failed);
		child.unref();
	} catch (error) {
		// Some failures, such as too long an argument, are thrown.
		failed(error);
	}
}
