import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, maybeText, text, textOrNull } from '../wire/scalar.ts';

// `approval/*` is our own addition to the protocol: a person sees what they allowed for more than one time, and takes it back.

export const SavedApprovalKind = lazy(() => z.enum(['rule', 'command', 'files', 'permissions', 'trust', 'host', 'mcpTool', 'mcpServer']));
export type SavedApprovalKind = z.infer<typeof SavedApprovalKind>;

/** `turn` and `thread`: gone when the turn ends, or the thread is closed. `workspace`: in all threads that work in `folder`. */
export const SavedApprovalLifetime = lazy(() => z.enum(['turn', 'thread', 'workspace', 'always']));
export type SavedApprovalLifetime = z.infer<typeof SavedApprovalLifetime>;

export const SavedApproval = lazy(() =>
	z.object({
		/** For `approval/revoke`. */
		id: text,
		kind: SavedApprovalKind,
		/** The first words of commands, a command, a file, `network`, `read PATH`, `write PATH`, a folder, a host, `SERVER/TOOL`, or how a server is started. */
		what: text,
		decision: z.enum(['allow', 'prompt', 'forbidden']),
		/** What the rule says about why. */
		reason: textOrNull,
		/** Null: it holds in every thread. */
		threadId: textOrNull,
		/** The folder in which it holds; null: everywhere. */
		folder: textOrNull,
		/** Whether commands run outside the sandbox because of it. */
		outsideSandbox: flag,
		lifetime: SavedApprovalLifetime,
		/** Where it is kept; null: in memory only. */
		file: textOrNull,
		/** Of the file, from 1 on. */
		line: z.nullable(z.int()),
		/** The client that allowed it, as far as that is known. */
		allowedBy: textOrNull,
		/** Unix milliseconds; null when it is not known. */
		allowedAtMs: z.nullable(z.int()),
	}),
);
export type SavedApproval = z.infer<typeof SavedApproval>;

/** `threadId`: of the others' threads nothing is told. `cwd`: rules of the project there are told too; those of loaded threads always are. */
export const ApprovalListParams = lazy(() => z.object({ threadId: maybeText, cwd: maybeText }));
export type ApprovalListParams = z.infer<typeof ApprovalListParams>;

export const ApprovalListResponse = lazy(() =>
	z.object({
		data: z.array(SavedApproval),
		/** The file that says who allowed and refused what; one JSON object a line. */
		auditFile: text,
	}),
);
export type ApprovalListResponse = z.infer<typeof ApprovalListResponse>;

export const ApprovalRevokeParams = lazy(() => z.object({ id: text, cwd: maybeText }));
export type ApprovalRevokeParams = z.infer<typeof ApprovalRevokeParams>;

export const ApprovalRevokeResponse = lazy(() => z.object({ revoked: SavedApproval }));
export type ApprovalRevokeResponse = z.infer<typeof ApprovalRevokeResponse>;

/** Something was allowed for more than one time, or taken back: `approval/list` may answer otherwise now. */
export const ApprovalChangedNotification = lazy(() => z.object({}));
export type ApprovalChangedNotification = z.infer<typeof ApprovalChangedNotification>;
