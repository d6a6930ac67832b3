import * as z from 'zod/mini';
import { DynamicToolSpec } from '../integrations/dynamicTool.ts';
import { experimental, newer } from '../wire/define.ts';
import { ThreadItem } from './item.ts';
import { JsonObject } from '../wire/jsonValue.ts';
import { lazy } from '../wire/lazy.ts';
import { Personality, ReasoningEffort } from '../account/model.ts';
import {
	ActivePermissionProfile,
	ApprovalsReviewer,
	AskForApproval,
	PermissionProfile,
	PermissionProfileChoice,
	SandboxMode,
	SandboxPolicy,
	TurnEnvironmentParams,
} from '../approval/permission.ts';
import { ThreadReadState } from './readState.ts';
import { ResponseItem } from './responseItem.ts';
import { AbsolutePathBuf, flag, int64, int64OrNull, maybeFlag, maybeText, maybeUint32, paths, text, textOrNull, texts } from '../wire/scalar.ts';
import { SessionSource, ThreadSource } from '../threadSource.ts';
import { ThreadStatus } from './threadStatus.ts';
import { CollaborationMode, Turn, TurnItemsView } from './turn.ts';

export const GitInfo = lazy(() =>
	z.object({
		sha: textOrNull,
		branch: textOrNull,
		originUrl: textOrNull,
	}),
);
export type GitInfo = z.infer<typeof GitInfo>;

/** How the records of a thread are kept: each item as a whole (`paginated`), as newer programs do, or as several events. */
export const ThreadHistoryMode = lazy(() => z.enum(['legacy', 'paginated']));
export type ThreadHistoryMode = z.infer<typeof ThreadHistoryMode>;

/** A folder on this computer: no other environments are known. */
export const ThreadEnvironment = lazy(() => z.object({ environmentId: text, cwd: AbsolutePathBuf, runtimeWorkspaceRoots: paths }));
export type ThreadEnvironment = z.infer<typeof ThreadEnvironment>;

/** `createdAt` and `updatedAt` are Unix seconds. */
export const Thread = lazy(() =>
	z.object({
		id: text,
		/** Shared by the threads of one tree of forks and sub-agents. */
		sessionId: text,
		forkedFromId: textOrNull,
		/** Mostly the first message. */
		preview: text,
		/** Not kept on disk. */
		ephemeral: flag,
		modelProvider: text,
		createdAt: int64,
		updatedAt: int64,
		status: ThreadStatus,
		/** Of the file on disk. */
		path: textOrNull,
		cwd: AbsolutePathBuf,
		/** The version of the program that created it. */
		cliVersion: text,
		source: SessionSource,
		threadSource: z.nullable(ThreadSource),
		agentNickname: textOrNull,
		agentRole: textOrNull,
		gitInfo: z.nullable(GitInfo),
		name: textOrNull,
		/** Those of the next turns of a loaded thread, the first of which is the one that it works in; null for a thread that is not loaded. */
		environments: newer(z.optional(z.nullable(z.array(ThreadEnvironment)))),
		/** Who started it, for an agent's thread. */
		parentThreadId: newer(z.optional(textOrNull)),
		/** Of a loaded thread; null for another. */
		model: newer(z.optional(textOrNull)),
		/** Of a loaded thread; null for another, and where the model decides. */
		reasoningEffort: newer(z.optional(z.nullable(ReasoningEffort))),
		/** What lists are sorted by: `updatedAt`. */
		recencyAt: newer(z.optional(int64OrNull)),
		/** The client that began it. */
		originator: newer(z.optional(textOrNull)),
		/** Of a loaded thread; null for another. */
		canAcceptDirectInput: newer(z.optional(z.nullable(flag))),
		historyMode: newer(z.optional(ThreadHistoryMode)),
		/** These four are always null: there are no attached threads, sections and projects here. */
		attachedToThreadId: newer(z.optional(z.null())),
		section: newer(z.optional(z.null())),
		sectionEnteredAt: newer(z.optional(z.null())),
		projectId: newer(z.optional(z.null())),
		/** A choice of clients of one provider, which is not kept here. */
		daybreakEnabled: newer(z.optional(z.null())),
		extra: newer(z.optional(z.null())),
		/** Our own addition: why the thread cannot be read whole, and is not continued. Left out when it can. */
		incomplete: z.optional(text),
		/** Empty except where a request's answer says otherwise: resume, fork, rollback and read with turns. */
		turns: z.array(Turn),
	}),
);
export type Thread = z.infer<typeof Thread>;

export const ThreadStartSource = lazy(() => z.enum(['startup', 'clear']));
export type ThreadStartSource = z.infer<typeof ThreadStartSource>;

