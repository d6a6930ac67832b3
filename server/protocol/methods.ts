import type * as z from "zod/mini";
import {
	AccountLoginCompletedNotification,
	AccountRateLimitsUpdatedNotification,
	AccountUpdatedNotification,
	CancelLoginAccountParams,
	CancelLoginAccountResponse,
	GetAccountParams,
	GetAccountRateLimitsResponse,
	GetAccountResponse,
	LoginAccountParams,
	LoginAccountResponse,
	LogoutAccountResponse,
} from "./account.ts";
import {
	CommandExecutionRequestApprovalParams,
	CommandExecutionRequestApprovalResponse,
	FileChangeRequestApprovalParams,
	FileChangeRequestApprovalResponse,
	ServerRequestResolvedNotification,
} from "./approval.ts";
import { ConfigReadParams, ConfigReadResponse } from "./config.ts";
import {
	clientNotification,
	notification,
	request,
	serverRequest,
	table,
} from "./define.ts";
import { ErrorNotification } from "./error.ts";
import {
	FileChangeApplyParams,
	FileChangeApplyResponse,
} from "./fileChangeApply.ts";
import { InitializeParams, InitializeResponse } from "./initialize.ts";
import * as item from "./item.ts";
import { ModelListParams, ModelListResponse } from "./model.ts";
import { WarningNotification } from "./notice.ts";
import { NoParams } from "./scalar.ts";
import * as thread from "./thread.ts";
import * as change from "./threadChange.ts";
import * as turn from "./turn.ts";

const byThread = ({ threadId }: { readonly threadId: string }): string =>
	`thread:${threadId}`;
const account = (): string => "account";

/** Requests from the client to the server. */
export const clientRequests = table([
	request("initialize", {
		params: InitializeParams,
		result: InitializeResponse,
	}),
	request("thread/start", {
		params: thread.ThreadStartParams,
		result: thread.ThreadStartResponse,
	}),
	request("thread/resume", {
		params: thread.ThreadResumeParams,
		result: thread.ThreadResumeResponse,
		order: byThread,
	}),
	request("thread/fork", {
		params: thread.ThreadForkParams,
		result: thread.ThreadForkResponse,
		order: byThread,
	}),
	request("thread/archive", {
		params: change.ThreadArchiveParams,
		result: change.ThreadArchiveResponse,
		order: byThread,
	}),
	request("thread/unsubscribe", {
		params: change.ThreadUnsubscribeParams,
		result: change.ThreadUnsubscribeResponse,
		order: byThread,
	}),
	request("thread/name/set", {
		params: change.ThreadSetNameParams,
		result: change.ThreadSetNameResponse,
		order: byThread,
	}),
	request("thread/metadata/update", {
		params: change.ThreadMetadataUpdateParams,
		result: change.ThreadMetadataUpdateResponse,
		order: byThread,
	}),
	request("thread/unarchive", {
		params: change.ThreadUnarchiveParams,
		result: change.ThreadUnarchiveResponse,
		order: byThread,
	}),
	request("thread/compact/start", {
		params: change.ThreadCompactStartParams,
		result: change.ThreadCompactStartResponse,
		order: byThread,
	}),
	request("thread/rollback", {
		params: change.ThreadRollbackParams,
		result: change.ThreadRollbackResponse,
		order: byThread,
	}),
	request("thread/list", {
		params: thread.ThreadListParams,
		result: thread.ThreadListResponse,
	}),
	request("thread/loaded/list", {
		params: thread.ThreadLoadedListParams,
		result: thread.ThreadLoadedListResponse,
	}),
	request("thread/read", {
		params: thread.ThreadReadParams,
		result: thread.ThreadReadResponse,
		order: byThread,
	}),
	request("thread/turns/list", {
		params: thread.ThreadTurnsListParams,
		result: thread.ThreadTurnsListResponse,
		experimental: true,
	}),
	request("turn/start", {
		params: turn.TurnStartParams,
		result: turn.TurnStartResponse,
		order: byThread,
	}),
	request("turn/steer", {
		params: turn.TurnSteerParams,
		result: turn.TurnSteerResponse,
		order: byThread,
	}),
	request("turn/interrupt", {
		params: turn.TurnInterruptParams,
		result: turn.TurnInterruptResponse,
		order: byThread,
	}),
	request("model/list", { params: ModelListParams, result: ModelListResponse }),
	request("account/login/start", {
		params: LoginAccountParams,
		result: LoginAccountResponse,
		order: account,
	}),
	request("account/login/cancel", {
		params: CancelLoginAccountParams,
		result: CancelLoginAccountResponse,
		order: account,
	}),
	request("account/logout", {
		params: NoParams,
		result: LogoutAccountResponse,
		order: account,
	}),
	request("account/rateLimits/read", {
		params: NoParams,
		result: GetAccountRateLimitsResponse,
	}),
	request("config/read", {
		params: ConfigReadParams,
		result: ConfigReadResponse,
	}),
	request("account/read", {
		params: GetAccountParams,
		result: GetAccountResponse,
		order: account,
	}),
]);

