import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { newer } from '../wire/define.ts';
import { AbsolutePathBuf, int64, maybeText, maybeUint32, text, textOrNull, uint32, uint64 } from '../wire/scalar.ts';

export const ThreadActiveFlag = lazy(() => z.enum(['waitingOnApproval', 'waitingOnUserInput']));
export type ThreadActiveFlag = z.infer<typeof ThreadActiveFlag>;

export const ThreadStatus = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('notLoaded') }),
		z.object({ type: z.literal('idle') }),
		z.object({ type: z.literal('systemError') }),
		z.object({
			type: z.literal('active'),
			activeFlags: z.array(ThreadActiveFlag),
		}),
	]),
);
export type ThreadStatus = z.infer<typeof ThreadStatus>;

// Our own additions to the protocol: what fills the context of a thread, and which of its commands still run.

export const ThreadContextReadParams = lazy(() => z.object({ threadId: text }));
export type ThreadContextReadParams = z.infer<typeof ThreadContextReadParams>;

/** `summary`: of what was said before a compaction. `other`: what is in none of the rest, above all the definitions of the tools. */
export const ThreadContextKind = lazy(() =>
	z.enum(['instructions', 'summary', 'userMessages', 'answers', 'reasoning', 'toolCalls', 'toolOutput', 'other']),
);
export type ThreadContextKind = z.infer<typeof ThreadContextKind>;

export const ThreadContextPart = lazy(() => z.object({ kind: ThreadContextKind, tokens: uint64 }));
export type ThreadContextPart = z.infer<typeof ThreadContextPart>;

/** `tokens`: of the next request, partly estimated; the parts are estimates that are made to fit it. */
export const ThreadContextReadResponse = lazy(() => z.object({ tokens: uint64, parts: z.array(ThreadContextPart) }));
export type ThreadContextReadResponse = z.infer<typeof ThreadContextReadResponse>;

export const ThreadBackgroundTerminalsListParams = lazy(() => z.object({ threadId: text, cursor: maybeText, limit: maybeUint32 }));
export type ThreadBackgroundTerminalsListParams = z.infer<typeof ThreadBackgroundTerminalsListParams>;

/** A command of the agent that still runs. */
export const BackgroundTerminal = lazy(() =>
	z.object({
		/** As on the command's item. */
		processId: text,
		itemId: text,
		turnId: text,
		command: text,
		cwd: AbsolutePathBuf,
		/** Of the operating system. */
		pid: int64,
		/** The same, as newer clients call it. */
		osPid: newer(z.optional(uint32)),
		/** Always null: `server/resources/read` measures. */
		cpuPercent: newer(z.optional(z.null())),
		rssKb: newer(z.optional(z.null())),
		startedAtMs: int64,
	}),
);
export type BackgroundTerminal = z.infer<typeof BackgroundTerminal>;

/** The oldest first; without a `limit` all of them. */
export const ThreadBackgroundTerminalsListResponse = lazy(() =>
	z.object({ data: z.array(BackgroundTerminal), nextCursor: newer(z.optional(textOrNull)) }),
);
export type ThreadBackgroundTerminalsListResponse = z.infer<typeof ThreadBackgroundTerminalsListResponse>;

export const ThreadBackgroundTerminalsTerminateParams = lazy(() => z.object({ threadId: text, processId: text }));
export type ThreadBackgroundTerminalsTerminateParams = z.infer<typeof ThreadBackgroundTerminalsTerminateParams>;

/** `terminated`: false when no such command ran any more. */
export const ThreadBackgroundTerminalsTerminateResponse = lazy(() => z.object({ terminated: z.boolean() }));
export type ThreadBackgroundTerminalsTerminateResponse = z.infer<typeof ThreadBackgroundTerminalsTerminateResponse>;
