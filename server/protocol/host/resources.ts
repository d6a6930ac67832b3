import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { int64, int64OrNull, maybeInt64, maybeText, text, textOrNull, uint32, uint64 } from '../wire/scalar.ts';
import { TokenUsageBreakdown } from '../thread/threadChange.ts';

// Our own additions to the protocol: what the server and its processes take of the machine, and what threads took of models.

export const ServerResourcesReadParams = lazy(() => z.object({}));
export type ServerResourcesReadParams = z.infer<typeof ServerResourcesReadParams>;

/**
 * `server`: its own process. `indexer`: brings the index of threads up to date. `command`: one of an agent, with all that it started.
 * `other`: all the rest that the server started, together.
 */
export const ServerProcessKind = lazy(() => z.enum(['server', 'indexer', 'command', 'other']));
export type ServerProcessKind = z.infer<typeof ServerProcessKind>;

export const ServerProcess = lazy(() =>
	z.object({
		kind: ServerProcessKind,
		/** Of the first process. */
		pid: int64,
		/** How many processes are added up here. */
		processes: uint32,
		/** Processor time since they began, in milliseconds. */
		cpuMs: uint64,
		/** Shared memory counts in proportion where the system tells (Linux), else in full. */
		memoryBytes: uint64,
		startedAtMs: int64OrNull,
		/** Of a `command`, as `thread/backgroundTerminals/terminate` takes them. */
		threadId: textOrNull,
		processId: textOrNull,
		command: textOrNull,
	}),
);
export type ServerProcess = z.infer<typeof ServerProcess>;

/** Two answers tell how much processor time was used between them. */
export const ServerResourcesReadResponse = lazy(() => z.object({ takenAtMs: int64, data: z.array(ServerProcess) }));
export type ServerResourcesReadResponse = z.infer<typeof ServerResourcesReadResponse>;

/** `since`: Unix seconds; what all threads used from then on is added up. */
export const UsageReadParams = lazy(() => z.object({ threadId: maybeText, since: maybeInt64 }));
export type UsageReadParams = z.infer<typeof UsageReadParams>;

export const ModelUsage = lazy(() =>
	z.object({
		modelProvider: text,
		/** Null where the records do not name it. */
		model: textOrNull,
		usage: TokenUsageBreakdown,
	}),
);
export type ModelUsage = z.infer<typeof ModelUsage>;

/** What the copied beginning of a fork used counts for the thread that it comes from. */
export const ThreadUsage = lazy(() =>
	z.object({
		total: z.array(ModelUsage),
		/** Of the newest turn that used a model. */
		lastTurn: z.nullable(z.object({ turnId: text, total: z.array(ModelUsage) })),
	}),
);
export type ThreadUsage = z.infer<typeof ThreadUsage>;

export const UsageReadResponse = lazy(() => z.object({ thread: z.nullable(ThreadUsage), since: z.nullable(z.array(ModelUsage)) }));
export type UsageReadResponse = z.infer<typeof UsageReadResponse>;

// The same for newer clients of this protocol.

export const ServerDiagnosticsParams = lazy(() => z.object({}));
export type ServerDiagnosticsParams = z.infer<typeof ServerDiagnosticsParams>;

export const ServerDiagnosticsProcess = lazy(() =>
	z.object({
		/** The process id. */
		id: uint32,
		residentMemoryBytes: z.nullable(uint64),
		/** Null: told by no system that this server runs on. */
		physicalFootprintBytes: z.nullable(uint64),
	}),
);
export type ServerDiagnosticsProcess = z.infer<typeof ServerDiagnosticsProcess>;

export const ServerDiagnosticsGauge = lazy(() => z.object({ name: text, value: uint64 }));
export type ServerDiagnosticsGauge = z.infer<typeof ServerDiagnosticsGauge>;

export const ServerDiagnosticsResponse = lazy(() => z.object({ process: ServerDiagnosticsProcess, gauges: z.array(ServerDiagnosticsGauge) }));
export type ServerDiagnosticsResponse = z.infer<typeof ServerDiagnosticsResponse>;
