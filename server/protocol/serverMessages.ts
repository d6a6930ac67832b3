import type * as z from 'zod/mini';
import * as account from './account/account.ts';
import * as app from './integrations/app.ts';
import * as approval from './approval/approval.ts';
import * as attestation from './account/attestation.ts';
import * as checkpoint from './thread/checkpoint.ts';
import * as commandExec from './host/commandExec.ts';
import * as conversation from './thread/conversation.ts';
import * as dynamicTool from './integrations/dynamicTool.ts';
import * as elicitation from './approval/elicitation.ts';
import * as error from './wire/error.ts';
import * as externalAgent from './integrations/externalAgentConfig.ts';
import * as fileChangeApply from './approval/fileChangeApply.ts';
import * as fs from './host/fs.ts';
import * as search from './host/fuzzyFileSearch.ts';
import * as guardian from './approval/guardian.ts';
import * as hook from './integrations/hook.ts';
import * as languageModel from './account/languageModel.ts';
import * as item from './thread/item.ts';
import * as mcp from './integrations/mcp.ts';
import * as model from './account/model.ts';
import * as notice from './wire/notice.ts';
import * as process from './host/process.ts';
import * as realtime from './host/realtime.ts';
import * as remoteControl from './host/remoteControl.ts';
import * as savedApproval from './approval/savedApproval.ts';
import * as skill from './integrations/skill.ts';
import * as activity from './thread/threadActivity.ts';
import * as change from './thread/threadChange.ts';
import * as goal from './thread/threadGoal.ts';
import * as readState from './thread/readState.ts';
import * as threadQueue from './thread/threadQueue.ts';
import * as threadSearch from './thread/threadSearch.ts';
import * as settingsUpdate from './thread/settingsUpdate.ts';
import * as turn from './thread/turn.ts';
import * as turnQueue from './thread/turnQueue.ts';
import * as userInput from './approval/userInputRequest.ts';
import * as windowsSandbox from './host/windowsSandbox.ts';
import * as threadStore from './host/threadStore.ts';
import * as worktree from './host/worktree.ts';
import { notification, serverRequest, table } from './wire/define.ts';

/** Requests from the server to the client. */
export const serverRequests = table([
	serverRequest('item/commandExecution/requestApproval', {
		params: approval.CommandExecutionRequestApprovalParams,
		result: approval.CommandExecutionRequestApprovalResponse,
		withheld: ['additionalPermissions'],
	}),
	serverRequest('item/fileChange/requestApproval', {
		params: approval.FileChangeRequestApprovalParams,
		result: approval.FileChangeRequestApprovalResponse,
	}),
	serverRequest('item/tool/requestUserInput', { params: userInput.ToolRequestUserInputParams, result: userInput.ToolRequestUserInputResponse }),
	serverRequest('mcpServer/elicitation/request', {
		params: elicitation.McpServerElicitationRequestParams,
		result: elicitation.McpServerElicitationRequestResponse,
	}),
	serverRequest('item/permissions/requestApproval', {
		params: approval.PermissionsRequestApprovalParams,
		result: approval.PermissionsRequestApprovalResponse,
	}),
	serverRequest('item/tool/call', { params: dynamicTool.DynamicToolCallParams, result: dynamicTool.DynamicToolCallResponse }),
	serverRequest('item/fileChange/apply', { params: fileChangeApply.FileChangeApplyParams, result: fileChangeApply.FileChangeApplyResponse }),
	serverRequest('item/fileChange/readUnsaved', {
		params: fileChangeApply.FileChangeReadUnsavedParams,
		result: fileChangeApply.FileChangeReadUnsavedResponse,
	}),
	serverRequest('languageModel/list', {
		params: languageModel.LanguageModelListParams,
		result: languageModel.LanguageModelListResponse,
		experimental: true,
	}),
	serverRequest('languageModel/request', {
		params: languageModel.LanguageModelRequestParams,
		result: languageModel.LanguageModelRequestResponse,
		experimental: true,
	}),
	serverRequest('account/chatgptAuthTokens/refresh', {
		params: account.ChatgptAuthTokensRefreshParams,
		result: account.ChatgptAuthTokensRefreshResponse,
	}),
	serverRequest('attestation/generate', { params: attestation.AttestationGenerateParams, result: attestation.AttestationGenerateResponse }),
	serverRequest('applyPatchApproval', { params: conversation.ApplyPatchApprovalParams, result: conversation.ApplyPatchApprovalResponse }),
	serverRequest('execCommandApproval', { params: conversation.ExecCommandApprovalParams, result: conversation.ExecCommandApprovalResponse }),
]);

