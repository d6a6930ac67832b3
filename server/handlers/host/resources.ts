import type { TreeUse } from '../../exec/processUse.ts';
import type { ServerProcess } from '../../protocol/host/resources.ts';
import { internalError } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { sharedRun } from '../../session/sharedRun.ts';
import type { Threads } from '../../thread/threads.ts';
import type { CommandTools } from '../../tools/commands/commandTools.ts';

export interface ResourceServices extends Pick<CommandTools, 'listCommands'> {
	readonly threads: Threads;
	/** The process that works on the index of threads just now. */
	indexerPid(): number | null;
	/** What each process and all below it take, without those below another one that is asked for. */
	readTreeUse(pids: readonly number[]): Promise<ReadonlyMap<number, TreeUse>>;
	readonly pid: number;
	/** What the server works on at this moment, by name. */
	gauges(): Readonly<Record<string, number>>;
}

/** What the server's processes take of the machine. Measured when it is asked for, and at no other time. */
export function resourceHandlers(services: ResourceServices): Handlers {
	const { threads, listCommands, indexerPid, readTreeUse, pid, gauges } = services;
	return {
		'server/diagnostics': () => ({
			process: { id: pid, residentMemoryBytes: process.memoryUsage.rss(), physicalFootprintBytes: null },
			gauges: Object.entries(gauges()).map(([name, value]) => ({ name, value })),
		}),

		'server/resources/read': sharedRun(async () => {
			const commands = threads.loaded.flatMap(({ id }) => listCommands(id).map((command) => ({ threadId: id, ...command })));
			const indexer = indexerPid();
			let use: ReadonlyMap<number, TreeUse>;
			try {
				use = await readTreeUse([pid, ...(indexer === null ? [] : [indexer]), ...commands.map((command) => command.pid)]);
			} catch (error) {
				throw new RpcFailure(
					internalError(`the system does not tell what processes take: ${error instanceof Error ? error.message : String(error)}`),
				);
			}
			const tree = use.get(pid);
			if (tree === undefined) throw new RpcFailure(internalError('the system does not tell what the server takes'));
			const { own, startedAtMs } = tree;
			const none = { threadId: null, processId: null, command: null };
			const data: ServerProcess[] = [{ kind: 'server', pid, processes: 1, ...own, startedAtMs, ...none }];
			if (tree.processes > 1) {
				const rest = { processes: tree.processes - 1, cpuMs: tree.cpuMs - own.cpuMs, memoryBytes: tree.memoryBytes - own.memoryBytes };
				data.push({ kind: 'other', pid, ...rest, startedAtMs: null, ...none });
			}
			const index = indexer === null ? undefined : use.get(indexer);
			if (indexer !== null && index !== undefined)
				data.push({ kind: 'indexer', pid: indexer, ...sumOf(index), startedAtMs: index.startedAtMs, ...none });
			for (const command of commands) {
				const taken = use.get(command.pid);
				if (taken === undefined) continue;
				data.push({
					kind: 'command',
					pid: command.pid,
					...sumOf(taken),
					startedAtMs: command.startedAt,
					threadId: command.threadId,
					processId: String(command.id),
					command: command.command,
				});
			}
			return { takenAtMs: Date.now(), data };
		}),
	};
}

function sumOf({ processes, cpuMs, memoryBytes }: TreeUse) {
	return { processes, cpuMs, memoryBytes };
}