const settings = {
	model: maybeText,
	modelProvider: maybeText,
	serviceTier: maybeText,
	cwd: maybeText,
	/** More folders that the thread may write to where it may write to its own. */
	runtimeWorkspaceRoots: z.nullish(paths),
	approvalPolicy: z.nullish(AskForApproval),
	approvalsReviewer: z.nullish(ApprovalsReviewer),
	/** Not together with `permissions`. */
	sandbox: z.nullish(SandboxMode),
	/** Configuration that wins over the files. */
	config: z.nullish(JsonObject),
	baseInstructions: maybeText,
	developerInstructions: maybeText,
};
/** Complete in itself. Not together with `sandbox` or `permissions`. */
const profile = lazy(() => z.nullish(PermissionProfile));
const permissions = lazy(() => z.nullish(PermissionProfileChoice));

export const ThreadStartParams = lazy(() =>
	z.object({
		...settings,
		permissions: experimental(permissions, 'thread/start.permissions'),
		permissionProfile: experimental(profile, 'thread/start.permissionProfile'),
		serviceName: maybeText,
		personality: z.nullish(Personality),
		ephemeral: maybeFlag,
		sessionStartSource: z.nullish(ThreadStartSource),
		threadSource: z.nullish(ThreadSource),
		/** Absent: `legacy`. */
		historyMode: z.nullish(ThreadHistoryMode),
		environments: experimental(z.nullish(z.array(TurnEnvironmentParams)), 'thread/start.environments'),
		dynamicTools: experimental(z.nullish(z.array(DynamicToolSpec)), 'thread/start.dynamicTools'),
		/** Has no effect; for tests of the gate. */
		mockExperimentalField: experimental(maybeText, 'thread/start.mockExperimentalField'),
		/** Asks for `rawResponseItem/completed`. */
		experimentalRawEvents: experimental(maybeFlag, 'thread/start.experimentalRawEvents'),
		/** Accepted and ignored: history is always complete. */
		persistExtendedHistory: experimental(maybeFlag, 'thread/start.persistFullHistory'),
	}),
);
export type ThreadStartParams = z.infer<typeof ThreadStartParams>;

export const MultiAgentMode = lazy(() => z.enum(['explicitRequestOnly', 'proactive']));
export type MultiAgentMode = z.infer<typeof MultiAgentMode>;

/** The thread and the settings it really has. */
const started = {
	thread: Thread,
	model: text,
	modelProvider: text,
	serviceTier: textOrNull,
	cwd: AbsolutePathBuf,
	/** Instruction files in use. */
	instructionSources: paths,
	approvalPolicy: AskForApproval,
	approvalsReviewer: ApprovalsReviewer,
	sandbox: SandboxPolicy,
	reasoningEffort: z.nullable(ReasoningEffort),
	/** Agents are started when the person asks for that. */
	multiAgentMode: newer(z.optional(MultiAgentMode)),
	/** The workspace of the thread. More folders that it may write to are in `sandbox`. */
	runtimeWorkspaceRoots: newer(z.optional(paths)),
	/** Empty: a plugin is turned off for all threads. */
	disabledPluginIds: newer(z.optional(texts)),
};

export const ThreadStartResponse = lazy(() =>
	z.object({
		...started,
		permissionProfile: experimental(z.nullable(PermissionProfile), 'thread/start.permissionProfile'),
		activePermissionProfile: experimental(z.nullable(ActivePermissionProfile), 'thread/start.activePermissionProfile'),
	}),
);
export type ThreadStartResponse = z.infer<typeof ThreadStartResponse>;

/** As the params of `thread/turns/list`: absent, the newest turns first, with their first and last message. */
export const ThreadResumeInitialTurnsPageParams = lazy(() =>
	z.object({ limit: maybeUint32, sortDirection: z.nullish(SortDirection), itemsView: z.nullish(TurnItemsView) }),
);
export type ThreadResumeInitialTurnsPageParams = z.infer<typeof ThreadResumeInitialTurnsPageParams>;

/** `history` wins over `path`, and `path` over `threadId`. */
export const ThreadResumeParams = lazy(() =>
	z.object({
		threadId: text,
		history: experimental(z.nullish(z.array(ResponseItem)), 'thread/resume.history'),
		path: experimental(maybeText, 'thread/resume.path'),
		...settings,
		permissions: experimental(permissions, 'thread/resume.permissions'),
		permissionProfile: experimental(profile, 'thread/resume.permissionProfile'),
		personality: z.nullish(Personality),
		/** Answer without turns, for clients that page through them. */
		excludeTurns: experimental(maybeFlag, 'thread/resume.excludeTurns'),
		/** Asks for a page of turns in the answer. */
		initialTurnsPage: z.nullish(ThreadResumeInitialTurnsPageParams),
		persistExtendedHistory: experimental(maybeFlag, 'thread/resume.persistFullHistory'),
		/** Our own addition: frees a thread that a server on another computer was working on, of which nobody here can tell whether it lives. */
		takeOver: experimental(maybeFlag, 'thread/resume.takeOver'),
	}),
);
export type ThreadResumeParams = z.infer<typeof ThreadResumeParams>;

