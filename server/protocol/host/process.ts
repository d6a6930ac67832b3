import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { AbsolutePathBuf, flag, int32, maybeFlag, maybeInt64, maybeText, maybeUint64, text, texts, uint16 } from '../wire/scalar.ts';

export const ProcessTerminalSize = lazy(() => z.object({ rows: uint16, cols: uint16 }));
export type ProcessTerminalSize = z.infer<typeof ProcessTerminalSize>;

/** A process without sandbox. Answered once it runs; its end is `process/exited`. */
export const ProcessSpawnParams = lazy(() =>
	z.object({
		command: texts,
		/** Chosen by the client; its own on each connection, free again after the exit. */
		processHandle: text,
		cwd: AbsolutePathBuf,
		tty: maybeFlag,
		streamStdin: maybeFlag,
		streamStdoutStderr: maybeFlag,
		/** Per stream. Absent: the server's cap; null: none. */
		outputBytesCap: maybeUint64,
		/** Absent: the server's limit; null: none. */
		timeoutMs: maybeInt64,
		env: z.nullish(z.record(text, z.nullable(text))),
		size: z.nullish(ProcessTerminalSize),
	}),
);
export type ProcessSpawnParams = z.infer<typeof ProcessSpawnParams>;

export const ProcessSpawnResponse = lazy(() => z.object({}));
export type ProcessSpawnResponse = z.infer<typeof ProcessSpawnResponse>;

export const ProcessWriteStdinParams = lazy(() => z.object({ processHandle: text, deltaBase64: maybeText, closeStdin: maybeFlag }));
export type ProcessWriteStdinParams = z.infer<typeof ProcessWriteStdinParams>;

export const ProcessWriteStdinResponse = lazy(() => z.object({}));
export type ProcessWriteStdinResponse = z.infer<typeof ProcessWriteStdinResponse>;

export const ProcessKillParams = lazy(() => z.object({ processHandle: text }));
export type ProcessKillParams = z.infer<typeof ProcessKillParams>;

export const ProcessKillResponse = lazy(() => z.object({}));
export type ProcessKillResponse = z.infer<typeof ProcessKillResponse>;

export const ProcessResizePtyParams = lazy(() => z.object({ processHandle: text, size: ProcessTerminalSize }));
export type ProcessResizePtyParams = z.infer<typeof ProcessResizePtyParams>;

export const ProcessResizePtyResponse = lazy(() => z.object({}));
export type ProcessResizePtyResponse = z.infer<typeof ProcessResizePtyResponse>;

export const ProcessOutputStream = lazy(() => z.enum(['stdout', 'stderr']));
export type ProcessOutputStream = z.infer<typeof ProcessOutputStream>;

export const ProcessOutputDeltaNotification = lazy(() =>
	z.object({
		processHandle: text,
		stream: ProcessOutputStream,
		deltaBase64: text,
		capReached: flag,
	}),
);
export type ProcessOutputDeltaNotification = z.infer<typeof ProcessOutputDeltaNotification>;

export const ProcessExitedNotification = lazy(() =>
	z.object({
		processHandle: text,
		exitCode: int32,
		stdout: text,
		stdoutCapReached: flag,
		stderr: text,
		stderrCapReached: flag,
	}),
);
export type ProcessExitedNotification = z.infer<typeof ProcessExitedNotification>;
