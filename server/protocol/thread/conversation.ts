import * as z from 'zod/mini';
import { ExecPolicyAmendment, NetworkPolicyAmendment } from '../approval/approval.ts';
import { lazy } from '../wire/lazy.ts';
import { maybeText, text, textOrNull, texts } from '../wire/scalar.ts';
import { SubAgentSource } from '../threadSource.ts';

// What is left of the protocol's first version, in its own words: a conversation is a thread.

export const ConversationGitInfo = lazy(() => z.object({ sha: textOrNull, branch: textOrNull, origin_url: textOrNull }));
export type ConversationGitInfo = z.infer<typeof ConversationGitInfo>;

export const InternalSessionSource = lazy(() => z.enum(['memory_consolidation']));
export type InternalSessionSource = z.infer<typeof InternalSessionSource>;

export const ConversationSource = lazy(() =>
	z.union([
		z.enum(['cli', 'vscode', 'exec', 'mcp']),
		z.object({ custom: text }),
		z.object({ internal: InternalSessionSource }),
		z.object({ subagent: SubAgentSource }),
		z.literal('unknown'),
	]),
);
export type ConversationSource = z.infer<typeof ConversationSource>;

export const ConversationSummary = lazy(() =>
	z.object({
		conversationId: text,
		path: text,
		preview: text,
		timestamp: textOrNull,
		updatedAt: textOrNull,
		modelProvider: text,
		cwd: text,
		cliVersion: text,
		source: ConversationSource,
		gitInfo: z.nullable(ConversationGitInfo),
	}),
);
export type ConversationSummary = z.infer<typeof ConversationSummary>;

export const GetConversationSummaryParams = lazy(() => z.union([z.object({ rolloutPath: text }), z.object({ conversationId: text })]));
export type GetConversationSummaryParams = z.infer<typeof GetConversationSummaryParams>;

export const GetConversationSummaryResponse = lazy(() => z.object({ summary: ConversationSummary }));
export type GetConversationSummaryResponse = z.infer<typeof GetConversationSummaryResponse>;

export const GitDiffToRemoteParams = lazy(() => z.object({ cwd: text }));
export type GitDiffToRemoteParams = z.infer<typeof GitDiffToRemoteParams>;

export const GitDiffToRemoteResponse = lazy(() => z.object({ sha: text, diff: text }));
export type GitDiffToRemoteResponse = z.infer<typeof GitDiffToRemoteResponse>;

export const FileChange = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('add'), content: text }),
		z.object({ type: z.literal('delete'), content: text }),
		z.object({ type: z.literal('update'), unified_diff: text, move_path: textOrNull }),
	]),
);
export type FileChange = z.infer<typeof FileChange>;

export const ReviewDecision = lazy(() =>
	z.union([
		z.literal('approved'),
		z.object({ approved_execpolicy_amendment: z.object({ proposed_execpolicy_amendment: ExecPolicyAmendment }) }),
		z.literal('approved_for_session'),
		z.object({ network_policy_amendment: z.object({ network_policy_amendment: NetworkPolicyAmendment }) }),
		z.enum(['denied', 'timed_out', 'abort']),
	]),
);
export type ReviewDecision = z.infer<typeof ReviewDecision>;

export const ApplyPatchApprovalParams = lazy(() =>
	z.object({
		conversationId: text,
		callId: text,
		fileChanges: z.record(text, FileChange),
		reason: textOrNull,
		grantRoot: textOrNull,
	}),
);
export type ApplyPatchApprovalParams = z.infer<typeof ApplyPatchApprovalParams>;

export const ApplyPatchApprovalResponse = lazy(() => z.object({ decision: ReviewDecision }));
export type ApplyPatchApprovalResponse = z.infer<typeof ApplyPatchApprovalResponse>;

export const ParsedCommand = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({ type: z.literal('read'), cmd: text, name: text, path: text }),
		z.object({ type: z.literal('list_files'), cmd: text, path: maybeText }),
		z.object({ type: z.literal('search'), cmd: text, query: maybeText, path: maybeText }),
		z.object({ type: z.literal('unknown'), cmd: text }),
	]),
);
export type ParsedCommand = z.infer<typeof ParsedCommand>;

export const ExecCommandApprovalParams = lazy(() =>
	z.object({
		conversationId: text,
		callId: text,
		approvalId: textOrNull,
		command: texts,
		cwd: text,
		reason: textOrNull,
		parsedCmd: z.array(ParsedCommand),
	}),
);
export type ExecCommandApprovalParams = z.infer<typeof ExecCommandApprovalParams>;

export const ExecCommandApprovalResponse = lazy(() => z.object({ decision: ReviewDecision }));
export type ExecCommandApprovalResponse = z.infer<typeof ExecCommandApprovalResponse>;