/** Requests from the server to the client. */
export const serverRequests = table([
	serverRequest("item/commandExecution/requestApproval", {
		params: CommandExecutionRequestApprovalParams,
		result: CommandExecutionRequestApprovalResponse,
	}),
	serverRequest("item/fileChange/requestApproval", {
		params: FileChangeRequestApprovalParams,
		result: FileChangeRequestApprovalResponse,
	}),
	serverRequest("item/fileChange/apply", {
		params: FileChangeApplyParams,
		result: FileChangeApplyResponse,
	}),
]);

/** Notifications from the server to the client. */
export const serverNotifications = table([
	notification("error", { params: ErrorNotification }),
	notification("thread/started", { params: change.ThreadStartedNotification }),
	notification("thread/status/changed", {
		params: change.ThreadStatusChangedNotification,
	}),
	notification("thread/archived", {
		params: change.ThreadArchivedNotification,
	}),
	notification("thread/unarchived", {
		params: change.ThreadUnarchivedNotification,
	}),
	notification("thread/closed", { params: change.ThreadClosedNotification }),
	notification("thread/name/updated", {
		params: change.ThreadNameUpdatedNotification,
	}),
	notification("thread/tokenUsage/updated", {
		params: change.ThreadTokenUsageUpdatedNotification,
	}),
	notification("turn/started", { params: turn.TurnStartedNotification }),
	notification("turn/completed", { params: turn.TurnCompletedNotification }),
	notification("turn/diff/updated", {
		params: turn.TurnDiffUpdatedNotification,
	}),
	notification("turn/plan/updated", {
		params: turn.TurnPlanUpdatedNotification,
	}),
	notification("item/started", { params: item.ItemStartedNotification }),
	notification("item/completed", { params: item.ItemCompletedNotification }),
	notification("rawResponseItem/completed", {
		params: item.RawResponseItemCompletedNotification,
	}),
	notification("item/agentMessage/delta", {
		params: item.AgentMessageDeltaNotification,
	}),
	notification("item/plan/delta", { params: item.PlanDeltaNotification }),
	notification("item/commandExecution/outputDelta", {
		params: item.CommandExecutionOutputDeltaNotification,
	}),
	notification("item/commandExecution/terminalInteraction", {
		params: item.TerminalInteractionNotification,
	}),
	notification("item/fileChange/outputDelta", {
		params: item.FileChangeOutputDeltaNotification,
	}),
	notification("item/fileChange/patchUpdated", {
		params: item.FileChangePatchUpdatedNotification,
	}),
	notification("serverRequest/resolved", {
		params: ServerRequestResolvedNotification,
	}),
	notification("item/mcpToolCall/progress", {
		params: item.McpToolCallProgressNotification,
	}),
	notification("account/updated", { params: AccountUpdatedNotification }),
	notification("account/rateLimits/updated", {
		params: AccountRateLimitsUpdatedNotification,
	}),
	notification("item/reasoning/summaryTextDelta", {
		params: item.ReasoningSummaryTextDeltaNotification,
	}),
	notification("item/reasoning/summaryPartAdded", {
		params: item.ReasoningSummaryPartAddedNotification,
	}),
	notification("item/reasoning/textDelta", {
		params: item.ReasoningTextDeltaNotification,
	}),
	notification("thread/compacted", {
		params: change.ContextCompactedNotification,
	}),
	notification("warning", { params: WarningNotification }),
	notification("account/login/completed", {
		params: AccountLoginCompletedNotification,
	}),
]);

/** Notifications from the client to the server. */
export const clientNotifications = table([
	clientNotification("initialized", { params: NoParams }),
]);

type ClientRequests = typeof clientRequests;
type ServerRequests = typeof serverRequests;
type ServerNotifications = typeof serverNotifications;

export type ClientMethod = keyof ClientRequests;
/** What a client sends: members with a default may be left out. */
export type ParamsOf<M extends ClientMethod> = z.input<
	ClientRequests[M]["params"]
>;
/** What a handler gets: parsed, defaults filled in. */
export type ParsedParamsOf<M extends ClientMethod> = z.output<
	ClientRequests[M]["params"]
>;
export type ResultOf<M extends ClientMethod> = z.output<
	ClientRequests[M]["result"]
>;

export type ServerRequestMethod = keyof ServerRequests;
export type ServerRequestParams<M extends ServerRequestMethod> = z.output<
	ServerRequests[M]["params"]
>;
/** What a client answers. */
export type ServerRequestResult<M extends ServerRequestMethod> = z.input<
	ServerRequests[M]["result"]
>;
/** A client's answer as the server reads it: defaults filled in. */
export type ParsedServerRequestResult<M extends ServerRequestMethod> = z.output<
	ServerRequests[M]["result"]
>;

export type ServerNotificationMethod = keyof ServerNotifications;
export type ServerNotificationParams<M extends ServerNotificationMethod> =
	z.output<ServerNotifications[M]["params"]>;

export type ServerRequest = {
	[M in ServerRequestMethod]: {
		readonly method: M;
		readonly params: ServerRequestParams<M>;
	};
}[ServerRequestMethod];

export type ServerNotification = {
	[M in ServerNotificationMethod]: {
		readonly method: M;
		readonly params: ServerNotificationParams<M>;
	};
}[ServerNotificationMethod];

export type ClientNotificationMethod = keyof typeof clientNotifications;
