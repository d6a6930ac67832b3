import * as z from 'zod/mini';
import { CommandAction } from './commandAction.ts';
import { experimental, newer } from '../wire/define.ts';
import { lazy } from '../wire/lazy.ts';
import { AdditionalPermissionProfile, GrantedPermissionProfile, RequestPermissionProfile } from './permission.ts';
import { AbsolutePathBuf, int64, maybeFlag, maybePath, maybeText, RequestId, text, textOrNull, texts, uint16 } from '../wire/scalar.ts';

const ofItem = { threadId: text, turnId: text, itemId: text };

/** A prefix rule: commands that begin with these words are allowed from now on. */
export const ExecPolicyAmendment = lazy(() => texts.clone());
export type ExecPolicyAmendment = z.infer<typeof ExecPolicyAmendment>;

export const NetworkPolicyRuleAction = lazy(() => z.enum(['allow', 'deny']));
export type NetworkPolicyRuleAction = z.infer<typeof NetworkPolicyRuleAction>;

export const NetworkPolicyAmendment = lazy(() =>
	z.object({
		host: text,
		action: NetworkPolicyRuleAction,
	}),
);
export type NetworkPolicyAmendment = z.infer<typeof NetworkPolicyAmendment>;

export const NetworkApprovalProtocol = lazy(() => z.enum(['http', 'https', 'socks5Tcp', 'socks5Udp']));
export type NetworkApprovalProtocol = z.infer<typeof NetworkApprovalProtocol>;

export const NetworkApprovalContext = lazy(() =>
	z.object({
		host: text,
		protocol: NetworkApprovalProtocol,
		/** Our own addition. */
		port: z.optional(uint16),
	}),
);
export type NetworkApprovalContext = z.infer<typeof NetworkApprovalContext>;

export const CommandExecutionApprovalDecision = lazy(() =>
	z.union([
		z.literal('accept'),
		z.literal('acceptForSession'),
		/** Our own addition: where the question has `workspaceFolder`. */
		z.literal('acceptForWorkspace'),
		z.object({
			acceptWithExecpolicyAmendment: z.object({
				execpolicy_amendment: ExecPolicyAmendment,
			}),
		}),
		z.object({
			applyNetworkPolicyAmendment: z.object({
				network_policy_amendment: NetworkPolicyAmendment,
			}),
		}),
		z.literal('decline'),
		/** Declines and ends the turn. */
		z.literal('cancel'),
	]),
);
export type CommandExecutionApprovalDecision = z.infer<typeof CommandExecutionApprovalDecision>;

/** What is to be allowed. This server asks about commands only: input for one that runs was allowed with it. */
export const CommandExecutionApprovalKind = lazy(() => z.enum(['command', 'humanCommand', 'writeStdin']));
export type CommandExecutionApprovalKind = z.infer<typeof CommandExecutionApprovalKind>;

export const CommandExecutionRequestApprovalParams = lazy(() =>
	z.object({
		...ofItem,
		/** For clients that know of it. */
		kind: newer(z.optional(CommandExecutionApprovalKind)),
		startedAtMs: int64,
		/** Set when one item asks more than once. */
		approvalId: maybeText,
		reason: maybeText,
		/** Set when it is about network access, not about the command. */
		networkApprovalContext: z.nullish(NetworkApprovalContext),
		command: maybeText,
		cwd: maybePath,
		commandActions: z.nullish(z.array(CommandAction)),
		/** Allowed, it runs without the sandbox. Our own addition. */
		outsideSandbox: z.optional(z.boolean()),
		/** The folder in whose threads `acceptForWorkspace` allows it, also later ones; absent where it cannot be answered. Our own addition. */
		workspaceFolder: z.optional(text),
		additionalPermissions: experimental(z.nullish(AdditionalPermissionProfile), 'item/commandExecution/requestApproval.additionalPermissions'),
		proposedExecpolicyAmendment: z.nullish(ExecPolicyAmendment),
		proposedNetworkPolicyAmendments: z.nullish(z.array(NetworkPolicyAmendment)),
		/** In the order in which they should be shown. */
		availableDecisions: experimental(
			z.nullish(z.array(CommandExecutionApprovalDecision)),
			'item/commandExecution/requestApproval.availableDecisions',
		),
	}),
);
export type CommandExecutionRequestApprovalParams = z.infer<typeof CommandExecutionRequestApprovalParams>;

export const CommandExecutionRequestApprovalResponse = lazy(() =>
	z.object({
		decision: CommandExecutionApprovalDecision,
	}),
);
export type CommandExecutionRequestApprovalResponse = z.infer<typeof CommandExecutionRequestApprovalResponse>;

export const FileChangeApprovalDecision = lazy(() => z.enum(['accept', 'acceptForSession', 'acceptForWorkspace', 'decline', 'cancel']));
export type FileChangeApprovalDecision = z.infer<typeof FileChangeApprovalDecision>;

/** `grantRoot`: the folder that `acceptForSession` would open for writing. */
export const FileChangeRequestApprovalParams = lazy(() =>
	z.object({
		...ofItem,
		startedAtMs: int64,
		reason: maybeText,
		grantRoot: maybeText,
		/** The folder in whose threads `acceptForWorkspace` allows it, also later ones; absent where it cannot be answered. Our own addition. */
		workspaceFolder: z.optional(text),
	}),
);
export type FileChangeRequestApprovalParams = z.infer<typeof FileChangeRequestApprovalParams>;

export const FileChangeRequestApprovalResponse = lazy(() =>
	z.object({
		decision: FileChangeApprovalDecision,
	}),
);
export type FileChangeRequestApprovalResponse = z.infer<typeof FileChangeRequestApprovalResponse>;

export const PermissionsRequestApprovalParams = lazy(() =>
	z.object({
		...ofItem,
		startedAtMs: int64,
		cwd: AbsolutePathBuf,
		reason: textOrNull,
		permissions: RequestPermissionProfile,
		/** The folder for the scope `workspace`; absent where that cannot be answered. Our own addition. */
		workspaceFolder: z.optional(text),
	}),
);
export type PermissionsRequestApprovalParams = z.infer<typeof PermissionsRequestApprovalParams>;

/** `workspace`: our own addition, where the question has `workspaceFolder`. */
export const PermissionGrantScope = lazy(() => z.enum(['turn', 'session', 'workspace']));
export type PermissionGrantScope = z.infer<typeof PermissionGrantScope>;

export const PermissionsRequestApprovalResponse = lazy(() =>
	z.object({
		permissions: GrantedPermissionProfile,
		scope: z._default(PermissionGrantScope, 'turn'),
		strictAutoReview: maybeFlag,
	}),
);
export type PermissionsRequestApprovalResponse = z.infer<typeof PermissionsRequestApprovalResponse>;

/** Sent to all clients that were asked, once a server request needs no answer any more. */
export const ServerRequestResolvedNotification = lazy(() =>
	z.object({
		threadId: text,
		requestId: RequestId,
	}),
);
export type ServerRequestResolvedNotification = z.infer<typeof ServerRequestResolvedNotification>;