export const TurnsPage = lazy(() => z.object({ data: z.array(Turn), nextCursor: textOrNull, backwardsCursor: textOrNull }));
export type TurnsPage = z.infer<typeof TurnsPage>;

export const ThreadResumeResponse = lazy(() =>
	z.object({
		...started,
		/** That of the next turn. */
		collaborationMode: newer(experimental(z.optional(z.nullable(CollaborationMode)), 'thread/resume.collaborationMode')),
		/** Null, or left out, when it was not asked for. */
		initialTurnsPage: newer(z.optional(z.nullable(TurnsPage))),
		/** For `thread/turns/list` with the newest first: the newest turn is the first of the page. Null for an empty thread, and a `legacy` one. */
		turnsBackwardsCursor: newer(z.optional(textOrNull)),
		/** The same for `thread/items/list` and the newest item. */
		itemsBackwardsCursor: newer(z.optional(textOrNull)),
		permissionProfile: experimental(z.nullable(PermissionProfile), 'thread/resume.permissionProfile'),
		activePermissionProfile: experimental(z.nullable(ActivePermissionProfile), 'thread/resume.activePermissionProfile'),
	}),
);
export type ThreadResumeResponse = z.infer<typeof ThreadResumeResponse>;

export const ThreadForkParams = lazy(() =>
	z.object({
		threadId: text,
		/** Our own addition: the fork ends with this turn. Absent: with the last one. */
		turnId: experimental(maybeText, 'thread/fork.turnId'),
		/** The same, as newer clients call it. */
		lastTurnId: maybeText,
		/** The fork ends before this turn. Not together with the other two. */
		beforeTurnId: maybeText,
		path: experimental(maybeText, 'thread/fork.path'),
		...settings,
		permissions: experimental(permissions, 'thread/fork.permissions'),
		permissionProfile: experimental(profile, 'thread/fork.permissionProfile'),
		ephemeral: maybeFlag,
		threadSource: z.nullish(ThreadSource),
		excludeTurns: experimental(maybeFlag, 'thread/fork.excludeTurns'),
		persistExtendedHistory: experimental(maybeFlag, 'thread/fork.persistFullHistory'),
		/**
		 * Our own addition: the fork answers a question beside its thread. It only reads, is not kept, and is gone when the client that asked
		 * for it no longer follows it.
		 */
		sideQuestion: experimental(maybeFlag, 'thread/fork.sideQuestion'),
	}),
);
export type ThreadForkParams = z.infer<typeof ThreadForkParams>;

export const ThreadForkResponse = lazy(() =>
	z.object({
		...started,
		permissionProfile: experimental(z.nullable(PermissionProfile), 'thread/fork.permissionProfile'),
		activePermissionProfile: experimental(z.nullable(ActivePermissionProfile), 'thread/fork.activePermissionProfile'),
	}),
);
export type ThreadForkResponse = z.infer<typeof ThreadForkResponse>;

export const ThreadReadParams = lazy(() =>
	z.object({
		threadId: text,
		includeTurns: maybeFlag,
	}),
);
export type ThreadReadParams = z.infer<typeof ThreadReadParams>;

export const ThreadReadResponse = lazy(() =>
	z.object({
		thread: Thread,
		/** Null for a thread that has none. */
		readState: newer(z.optional(z.nullable(ThreadReadState))),
	}),
);
export type ThreadReadResponse = z.infer<typeof ThreadReadResponse>;

export const SortDirection = lazy(() => z.enum(['asc', 'desc']));
export type SortDirection = z.infer<typeof SortDirection>;

export const ThreadTurnsListParams = lazy(() =>
	z.object({
		threadId: text,
		cursor: maybeText,
		limit: maybeUint32,
		/** Absent: newest first. */
		sortDirection: z.nullish(SortDirection),
		/** Absent: `summary`. */
		itemsView: z.nullish(TurnItemsView),
	}),
);
export type ThreadTurnsListParams = z.infer<typeof ThreadTurnsListParams>;

export const ThreadTurnsListResponse = lazy(() =>
	z.object({
		data: z.array(Turn),
		nextCursor: textOrNull,
		backwardsCursor: textOrNull,
	}),
);
export type ThreadTurnsListResponse = z.infer<typeof ThreadTurnsListResponse>;

export const ThreadTurnsItemsListParams = lazy(() =>
	z.object({
		threadId: text,
		turnId: text,
		cursor: maybeText,
		limit: maybeUint32,
		sortDirection: z.nullish(SortDirection),
	}),
);
export type ThreadTurnsItemsListParams = z.infer<typeof ThreadTurnsItemsListParams>;

export const ThreadTurnsItemsListResponse = lazy(() =>
	z.object({
		data: z.array(ThreadItem),
		nextCursor: textOrNull,
		backwardsCursor: textOrNull,
	}),
);
export type ThreadTurnsItemsListResponse = z.infer<typeof ThreadTurnsItemsListResponse>;
