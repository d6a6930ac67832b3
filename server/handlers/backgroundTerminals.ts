import type { Handlers } from '../session/handler.ts';
import type { Threads } from '../thread/threads.ts';
import { loadedThread } from './threadLookup.ts';

export interface BackgroundTerminal {
	readonly id: number;
	readonly itemId: string;
	readonly turnId: string;
	readonly command: string;
	readonly cwd: string;
	readonly pid: number;
	/** Unix milliseconds. */
	readonly startedAt: number;
}

export interface BackgroundTerminalServices {
	readonly threads: Threads;
	/** Commands of a thread that still run, the oldest first. */
	listCommands(threadId: string): readonly BackgroundTerminal[];
	/** Ends one of them; its item is completed first. False when it does not run. */
	endCommand(threadId: string, id: number): Promise<boolean>;
	/** Ends all commands of a thread that still run; their items are completed first. */
	endCommands(threadId: string): Promise<void>;
}

/** Commands that outlive the turn which started them. */
export function backgroundTerminalHandlers({ threads, listCommands, endCommand, endCommands }: BackgroundTerminalServices): Handlers {
	return {
		'thread/backgroundTerminals/list': (params) => ({
			data: listCommands(loadedThread(threads, params.threadId).id).map(({ id, startedAt, ...facts }) => ({
				processId: String(id),
				startedAtMs: startedAt,
				...facts,
			})),
		}),
		'thread/backgroundTerminals/terminate': async (params) => ({
			terminated: await endCommand(loadedThread(threads, params.threadId).id, Number(params.processId)),
		}),
		'thread/backgroundTerminals/clean': async (params) => {
			await endCommands(loadedThread(threads, params.threadId).id);
			return {};
		},
	};
}
