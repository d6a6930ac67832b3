import * as z from 'zod/mini';
import { experimental } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { PermissionProfile, SandboxPolicy } from '../approval/permission.ts';
import { flag, int32, maybeFlag, maybeInt64, maybeText, maybeUint64, text, texts, uint16 } from '../wire/scalar.ts';

export const CommandExecTerminalSize = lazy(() => z.object({ rows: uint16, cols: uint16 }));
export type CommandExecTerminalSize = z.infer<typeof CommandExecTerminalSize>;

/** A command outside any thread, under the server's sandbox. Ends with its connection. */
export const CommandExecParams = lazy(() =>
	z.object({
		command: texts,
		/** Chosen by the client; needed for a terminal, for streaming and for the follow-up methods. */
		processId: maybeText,
		tty: maybeFlag,
		streamStdin: maybeFlag,
		streamStdoutStderr: maybeFlag,
		/** Per stream. */
		outputBytesCap: maybeUint64,
		disableOutputCap: maybeFlag,
		disableTimeout: maybeFlag,
		timeoutMs: maybeInt64,
		cwd: maybeText,
		/** Over the server's environment; null takes a variable away. */
		env: z.nullish(z.record(text, z.nullable(text))),
		size: z.nullish(CommandExecTerminalSize),
		sandboxPolicy: z.nullish(SandboxPolicy),
		permissionProfile: experimental(z.nullish(PermissionProfile), 'command/exec.permissionProfile'),
	}),
);
export type CommandExecParams = z.infer<typeof CommandExecParams>;

/** The output is empty when it was streamed. */
export const CommandExecResponse = lazy(() => z.object({ exitCode: int32, stdout: text, stderr: text }));
export type CommandExecResponse = z.infer<typeof CommandExecResponse>;

export const CommandExecWriteParams = lazy(() => z.object({ processId: text, deltaBase64: maybeText, closeStdin: maybeFlag }));
export type CommandExecWriteParams = z.infer<typeof CommandExecWriteParams>;

export const CommandExecWriteResponse = lazy(() => z.object({}));
export type CommandExecWriteResponse = z.infer<typeof CommandExecWriteResponse>;

export const CommandExecTerminateParams = lazy(() => z.object({ processId: text }));
export type CommandExecTerminateParams = z.infer<typeof CommandExecTerminateParams>;

export const CommandExecTerminateResponse = lazy(() => z.object({}));
export type CommandExecTerminateResponse = z.infer<typeof CommandExecTerminateResponse>;

export const CommandExecResizeParams = lazy(() => z.object({ processId: text, size: CommandExecTerminalSize }));
export type CommandExecResizeParams = z.infer<typeof CommandExecResizeParams>;

export const CommandExecResizeResponse = lazy(() => z.object({}));
export type CommandExecResizeResponse = z.infer<typeof CommandExecResizeResponse>;

export const CommandExecOutputStream = lazy(() => z.enum(['stdout', 'stderr']));
export type CommandExecOutputStream = z.infer<typeof CommandExecOutputStream>;

/** `capReached`: more came, but it was dropped. */
export const CommandExecOutputDeltaNotification = lazy(() =>
	z.object({
		processId: text,
		stream: CommandExecOutputStream,
		deltaBase64: text,
		capReached: flag,
	}),
);
export type CommandExecOutputDeltaNotification = z.infer<typeof CommandExecOutputDeltaNotification>;
