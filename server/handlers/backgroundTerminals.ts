import type { Handlers } from '../session/handler.ts';
import type { Threads } from '../thread/threads.ts';
import { loadedThread } from './threadLookup.ts';

export interface BackgroundTerminalServices {
	readonly threads: Threads;
	/** Ends all commands of a thread that still run; their items are completed first. */
	endCommands(threadId: string): Promise<void>;
}

/** Commands that outlive the turn which started them. */
export function backgroundTerminalHandlers({ threads, endCommands }: BackgroundTerminalServices): Handlers {
	return {
		'thread/backgroundTerminals/clean': async (params) => {
			await endCommands(loadedThread(threads, params.threadId).id);
			return {};
		},
	};
}
