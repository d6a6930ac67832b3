import type * as z from 'zod/mini';
import * as account from './account/account.ts';
import * as app from './integrations/app.ts';
import * as checkpoint from './thread/checkpoint.ts';
import * as commandExec from './host/commandExec.ts';
import * as config from './host/config.ts';
import * as requirements from './host/configRequirements.ts';
import * as conversation from './thread/conversation.ts';
import type { RequestDefinition } from './wire/define.ts';
import { clientNotification, request, table } from './wire/define.ts';
import * as deviceKey from './account/deviceKey.ts';
import * as externalAgent from './integrations/externalAgentConfig.ts';
import * as feature from './account/feature.ts';
import * as feedback from './account/feedback.ts';
import * as fileBlame from './host/fileBlame.ts';
import * as fs from './host/fs.ts';
import * as search from './host/fuzzyFileSearch.ts';
import * as hook from './integrations/hook.ts';
import * as initialize from './host/initialize.ts';
import * as languageModel from './account/languageModel.ts';
import * as marketplace from './integrations/marketplace.ts';
import * as mcp from './integrations/mcp.ts';
import * as model from './account/model.ts';
import * as modelProvider from './account/modelProvider.ts';
import * as network from './host/network.ts';
import * as permission from './approval/permission.ts';
import * as plugin from './integrations/plugin.ts';
import * as process from './host/process.ts';
import * as realtime from './host/realtime.ts';
import * as resources from './host/resources.ts';
import * as review from './thread/review.ts';
import { NoParams } from './wire/scalar.ts';
import * as savedApproval from './approval/savedApproval.ts';
import * as skill from './integrations/skill.ts';
import * as telemetry from './host/telemetry.ts';
import * as thread from './thread/thread.ts';
import * as activity from './thread/threadActivity.ts';
import * as change from './thread/threadChange.ts';
import * as goal from './thread/threadGoal.ts';
import * as readState from './thread/readState.ts';
import * as threadStore from './host/threadStore.ts';
import * as threadItem from './thread/threadItem.ts';
import * as threadItems from './thread/threadItems.ts';
import * as threadList from './thread/threadList.ts';
import * as threadQueue from './thread/threadQueue.ts';
import * as threadSearch from './thread/threadSearch.ts';
import * as settingsUpdate from './thread/settingsUpdate.ts';
import * as threadStatus from './thread/threadStatus.ts';
import * as turn from './thread/turn.ts';
import * as turnQueue from './thread/turnQueue.ts';
import * as windowsSandbox from './host/windowsSandbox.ts';
import * as worktree from './host/worktree.ts';