/** Notifications from the server to the client. */
export const serverNotifications = table([
	notification('error', { params: error.ErrorNotification }),
	notification('languageModel/cancelled', { params: languageModel.LanguageModelCancelledNotification, experimental: true }),
	notification('thread/started', { params: change.ThreadStartedNotification }),
	notification('thread/status/changed', { params: change.ThreadStatusChangedNotification }),
	notification('thread/archived', { params: change.ThreadArchivedNotification }),
	notification('thread/unarchived', { params: change.ThreadUnarchivedNotification }),
	notification('thread/deleted', { params: change.ThreadDeletedNotification }),
	notification('thread/closed', { params: change.ThreadClosedNotification }),
	notification('skills/changed', { params: skill.SkillsChangedNotification }),
	notification('thread/settings/updated', { params: settingsUpdate.ThreadSettingsUpdatedNotification, experimental: true }),
	notification('thread/reverted', { params: settingsUpdate.ThreadRevertedNotification, experimental: true }),
	notification('thread/readState/changed', { params: readState.ThreadReadStateChangedNotification }),
	notification('thread/activity/changed', { params: activity.ThreadActivityChangedNotification, experimental: true }),
	notification('thread/name/updated', { params: change.ThreadNameUpdatedNotification }),
	notification('approval/changed', { params: savedApproval.ApprovalChangedNotification }),
	notification('thread/checkpoint/updated', { params: checkpoint.ThreadCheckpointUpdatedNotification }),
	notification('thread/goal/updated', { params: goal.ThreadGoalUpdatedNotification }),
	notification('thread/goal/cleared', { params: goal.ThreadGoalClearedNotification }),
	notification('thread/tokenUsage/updated', { params: change.ThreadTokenUsageUpdatedNotification }),
	notification('thread/search/partial', { params: threadSearch.ThreadSearchPartialNotification, experimental: true }),
	notification('turn/started', { params: turn.TurnStartedNotification }),
	notification('hook/started', { params: hook.HookStartedNotification }),
	notification('turn/completed', { params: turn.TurnCompletedNotification }),
	notification('hook/completed', { params: hook.HookCompletedNotification }),
	notification('turn/queue/updated', { params: turnQueue.TurnQueueUpdatedNotification, experimental: true }),
	notification('thread/queue/changed', { params: threadQueue.ThreadQueueChangedNotification, experimental: true }),
	notification('turn/diff/updated', { params: turn.TurnDiffUpdatedNotification }),
	notification('turn/plan/updated', { params: turn.TurnPlanUpdatedNotification }),
	notification('item/started', { params: item.ItemStartedNotification }),
	notification('item/autoApprovalReview/started', { params: guardian.ItemGuardianApprovalReviewStartedNotification }),
	notification('item/autoApprovalReview/completed', { params: guardian.ItemGuardianApprovalReviewCompletedNotification }),
	notification('item/completed', { params: item.ItemCompletedNotification }),
	notification('rawResponseItem/completed', { params: item.RawResponseItemCompletedNotification }),
	notification('item/agentMessage/delta', { params: item.AgentMessageDeltaNotification }),
	notification('item/plan/delta', { params: item.PlanDeltaNotification }),
	notification('command/exec/outputDelta', { params: commandExec.CommandExecOutputDeltaNotification }),
	notification('process/outputDelta', { params: process.ProcessOutputDeltaNotification }),
	notification('process/exited', { params: process.ProcessExitedNotification }),
	notification('item/commandExecution/outputDelta', { params: item.CommandExecutionOutputDeltaNotification }),
	notification('item/commandExecution/terminalInteraction', { params: item.TerminalInteractionNotification }),
	notification('item/fileChange/outputDelta', { params: item.FileChangeOutputDeltaNotification }),
	notification('item/fileChange/patchUpdated', { params: item.FileChangePatchUpdatedNotification }),
	notification('serverRequest/resolved', { params: approval.ServerRequestResolvedNotification }),
	notification('item/mcpToolCall/progress', { params: item.McpToolCallProgressNotification }),
	notification('mcpServer/oauthLogin/completed', { params: mcp.McpServerOauthLoginCompletedNotification }),
	notification('mcpServer/startupStatus/updated', { params: mcp.McpServerStatusUpdatedNotification }),
	notification('account/updated', { params: account.AccountUpdatedNotification }),
	notification('account/rateLimits/updated', { params: account.AccountRateLimitsUpdatedNotification }),
	notification('app/list/updated', { params: app.AppListUpdatedNotification }),
	notification('remoteControl/status/changed', { params: remoteControl.RemoteControlStatusChangedNotification }),
	notification('externalAgentConfig/import/completed', { params: externalAgent.ExternalAgentConfigImportCompletedNotification }),
	notification('threadStore/changed', { params: threadStore.ThreadStoreChangedNotification, experimental: true }),
	notification('worktree/changed', { params: worktree.WorktreeChangedNotification, experimental: true }),
	notification('fs/changed', { params: fs.FsChangedNotification }),
	notification('item/reasoning/summaryTextDelta', { params: item.ReasoningSummaryTextDeltaNotification }),
	notification('item/reasoning/summaryPartAdded', { params: item.ReasoningSummaryPartAddedNotification }),
	notification('item/reasoning/textDelta', { params: item.ReasoningTextDeltaNotification }),
	notification('thread/compacted', { params: change.ContextCompactedNotification }),
	notification('model/rerouted', { params: model.ModelReroutedNotification }),
	notification('model/verification', { params: model.ModelVerificationNotification }),
	notification('warning', { params: notice.WarningNotification }),
	notification('guardianWarning', { params: notice.GuardianWarningNotification }),
	notification('deprecationNotice', { params: notice.DeprecationNoticeNotification }),
	notification('configWarning', { params: notice.ConfigWarningNotification }),
	notification('fuzzyFileSearch/sessionUpdated', { params: search.FuzzyFileSearchSessionUpdatedNotification }),
	notification('fuzzyFileSearch/sessionCompleted', { params: search.FuzzyFileSearchSessionCompletedNotification }),
	notification('thread/realtime/started', { params: realtime.ThreadRealtimeStartedNotification }),
	notification('thread/realtime/itemAdded', { params: realtime.ThreadRealtimeItemAddedNotification }),
	notification('thread/realtime/transcript/delta', { params: realtime.ThreadRealtimeTranscriptDeltaNotification }),
	notification('thread/realtime/transcript/done', { params: realtime.ThreadRealtimeTranscriptDoneNotification }),
	notification('thread/realtime/outputAudio/delta', { params: realtime.ThreadRealtimeOutputAudioDeltaNotification }),
	notification('thread/realtime/sdp', { params: realtime.ThreadRealtimeSdpNotification }),
	notification('thread/realtime/error', { params: realtime.ThreadRealtimeErrorNotification }),
	notification('thread/realtime/closed', { params: realtime.ThreadRealtimeClosedNotification }),
	notification('windows/worldWritableWarning', { params: windowsSandbox.WindowsWorldWritableWarningNotification }),
	notification('windowsSandbox/setupCompleted', { params: windowsSandbox.WindowsSandboxSetupCompletedNotification }),
	notification('account/login/completed', { params: account.AccountLoginCompletedNotification }),
]);

type ServerRequests = typeof serverRequests;
type ServerNotifications = typeof serverNotifications;

export type ServerRequestMethod = keyof ServerRequests;
export type ServerRequestParams<M extends ServerRequestMethod> = z.output<ServerRequests[M]['params']>;
/** What a client answers. */
export type ServerRequestResult<M extends ServerRequestMethod> = z.input<ServerRequests[M]['result']>;
/** A client's answer as the server reads it: defaults filled in. */
export type ParsedServerRequestResult<M extends ServerRequestMethod> = z.output<ServerRequests[M]['result']>;

export type ServerNotificationMethod = keyof ServerNotifications;
export type ServerNotificationParams<M extends ServerNotificationMethod> = z.output<ServerNotifications[M]['params']>;

export type ServerNotification = {
	[M in ServerNotificationMethod]: {
		readonly method: M;
		readonly params: ServerNotificationParams<M>;
	};
}[ServerNotificationMethod];
