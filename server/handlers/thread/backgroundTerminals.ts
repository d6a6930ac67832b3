import { type Handlers, refusal } from '../../session/handler.ts';
import type { Threads } from '../../thread/threads.ts';
import type { CommandTools } from '../../tools/commands/commandTools.ts';
import { pageSize } from './paging.ts';
import { loadedThread } from './threadLookup.ts';

export interface BackgroundTerminalServices extends Pick<CommandTools, 'listCommands' | 'endCommand' | 'endThread'> {
	readonly threads: Threads;
}

/** Commands that outlive the turn which started them. */
export function backgroundTerminalHandlers({ threads, listCommands, endCommand, endThread }: BackgroundTerminalServices): Handlers {
	return {
		'thread/backgroundTerminals/list': ({ threadId, cursor, limit }) => {
			const all = [...listCommands(loadedThread(threads, threadId).id)].sort((a, b) => a.startedAt - b.startedAt || a.id - b.id);
			const rest = cursor == null ? all : all.slice(placeAfter(all, parsePlace(cursor)));
			const page = limit == null ? rest : rest.slice(0, pageSize(limit));
			const last = page.at(-1);
			return {
				data: page.map(({ id, startedAt, ...facts }) => ({
					processId: String(id),
					startedAtMs: startedAt,
					...facts,
					...{ osPid: facts.pid, cpuPercent: null, rssKb: null },
				})),
				nextCursor: last && rest.length > page.length ? `${last.startedAt}-${last.id}` : null,
			};
		},
		'thread/backgroundTerminals/terminate': async (params) => ({
			terminated: await endCommand(loadedThread(threads, params.threadId).id, Number(params.processId)),
		}),
		'thread/backgroundTerminals/clean': async (params) => {
			await endThread(loadedThread(threads, params.threadId).id);
			return {};
		},
	};
}

interface Place {
	readonly startedAt: number;
	readonly id: number;
}

/** The command of a cursor may have ended since: what comes after its place is known all the same. */
function placeAfter(all: readonly Place[], { startedAt, id }: Place): number {
	const index = all.findIndex((each) => each.startedAt > startedAt || (each.startedAt === startedAt && each.id > id));
	return index === -1 ? all.length : index;
}

function parsePlace(cursor: string): Place {
	const [, startedAt, id] = /^(\d+)-(\d+)$/.exec(cursor) ?? [];
	if (startedAt === undefined || id === undefined) throw refusal(`invalid cursor: ${cursor}`);
	return { startedAt: Number(startedAt), id: Number(id) };
}