// A request that holds its queue until it is answered must be answered soon: `command/exec` and `mcpServer/tool/call`,
// which last as long as what they run, wait in none.
// However the id is spelt.
const byThread = ({ threadId }: { readonly threadId: string }): string => `thread:${threadId.replaceAll(/^urn:uuid:|-/gi, '').toLowerCase()}`;
const changing = { order: byThread, changes: ({ threadId }: { readonly threadId: string }): string => threadId };
/** A rollout's name ends in the id of its thread. */
const byThreadOrPath = ({ threadId, path }: { readonly threadId: string; readonly path?: string | null | undefined }): string =>
	byThread({ threadId: /([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\.jsonl$/i.exec(path ?? '')?.[1] ?? threadId });
const byCommand = ({ processId }: { readonly processId: string }): string => `command:${processId}`;
const byProcess = ({ processHandle }: { readonly processHandle: string }): string => `process:${processHandle}`;
const bySearch = ({ sessionId }: { readonly sessionId: string }): string => `fuzzyFileSearch:${sessionId}`;
const byWatch = ({ watchId }: { readonly watchId: string }): string => `watch:${watchId}`;
const inConfigOrder = (): string => 'config';
const inAccountOrder = (): string => 'account';

/** Requests from the client to the server. */
export const clientRequests = table([
	request('initialize', { params: initialize.InitializeParams, result: initialize.InitializeResponse }),

	request('thread/start', { params: thread.ThreadStartParams, result: thread.ThreadStartResponse }),
	request('thread/resume', { params: thread.ThreadResumeParams, result: thread.ThreadResumeResponse, order: byThreadOrPath }),
	request('thread/fork', { params: thread.ThreadForkParams, result: thread.ThreadForkResponse, order: byThreadOrPath }),
	request('thread/archive', { params: change.ThreadArchiveParams, result: change.ThreadArchiveResponse, ...changing }),
	request('thread/unsubscribe', { params: change.ThreadUnsubscribeParams, result: change.ThreadUnsubscribeResponse, order: byThread }),
	request('thread/increment_elicitation', {
		params: change.ThreadIncrementElicitationParams,
		result: change.ThreadIncrementElicitationResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/decrement_elicitation', {
		params: change.ThreadDecrementElicitationParams,
		result: change.ThreadDecrementElicitationResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/name/set', { params: change.ThreadSetNameParams, result: change.ThreadSetNameResponse, order: byThread }),
	request('thread/goal/set', { params: goal.ThreadGoalSetParams, result: goal.ThreadGoalSetResponse, experimental: true, ...changing }),
	request('thread/goal/get', { params: goal.ThreadGoalGetParams, result: goal.ThreadGoalGetResponse, experimental: true, order: byThread }),
	request('thread/goal/clear', { params: goal.ThreadGoalClearParams, result: goal.ThreadGoalClearResponse, experimental: true, ...changing }),
	request('approval/list', { params: savedApproval.ApprovalListParams, result: savedApproval.ApprovalListResponse }),
	request('approval/revoke', {
		params: savedApproval.ApprovalRevokeParams,
		result: savedApproval.ApprovalRevokeResponse,
		order: () => 'approvals',
	}),
	request('thread/checkpoint/list', { params: checkpoint.ThreadCheckpointListParams, result: checkpoint.ThreadCheckpointListResponse }),
	request('thread/checkpoint/read', { params: checkpoint.ThreadCheckpointReadParams, result: checkpoint.ThreadCheckpointReadResponse }),
	request('thread/checkpoint/changes', { params: checkpoint.ThreadCheckpointChangesParams, result: checkpoint.ThreadCheckpointChangesResponse }),
	request('thread/checkpoint/restore', {
		params: checkpoint.ThreadCheckpointRestoreParams,
		result: checkpoint.ThreadCheckpointRestoreResponse,
		order: byThread,
	}),
	// An editor says before and after what a person saves there, so that it counts as no change of a command that runs.
	request('thread/checkpoint/saving', { params: checkpoint.ThreadCheckpointSaveParams, result: checkpoint.ThreadCheckpointSaveResponse }),
	request('thread/checkpoint/saved', { params: checkpoint.ThreadCheckpointSaveParams, result: checkpoint.ThreadCheckpointSaveResponse }),
	request('threadStore/read', { params: threadStore.ThreadStoreReadParams, result: threadStore.ThreadStoreReadResponse, experimental: true }),
	request('worktree/create', { params: worktree.WorktreeCreateParams, result: worktree.WorktreeCreateResponse, experimental: true }),
	request('worktree/list', { params: worktree.WorktreeListParams, result: worktree.WorktreeListResponse, experimental: true }),
	request('worktree/changes', { params: worktree.WorktreeChangesParams, result: worktree.WorktreeChangesResponse, experimental: true }),
	request('worktree/applied', { params: worktree.WorktreeAppliedParams, result: worktree.WorktreeAppliedResponse, experimental: true }),
	request('worktree/remove', { params: worktree.WorktreeRemoveParams, result: worktree.WorktreeRemoveResponse, experimental: true }),
	request('file/blame', { params: fileBlame.FileBlameParams, result: fileBlame.FileBlameResponse }),
	request('thread/readState/update', {
		params: readState.ThreadReadStateUpdateParams,
		result: readState.ThreadReadStateUpdateResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/activity/watch', {
		params: activity.ThreadActivityWatchParams,
		result: activity.ThreadActivityWatchResponse,
		experimental: true,
		order: () => 'activity',
	}),
	request('thread/activity/unwatch', {
		params: activity.ThreadActivityUnwatchParams,
		result: activity.ThreadActivityUnwatchResponse,
		experimental: true,
		order: () => 'activity',
	}),
	request('thread/metadata/update', { params: change.ThreadMetadataUpdateParams, result: change.ThreadMetadataUpdateResponse, order: byThread }),
	request('thread/memoryMode/set', {
		params: change.ThreadMemoryModeSetParams,
		result: change.ThreadMemoryModeSetResponse,
		experimental: true,
		...changing,
	}),
	request('memory/reset', { params: NoParams, result: change.MemoryResetResponse, experimental: true, order: () => 'memory' }),
	request('thread/unarchive', { params: change.ThreadUnarchiveParams, result: change.ThreadUnarchiveResponse, ...changing }),
	request('thread/delete', { params: change.ThreadDeleteParams, result: change.ThreadDeleteResponse, ...changing }),
	request('thread/compact/start', { params: change.ThreadCompactStartParams, result: change.ThreadCompactStartResponse, ...changing }),
	request('thread/shellCommand', { params: change.ThreadShellCommandParams, result: change.ThreadShellCommandResponse, ...changing }),
	request('thread/approveGuardianDeniedAction', {
		params: change.ThreadApproveGuardianDeniedActionParams,
		result: change.ThreadApproveGuardianDeniedActionResponse,
		order: byThread,
	}),
	request('thread/context/read', { params: threadStatus.ThreadContextReadParams, result: threadStatus.ThreadContextReadResponse }),
	request('server/diagnostics', { params: resources.ServerDiagnosticsParams, result: resources.ServerDiagnosticsResponse, experimental: true }),
	request('server/resources/read', { params: resources.ServerResourcesReadParams, result: resources.ServerResourcesReadResponse }),
	request('usage/read', { params: resources.UsageReadParams, result: resources.UsageReadResponse }),
	request('thread/backgroundTerminals/list', {
		params: threadStatus.ThreadBackgroundTerminalsListParams,
		result: threadStatus.ThreadBackgroundTerminalsListResponse,
		experimental: true,
	}),
	request('thread/backgroundTerminals/terminate', {
		params: threadStatus.ThreadBackgroundTerminalsTerminateParams,
		result: threadStatus.ThreadBackgroundTerminalsTerminateResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/backgroundTerminals/clean', {
		params: change.ThreadBackgroundTerminalsCleanParams,
		result: change.ThreadBackgroundTerminalsCleanResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/rollback', { params: change.ThreadRollbackParams, result: change.ThreadRollbackResponse, ...changing }),
	request('thread/revert', { params: settingsUpdate.ThreadRevertParams, result: settingsUpdate.ThreadRevertResponse, ...changing }),
	request('thread/settings/update', {
		params: settingsUpdate.ThreadSettingsUpdateParams,
		result: settingsUpdate.ThreadSettingsUpdateResponse,
		...changing,
	}),
	request('thread/list', { params: threadList.ThreadListParams, result: threadList.ThreadListResponse }),
	request('thread/search', { params: threadSearch.ThreadSearchParams, result: threadSearch.ThreadSearchResponse }),
	request('thread/search/stream', {
		params: threadSearch.ThreadTextSearchParams,
		result: threadSearch.ThreadTextSearchResponse,
		experimental: true,
	}),
	request('thread/search/cancel', {
		params: threadSearch.ThreadSearchCancelParams,
		result: threadSearch.ThreadSearchCancelResponse,
		experimental: true,
	}),
	request('thread/search/stream/cancel', {
		params: threadSearch.ThreadSearchCancelParams,
		result: threadSearch.ThreadSearchCancelResponse,
		experimental: true,
	}),
	request('thread/searchOccurrences', {
		params: threadSearch.ThreadSearchOccurrencesParams,
		result: threadSearch.ThreadSearchOccurrencesResponse,
		experimental: true,
	}),
	request('thread/loaded/list', { params: threadList.ThreadLoadedListParams, result: threadList.ThreadLoadedListResponse }),
	request('thread/read', { params: thread.ThreadReadParams, result: thread.ThreadReadResponse, order: byThread }),
	request('thread/turns/list', { params: thread.ThreadTurnsListParams, result: thread.ThreadTurnsListResponse, experimental: true }),
	request('thread/item/read', { params: threadItem.ThreadItemReadParams, result: threadItem.ThreadItemReadResponse, experimental: true }),
	request('thread/turns/items/list', { params: thread.ThreadTurnsItemsListParams, result: thread.ThreadTurnsItemsListResponse, experimental: true }),
	request('thread/items/list', { params: threadItems.ThreadItemsListParams, result: threadItems.ThreadItemsListResponse }),
	request('thread/items/read', { params: threadItems.ThreadItemsReadParams, result: threadItems.ThreadItemsReadResponse, experimental: true }),
	request('thread/timeline/list', {
		params: threadItems.ThreadTimelineListParams,
		result: threadItems.ThreadTimelineListResponse,
		experimental: true,
	}),
	request('thread/inject_items', {
		params: change.ThreadInjectItemsParams,
		result: change.ThreadInjectItemsResponse,
		...changing,
		aliases: ['turn/inject_items', 'turn/injet_items'],
	}),

	request('skills/list', { params: skill.SkillsListParams, result: skill.SkillsListResponse }),
	request('hooks/list', { params: hook.HooksListParams, result: hook.HooksListResponse }),
	request('marketplace/add', { params: marketplace.MarketplaceAddParams, result: marketplace.MarketplaceAddResponse, order: inConfigOrder }),
	request('marketplace/remove', { params: marketplace.MarketplaceRemoveParams, result: marketplace.MarketplaceRemoveResponse, order: inConfigOrder }),
	request('marketplace/upgrade', {
		params: marketplace.MarketplaceUpgradeParams,
		result: marketplace.MarketplaceUpgradeResponse,
		order: inConfigOrder,
	}),
	request('plugin/list', { params: plugin.PluginListParams, result: plugin.PluginListResponse }),
	request('plugin/read', { params: plugin.PluginReadParams, result: plugin.PluginReadResponse }),
	request('plugin/skill/read', { params: plugin.PluginSkillReadParams, result: plugin.PluginSkillReadResponse }),
	request('plugin/share/save', { params: plugin.PluginShareSaveParams, result: plugin.PluginShareSaveResponse, order: inConfigOrder }),
	request('plugin/share/updateTargets', {
		params: plugin.PluginShareUpdateTargetsParams,
		result: plugin.PluginShareUpdateTargetsResponse,
		order: inConfigOrder,
	}),
	request('plugin/share/list', { params: plugin.PluginShareListParams, result: plugin.PluginShareListResponse }),
	request('plugin/share/delete', { params: plugin.PluginShareDeleteParams, result: plugin.PluginShareDeleteResponse, order: inConfigOrder }),
	request('app/list', { params: app.AppsListParams, result: app.AppsListResponse }),

	request('device/key/create', { params: deviceKey.DeviceKeyCreateParams, result: deviceKey.DeviceKeyCreateResponse, order: () => 'deviceKey' }),
	request('device/key/public', { params: deviceKey.DeviceKeyPublicParams, result: deviceKey.DeviceKeyPublicResponse }),
	request('device/key/sign', { params: deviceKey.DeviceKeySignParams, result: deviceKey.DeviceKeySignResponse }),

	request('fs/readFile', { params: fs.FsReadFileParams, result: fs.FsReadFileResponse }),
	request('fs/writeFile', { params: fs.FsWriteFileParams, result: fs.FsWriteFileResponse }),
	request('fs/createDirectory', { params: fs.FsCreateDirectoryParams, result: fs.FsCreateDirectoryResponse }),
	request('fs/getMetadata', { params: fs.FsGetMetadataParams, result: fs.FsGetMetadataResponse }),
	request('fs/readDirectory', { params: fs.FsReadDirectoryParams, result: fs.FsReadDirectoryResponse }),
	request('fs/remove', { params: fs.FsRemoveParams, result: fs.FsRemoveResponse }),
	request('fs/copy', { params: fs.FsCopyParams, result: fs.FsCopyResponse }),
	request('fs/watch', { params: fs.FsWatchParams, result: fs.FsWatchResponse, order: byWatch }),
	request('fs/unwatch', { params: fs.FsUnwatchParams, result: fs.FsUnwatchResponse, order: byWatch }),

	request('skills/config/write', { params: skill.SkillsConfigWriteParams, result: skill.SkillsConfigWriteResponse, order: inConfigOrder }),
	request('plugin/install', { params: plugin.PluginInstallParams, result: plugin.PluginInstallResponse, order: inConfigOrder }),
	request('plugin/uninstall', { params: plugin.PluginUninstallParams, result: plugin.PluginUninstallResponse, order: inConfigOrder }),

	request('turn/start', { params: turn.TurnStartParams, result: turn.TurnStartResponse, ...changing }),
	request('turn/steer', { params: turn.TurnSteerParams, result: turn.TurnSteerResponse, ...changing }),
	request('turn/queue/add', {
		params: turnQueue.TurnQueueAddParams,
		result: turnQueue.TurnQueueAddResponse,
		experimental: true,
		...changing,
	}),
	request('turn/queue/list', {
		params: turnQueue.TurnQueueListParams,
		result: turnQueue.TurnQueueListResponse,
		experimental: true,
		order: byThread,
	}),
	request('turn/queue/update', {
		params: turnQueue.TurnQueueUpdateParams,
		result: turnQueue.TurnQueueUpdateResponse,
		experimental: true,
		...changing,
	}),
	request('turn/queue/remove', {
		params: turnQueue.TurnQueueRemoveParams,
		result: turnQueue.TurnQueueRemoveResponse,
		experimental: true,
		...changing,
	}),
	request('turn/queue/reorder', {
		params: turnQueue.TurnQueueReorderParams,
		result: turnQueue.TurnQueueReorderResponse,
		experimental: true,
		...changing,
	}),
	request('turn/queue/send', {
		params: turnQueue.TurnQueueSendParams,
		result: turnQueue.TurnQueueSendResponse,
		experimental: true,
		...changing,
	}),
	request('thread/queue/add', {
		params: threadQueue.ThreadQueueAddParams,
		result: threadQueue.ThreadQueueAddResponse,
		experimental: true,
		...changing,
	}),
	request('thread/queue/list', {
		params: threadQueue.ThreadQueueListParams,
		result: threadQueue.ThreadQueueListResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/queue/update', {
		params: threadQueue.ThreadQueueUpdateParams,
		result: threadQueue.ThreadQueueUpdateResponse,
		experimental: true,
		...changing,
	}),
	request('thread/queue/delete', {
		params: threadQueue.ThreadQueueDeleteParams,
		result: threadQueue.ThreadQueueDeleteResponse,
		experimental: true,
		...changing,
	}),
	request('thread/queue/reorder', {
		params: threadQueue.ThreadQueueReorderParams,
		result: threadQueue.ThreadQueueReorderResponse,
		experimental: true,
		...changing,
	}),
	request('thread/queue/start', {
		params: threadQueue.ThreadQueueStartParams,
		result: threadQueue.ThreadQueueStartResponse,
		experimental: true,
		...changing,
	}),
	request('turn/settings/update', {
		params: settingsUpdate.TurnSettingsUpdateParams,
		result: settingsUpdate.TurnSettingsUpdateResponse,
		experimental: true,
		order: byThread,
	}),
	request('turn/interrupt', { params: turn.TurnInterruptParams, result: turn.TurnInterruptResponse, ...changing }),

	request('thread/realtime/start', {
		params: realtime.ThreadRealtimeStartParams,
		result: realtime.ThreadRealtimeStartResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/realtime/appendAudio', {
		params: realtime.ThreadRealtimeAppendAudioParams,
		result: realtime.ThreadRealtimeAppendAudioResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/realtime/appendText', {
		params: realtime.ThreadRealtimeAppendTextParams,
		result: realtime.ThreadRealtimeAppendTextResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/realtime/stop', {
		params: realtime.ThreadRealtimeStopParams,
		result: realtime.ThreadRealtimeStopResponse,
		experimental: true,
		order: byThread,
	}),
	request('thread/realtime/listVoices', {
		params: realtime.ThreadRealtimeListVoicesParams,
		result: realtime.ThreadRealtimeListVoicesResponse,
		experimental: true,
	}),

	request('review/start', { params: review.ReviewStartParams, result: review.ReviewStartResponse, ...changing }),
	request('modelProvider/list', { params: modelProvider.ModelProviderListParams, result: modelProvider.ModelProviderListResponse }),
	request('modelProvider/config/write', {
		params: modelProvider.ModelProviderConfigWriteParams,
		result: modelProvider.ModelProviderConfigWriteResponse,
		order: inConfigOrder,
	}),
	request('modelProvider/rename', {
		params: modelProvider.ModelProviderRenameParams,
		result: modelProvider.ModelProviderConfigWriteResponse,
		experimental: true,
		order: inConfigOrder,
	}),
	request('modelProvider/key/set', {
		params: modelProvider.ModelProviderKeySetParams,
		result: modelProvider.ModelProviderKeySetResponse,
		experimental: true,
		order: inConfigOrder,
	}),
	request('modelProvider/check', {
		params: modelProvider.ModelProviderCheckParams,
		result: modelProvider.ModelProviderCheckResponse,
		experimental: true,
	}),
	request('modelProvider/default/set', {
		params: modelProvider.ModelProviderDefaultSetParams,
		result: config.ConfigWriteResponse,
		order: inConfigOrder,
	}),
	request('permissionProfile/list', { params: permission.PermissionProfileListParams, result: permission.PermissionProfileListResponse }),
	request('model/list', { params: model.ModelListParams, result: model.ModelListResponse }),
	request('modelProvider/read', { params: model.ModelProviderReadParams, result: model.ModelProviderReadResponse }),
	request('modelProvider/capabilities/read', {
		params: model.ModelProviderCapabilitiesReadParams,
		result: model.ModelProviderCapabilitiesReadResponse,
	}),
	request('experimentalFeature/list', { params: feature.ExperimentalFeatureListParams, result: feature.ExperimentalFeatureListResponse }),
	request('experimentalFeature/enablement/set', {
		params: feature.ExperimentalFeatureEnablementSetParams,
		result: feature.ExperimentalFeatureEnablementSetResponse,
		order: inConfigOrder,
	}),
	request('collaborationMode/list', {
		params: feature.CollaborationModeListParams,
		result: feature.CollaborationModeListResponse,
		experimental: true,
	}),
	request('mock/experimentalMethod', {
		params: feature.MockExperimentalMethodParams,
		result: feature.MockExperimentalMethodResponse,
		experimental: true,
	}),

	request('mcpServer/oauth/login', {
		params: mcp.McpServerOauthLoginParams,
		result: mcp.McpServerOauthLoginResponse,
		order: ({ name }) => `mcpLogin:${name}`,
	}),
	request('config/mcpServer/reload', { params: NoParams, result: mcp.McpServerRefreshResponse, order: inConfigOrder }),
	request('mcpServerStatus/list', { params: mcp.ListMcpServerStatusParams, result: mcp.ListMcpServerStatusResponse }),
	request('mcpServer/resource/read', { params: mcp.McpResourceReadParams, result: mcp.McpResourceReadResponse }),
	request('mcpServer/restart', { params: mcp.McpServerNameParams, result: mcp.McpServerRestartResponse }),
	request('mcpServer/oauth/logout', { params: mcp.McpServerNameParams, result: mcp.McpServerOauthLogoutResponse }),
	request('mcpServer/log/read', { params: mcp.McpServerNameParams, result: mcp.McpServerLogReadResponse }),
	request('mcpServer/tools/list', { params: mcp.McpServerNameParams, result: mcp.McpServerToolsListResponse }),
	request('mcpServer/prompts/list', { params: mcp.McpServerPromptsListParams, result: mcp.McpServerPromptsListResponse }),
	request('mcpServer/prompts/get', { params: mcp.McpServerPromptsGetParams, result: mcp.McpServerPromptsGetResponse }),
	request('mcpServer/tool/call', { params: mcp.McpServerToolCallParams, result: mcp.McpServerToolCallResponse }),

	request('windowsSandbox/setupStart', {
		params: windowsSandbox.WindowsSandboxSetupStartParams,
		result: windowsSandbox.WindowsSandboxSetupStartResponse,
		order: () => 'windowsSandbox',
	}),
	request('windowsSandbox/readiness', { params: NoParams, result: windowsSandbox.WindowsSandboxReadinessResponse }),

	request('account/login/start', { params: account.LoginAccountParams, result: account.LoginAccountResponse, order: inAccountOrder }),
	request('account/login/cancel', { params: account.CancelLoginAccountParams, result: account.CancelLoginAccountResponse, order: inAccountOrder }),
	request('account/logout', { params: NoParams, result: account.LogoutAccountResponse, order: inAccountOrder }),
	request('account/rateLimits/read', { params: NoParams, result: account.GetAccountRateLimitsResponse }),
	request('account/sendAddCreditsNudgeEmail', { params: account.SendAddCreditsNudgeEmailParams, result: account.SendAddCreditsNudgeEmailResponse }),
	request('network/set', { params: network.NetworkSettings, result: network.NetworkSetResponse, experimental: true }),
	request('telemetry/set', { params: telemetry.TelemetrySetParams, result: telemetry.TelemetrySetResponse }),
	request('feedback/prepare', { params: feedback.FeedbackUploadParams, result: feedback.FeedbackPrepareResponse }),
	request('feedback/send', { params: feedback.FeedbackSendParams, result: feedback.FeedbackUploadResponse }),
	request('feedback/upload', { params: feedback.FeedbackUploadParams, result: feedback.FeedbackUploadResponse }),

	request('command/exec', { params: commandExec.CommandExecParams, result: commandExec.CommandExecResponse }),
	request('command/exec/write', { params: commandExec.CommandExecWriteParams, result: commandExec.CommandExecWriteResponse, order: byCommand }),
	request('command/exec/terminate', {
		params: commandExec.CommandExecTerminateParams,
		result: commandExec.CommandExecTerminateResponse,
		order: byCommand,
	}),
	request('command/exec/resize', { params: commandExec.CommandExecResizeParams, result: commandExec.CommandExecResizeResponse, order: byCommand }),
	request('process/spawn', { params: process.ProcessSpawnParams, result: process.ProcessSpawnResponse, experimental: true, order: byProcess }),
	request('process/writeStdin', {
		params: process.ProcessWriteStdinParams,
		result: process.ProcessWriteStdinResponse,
		experimental: true,
		order: byProcess,
	}),
	request('process/kill', { params: process.ProcessKillParams, result: process.ProcessKillResponse, experimental: true, order: byProcess }),
	request('process/resizePty', {
		params: process.ProcessResizePtyParams,
		result: process.ProcessResizePtyResponse,
		experimental: true,
		order: byProcess,
	}),

	request('config/read', { params: config.ConfigReadParams, result: config.ConfigReadResponse, order: inConfigOrder }),
	request('externalAgentConfig/preview', {
		params: externalAgent.ExternalAgentConfigDetectParams,
		result: externalAgent.ExternalAgentConfigPreviewResponse,
		order: inConfigOrder,
	}),
	request('externalAgentConfig/import/list', {
		params: externalAgent.ExternalAgentConfigImportListParams,
		result: externalAgent.ExternalAgentConfigImportListResponse,
		order: inConfigOrder,
	}),
	request('externalAgentConfig/import/undo', {
		params: externalAgent.ExternalAgentConfigImportUndoParams,
		result: externalAgent.ExternalAgentConfigImportUndoResponse,
		order: inConfigOrder,
	}),
	request('externalAgentConfig/detect', {
		params: externalAgent.ExternalAgentConfigDetectParams,
		result: externalAgent.ExternalAgentConfigDetectResponse,
		order: inConfigOrder,
	}),
	request('externalAgentConfig/import', {
		params: externalAgent.ExternalAgentConfigImportParams,
		result: externalAgent.ExternalAgentConfigImportResponse,
		order: inConfigOrder,
	}),
	request('config/value/write', { params: config.ConfigValueWriteParams, result: config.ConfigWriteResponse, order: inConfigOrder }),
	request('config/batchWrite', { params: config.ConfigBatchWriteParams, result: config.ConfigWriteResponse, order: inConfigOrder }),
	request('config/effective/read', { params: config.ConfigEffectiveReadParams, result: config.ConfigEffectiveReadResponse, order: inConfigOrder }),
	request('configRequirements/read', { params: NoParams, result: requirements.ConfigRequirementsReadResponse, order: inConfigOrder }),
	request('account/read', { params: account.GetAccountParams, result: account.GetAccountResponse, order: inAccountOrder }),

	request('getConversationSummary', { params: conversation.GetConversationSummaryParams, result: conversation.GetConversationSummaryResponse }),
	request('gitDiffToRemote', { params: conversation.GitDiffToRemoteParams, result: conversation.GitDiffToRemoteResponse }),
	request('languageModel/part', {
		params: languageModel.LanguageModelPartParams,
		result: languageModel.LanguageModelPartResponse,
		experimental: true,
		order: ({ requestId }) => `languageModel:${requestId}`,
	}),
	request('languageModel/changed', {
		params: languageModel.LanguageModelChangedParams,
		result: languageModel.LanguageModelChangedResponse,
		experimental: true,
	}),
	request('getAuthStatus', { params: account.GetAuthStatusParams, result: account.GetAuthStatusResponse, order: inAccountOrder }),
	request('fuzzyFileSearch', { params: search.FuzzyFileSearchParams, result: search.FuzzyFileSearchResponse }),
	request('fuzzyFileSearch/sessionStart', {
		params: search.FuzzyFileSearchSessionStartParams,
		result: search.FuzzyFileSearchSessionStartResponse,
		experimental: true,
		order: bySearch,
	}),
	request('fuzzyFileSearch/sessionUpdate', {
		params: search.FuzzyFileSearchSessionUpdateParams,
		result: search.FuzzyFileSearchSessionUpdateResponse,
		experimental: true,
		order: bySearch,
	}),
	request('fuzzyFileSearch/sessionStop', {
		params: search.FuzzyFileSearchSessionStopParams,
		result: search.FuzzyFileSearchSessionStopResponse,
		experimental: true,
		order: bySearch,
	}),
]);

/** Notifications from the client to the server. */
export const clientNotifications = table([clientNotification('initialized', { params: NoParams })]);

type ClientRequests = typeof clientRequests;

export type ClientMethod = keyof ClientRequests;
/** What a client sends: members with a default may be left out. */
export type ParamsOf<M extends ClientMethod> = z.input<ClientRequests[M]['params']>;
/** What a handler gets: parsed, defaults filled in. */
export type ParsedParamsOf<M extends ClientMethod> = z.output<ClientRequests[M]['params']>;
export type ResultOf<M extends ClientMethod> = z.output<ClientRequests[M]['result']>;

const definitions: readonly RequestDefinition[] = Object.values(clientRequests);
const byName = new Map(definitions.flatMap((definition) => [definition.method, ...definition.aliases].map((name) => [name, definition] as const)));

/** By method or alias. */
export function findClientRequest(method: string): RequestDefinition | undefined {
	return byName.get(method);
}
