import type { Handlers } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import type { CommandTools } from '../../tools/commands/commandTools.ts';
import { loadedThread } from './threadLookup.ts';

export interface BackgroundTerminalServices extends Pick<CommandTools, 'listCommands' | 'endCommand' | 'endThread'> {
	readonly threads: Threads;
}

/** Commands that outlive the turn which started them. */
export function backgroundTerminalHandlers({ threads, listCommands, endCommand, endThread }: BackgroundTerminalServices): Handlers {
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
			await endThread(loadedThread(threads, params.threadId).id);
			return {};
		},
	};
}
