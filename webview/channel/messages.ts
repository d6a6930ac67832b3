/**
 * What crosses between the extension host and the page. Types only; the one file of `webview/` that `extension/` may import.
 *
 * The host sends a snapshot when the page says that it is ready, and after that numbered batches of events. The page's state is
 * `reduce(snapshot, events)`; a batch out of sequence makes the page ask for a new snapshot by saying `ready` again.
 */
import type { ServerNotification, ServerNotificationParams } from '../../server/protocol/serverMessages.ts';
import type { Model } from '../../server/protocol/account/model.ts';
import type { ReviewTarget } from '../../server/protocol/thread/review.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { TokenUsageBreakdown } from '../../server/protocol/thread/threadChange.ts';
import type { BackgroundTerminal, ThreadContextReadResponse } from '../../server/protocol/thread/threadStatus.ts';
import type { ModeKind, Turn } from '../../server/protocol/thread/turn.ts';
import type {
	CommandExecutionApprovalDecision,
	CommandExecutionRequestApprovalParams,
	FileChangeApprovalDecision,
	FileChangeRequestApprovalParams,
	PermissionsRequestApprovalParams,
} from '../../server/protocol/approval/approval.ts';
import type { UserInput } from '../../server/protocol/thread/turnInput.ts';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import type { PromptEntry, SkillEntry } from './menuEntries.ts';
import type { CostInfo, ResourceInfo } from './statusInfo.ts';
import type { McpAnswer, McpQuestion } from './mcpQuestions.ts';
import type { ToolRequestUserInputParams, ToolRequestUserInputResponse } from '../../server/protocol/approval/userInputRequest.ts';

/** How the extension stands with the app-server. */
export type ConnectionState =
	| { readonly type: 'starting' }
	| { readonly type: 'ready' }
	/** The server ended and is started again; `attempt` counts from 1. */
	| { readonly type: 'restarting'; readonly attempt: number }
	/** Given up. `message` says why, in words for a person. */
	| { readonly type: 'failed'; readonly message: string }
	/** Restricted Mode: threads can be read, nothing runs. */
	| { readonly type: 'restricted' };

export type AccountState =
	| { readonly type: 'unknown' }
	/** The provider needs a key and there is none. */
	| { readonly type: 'signedOut' }
	| { readonly type: 'signedIn'; readonly label: string }
	/** The provider asks for no sign-in (demo, local models). */
	| { readonly type: 'notNeeded'; readonly label: string };

/** How much the agent may do without asking: presets of approval policy and sandbox. */
export type ApprovalMode = 'readOnly' | 'auto' | 'fullAccess' | 'custom';

/** A question of the server that waits for a person. `key` is unique in this window. */
export type PendingQuestion =
	| { readonly key: string; readonly kind: 'command'; readonly params: CommandExecutionRequestApprovalParams }
	| { readonly key: string; readonly kind: 'fileChange'; readonly params: FileChangeRequestApprovalParams }
	| { readonly key: string; readonly kind: 'permissions'; readonly params: PermissionsRequestApprovalParams }
	| McpQuestion
	/** Questions of the model or about the turn, with options or for own words. */
	| { readonly key: string; readonly kind: 'userInput'; readonly params: ToolRequestUserInputParams };

export type QuestionAnswer =
	| { readonly kind: 'command'; readonly decision: CommandExecutionApprovalDecision }
	| { readonly kind: 'fileChange'; readonly decision: FileChangeApprovalDecision }
	/** All that was asked for, for a turn, as long as the thread is loaded, or in all threads of the workspace; or nothing of it. */
	| { readonly kind: 'permissions'; readonly decision: 'acceptForTurn' | 'acceptForSession' | 'acceptForWorkspace' | 'decline' }
	| McpAnswer
	| { readonly kind: 'userInput'; readonly answers: ToolRequestUserInputResponse['answers'] };

/** A file that the agent's patch could not be merged into; shown until the person dismisses it or the file is changed. */
export interface FileConflict {
	readonly itemId: string;
	readonly path: string;
	readonly message: string;
}

/** What a turn changed on the disk, also by commands. */
export interface TurnChanges {
	readonly files: number;
	/** Taken back by the person. */
	readonly undone: boolean;
}

/** What VS Code's language servers knew before and after a turn; `before - fixed + addedCount` is `after`. */
export interface TurnProblems {
	readonly before: number;
	readonly after: number;
	readonly fixed: number;
	/** The first of those that came in the turn. */
	readonly added: readonly {
		/** As the agent finds it: relative to its folder, or absolute. */
		readonly path: string;
		/** From 1. */
		readonly line: number;
		readonly severity: 'error' | 'warning';
		readonly message: string;
		readonly source: string;
	}[];
	readonly addedCount: number;
	/** In files of which nothing was known at the one time or the other. */
	readonly notCompared: number;
}

/** What of the agent's changes waits for a decision, in the whole workspace. */
export interface ReviewCount {
	readonly files: number;
}

/** The newest `turn/plan/updated` of a turn. */
export interface TurnPlan {
	readonly explanation: string | null;
	readonly steps: readonly { readonly step: string; readonly status: 'pending' | 'inProgress' | 'completed' }[];
}

/** What the newest model request filled of the context window. */
export interface ContextUsage {
	readonly usedTokens: number;
	readonly window: number | null;
	/** Of the newest request, and of all of the thread together. */
	readonly last?: TokenUsageBreakdown;
	readonly total?: TokenUsageBreakdown;
}

/** One window of a limit of the account. */
export interface LimitInfo {
	/** Null when there is but one limit. */
	readonly name: string | null;
	readonly minutes: number | null;
	readonly usedPercent: number;
	/** Unix seconds. */
	readonly resetsAt: number | null;
}

/** What is asked for when somebody looks at it. `context` is null when the server does not tell. */
export interface ThreadStatusInfo {
	readonly context: ThreadContextReadResponse | null;
	readonly limits: readonly LimitInfo[];
	/** What the account has besides its plan; null when it has none, or nobody says. `balance` as the service writes it. */
	readonly credits?: { readonly unlimited: boolean; readonly balance: string | null } | null;
	/** Null when no prices are known, or the server does not tell what was used. */
	readonly cost?: CostInfo | null;
}

/** What goes with a message beside the typed words. All of it can be looked at before it is sent. */
export interface Attachment {
	readonly kind: 'file' | 'folder' | 'symbol' | 'selection' | 'problems' | 'terminal' | 'thread' | 'image' | 'skill';
	/** In a few words: a path with a range of lines, the name of a thread. */
	readonly label: string;
	/** What the model gets: the text itself, or the data URL of an image; of a skill its path. */
	readonly content: string;
	/** Estimated. */
	readonly tokens: number;
	/** Some of it was left out, since it is long. */
	readonly cut: boolean;
	/** The words in the message that stand for it: without them it does not go along. */
	readonly words?: string;
}

/** An agent that the thread has started, as it stands now. */
export interface AgentState {
	/** Null when it has none yet. */
	readonly name: string | null;
	readonly role: string | null;
	readonly running: boolean;
}

/** What only some servers can do. */
export type ServerFeature = 'mcp' | 'skills';

/** Something that `@` can name. */
export interface Mention {
	readonly id: string;
	readonly kind: Exclude<Attachment['kind'], 'image' | 'skill'>;
	readonly label: string;
	/** Where it is, or how much. */
	readonly detail: string;
}

/** What was sent to the thread and is no item of it yet, as the server has it. */
export interface QueueState {
	/** False when the server has no queue: nothing but steering a running turn. */
	readonly available: boolean;
	/** Those that the running turn has accepted, then the queue in its order. */
	readonly messages: readonly SentMessage[];
	/** The queue waits for a person. */
	readonly paused: boolean;
}

export interface PageSettings {
	readonly model: string;
	/** Chosen for new threads instead of the one that the server is configured for, as the demo or a local server is. */
	readonly provider?: string;
	readonly effort: string | null;
	readonly approvalMode: ApprovalMode;
	/** Plan: the agent explores and proposes, and changes nothing. Absent: `default`. */
	readonly mode?: ModeKind;
}

export interface PageState {
	readonly connection: ConnectionState;
	readonly account: AccountState;
	readonly models: readonly Model[];
	readonly settings: PageSettings;
	/** The active thread with the newest of its turns; null before a first message. */
	readonly thread: Thread | null;
	/** Cursor of the turns before `thread.turns`; null when there are none. */
	readonly olderTurns: string | null;
	readonly pending: readonly PendingQuestion[];
	readonly conflicts: readonly FileConflict[];
	/** By turn id; turns that changed nothing are not in it. */
	readonly turnChanges: Readonly<Record<string, TurnChanges>>;
	/** By turn id, as far as it is known. */
	readonly turnProblems?: Readonly<Record<string, TurnProblems>>;
	readonly review: ReviewCount;
	readonly queue: QueueState;
	/** The folders of the workspace, when there are several: then each command and change says in which it is. */
	readonly roots?: readonly { readonly name: string; readonly path: string }[];
	/** The thread's agents by the ids of their threads. */
	readonly agents?: Readonly<Record<string, AgentState>>;
	/** Turns that were running when the server ended. */
	readonly lostTurns?: readonly string[];
	/** The commands of the thread that still run after their turn. */
	readonly background?: readonly BackgroundTerminal[];
	/** What the connected server can do beyond what each can. */
	readonly features?: readonly ServerFeature[];
	/** Name of the folder that new threads work in; null without a folder. */
	readonly folder: string | null;
	/** Plans by turn id and the context meter, as far as the host heard them: no turn carries them. Without them the page keeps its own. */
	readonly plans?: Readonly<Record<string, TurnPlan>>;
	readonly contextUsage?: ContextUsage;
}

/** A change of the host's side of the state: one member is replaced, or a notification of the active thread is applied. */
export type PageEvent =
	| { readonly type: 'notification'; readonly notification: ServerNotification }
	| { readonly type: 'connection'; readonly connection: ConnectionState }
	| { readonly type: 'account'; readonly account: AccountState }
	| { readonly type: 'models'; readonly models: readonly Model[] }
	| { readonly type: 'settings'; readonly settings: PageSettings }
	| { readonly type: 'pending'; readonly pending: readonly PendingQuestion[] }
	| { readonly type: 'conflicts'; readonly conflicts: readonly FileConflict[] }
	| { readonly type: 'turnChanges'; readonly turnChanges: Readonly<Record<string, TurnChanges>> }
	| { readonly type: 'turnProblems'; readonly turnProblems: Readonly<Record<string, TurnProblems>> }
	| { readonly type: 'review'; readonly review: ReviewCount }
	| { readonly type: 'queue'; readonly queue: QueueState }
	| { readonly type: 'agents'; readonly agents: Readonly<Record<string, AgentState>> }
	| { readonly type: 'background'; readonly background: readonly BackgroundTerminal[] }
	| { readonly type: 'features'; readonly features: readonly ServerFeature[] }
	/** Puts text into the composer, as a command of the editor or a failed send does. Replaces nothing that was typed: appended. */
	| { readonly type: 'composerText'; readonly text: string }
	/** Attaches something to the message, as a command of the editor does. */
	| { readonly type: 'attach'; readonly attachment: Attachment }
	| { readonly type: 'focusComposer' }
	| { readonly type: 'openFind' }
	/** Brings an item into view as soon as its thread is shown, or the beginning of a turn. */
	| { readonly type: 'reveal'; readonly threadId: string; readonly turnId: string | null; readonly itemId: string | null };

/** An item with the words that were looked for, and how often it has them. */
export interface FoundItem {
	readonly turnId: string;
	readonly itemId: string;
	readonly count: number;
}

/** What the page asks of the host. Every request is answered. */
export interface PageRequests {
	/**
	 * `now`: to the running turn, or as a new one. `queue`: as a turn of its own after the running one. `id` is the page's own; the same one
	 * again is answered with what became of its message, and nothing is sent twice.
	 */
	send: {
		readonly params: { readonly id: string; readonly input: readonly UserInput[]; readonly delivery: 'now' | 'queue' };
		readonly result: { readonly delivery: 'started' | 'steered' | 'queued' };
	};
	/** What became of a message that a page before this one sent; rejects when it did not arrive, or the host does not know it. */
	sent: { readonly params: { readonly id: string }; readonly result: PageRequests['send']['result'] };
	changeQueued: { readonly params: { readonly messageId: string; readonly input: readonly UserInput[] }; readonly result: Record<string, never> };
	removeQueued: { readonly params: { readonly messageId: string }; readonly result: Record<string, never> };
	/** The new order of the whole queue. */
	orderQueue: { readonly params: { readonly messageIds: readonly string[] }; readonly result: Record<string, never> };
	/** To the running turn, or as a turn of its own when none runs. */
	sendQueued: { readonly params: { readonly messageId: string }; readonly result: Record<string, never> };
	interrupt: { readonly params: Record<string, never>; readonly result: Record<string, never> };
	answer: { readonly params: { readonly key: string; readonly answer: QuestionAnswer }; readonly result: { readonly accepted: boolean } };
	newThread: { readonly params: Record<string, never>; readonly result: Record<string, never> };
	/** `turns` oldest first. */
	loadOlder: { readonly params: { readonly cursor: string }; readonly result: { readonly turns: readonly Turn[]; readonly cursor: string | null } };
	setModel: { readonly params: { readonly model: string; readonly effort: string | null }; readonly result: Record<string, never> };
	/** The person's own prompts, as they are on the disk now. */
	listPrompts: { readonly params: Record<string, never>; readonly result: { readonly prompts: readonly PromptEntry[] } };
	/** Those that the connected MCP servers offer now; servers may take a while. */
	listServerPrompts: { readonly params: Record<string, never>; readonly result: { readonly prompts: readonly PromptEntry[] } };
	/** The text of a prompt with its arguments in place, and what else it holds; nothing is sent. Null: the person did not want it after all. */
	expandPrompt: {
		readonly params: { readonly name: string; readonly args: string };
		readonly result: { readonly text: string | null; readonly attachments?: readonly Attachment[] };
	};
	/** The skills that are switched on where the thread works. */
	listSkills: { readonly params: Record<string, never>; readonly result: { readonly skills: readonly SkillEntry[] } };
	/** Shows in VS Code what the server has. Answered at once. */
	showFeature: { readonly params: { readonly feature: ServerFeature }; readonly result: Record<string, never> };
	/** What `@` can name, best first. */
	findMentions: { readonly params: { readonly query: string }; readonly result: { readonly items: readonly Mention[] } };
	/** A mention of the last answers, with what it stands for now. */
	attach: { readonly params: { readonly id: string }; readonly result: { readonly words: string; readonly attachment: Attachment } };
	/** Files that were dropped onto the page. Those that cannot be attached are told of in `refused`. */
	attachFiles: {
		readonly params: { readonly uris: readonly string[] };
		readonly result: { readonly attachments: readonly Attachment[]; readonly refused: readonly string[] };
	};
	/** Holds from the next turn on. */
	setMode: { readonly params: { readonly mode: ModeKind }; readonly result: Record<string, never> };
	/** Makes room in the context by a summary. */
	compact: { readonly params: Record<string, never>; readonly result: Record<string, never> };
	/** Goes on in a copy of the thread, which is shown then. */
	fork: { readonly params: Record<string, never>; readonly result: Record<string, never> };
	/** Which branch or commit is asked in VS Code, and the request answered at once. */
	review: {
		readonly params: {
			readonly target: Extract<ReviewTarget, { type: 'uncommittedChanges' | 'custom' }> | { readonly type: 'baseBranch' | 'commit' };
		};
		readonly result: Record<string, never>;
	};
	setApprovalMode: { readonly params: { readonly mode: ApprovalMode }; readonly result: Record<string, never> };
	/** Shows VS Code's list of models and efforts. Answered at once. */
	pickModel: { readonly params: Record<string, never>; readonly result: Record<string, never> };
	/** Shows VS Code's list of modes and permissions. Answered at once. */
	pickPermissions: { readonly params: Record<string, never>; readonly result: Record<string, never> };
	/** A person allows what the automatic reviewer denied. */
	overruleReview: {
		readonly params: { readonly event: ServerNotificationParams<'item/autoApprovalReview/completed'> };
		readonly result: Record<string, never>;
	};
	/** Opens a text of an item in an editor, however long it is. `pointer`: JSON pointer in the item; null for its main text. */
	showWhole: {
		readonly params: { readonly turnId: string; readonly itemId: string; readonly pointer: string | null; readonly name: string };
		readonly result: Record<string, never>;
	};
	/** Looks for words in all that is stored of the thread. Oldest first. */
	find: { readonly params: { readonly query: string }; readonly result: { readonly found: readonly FoundItem[] } };
	readStatus: { readonly params: Record<string, never>; readonly result: ThreadStatusInfo };
	/** Measured now; shares of the processor are those since the last time. */
	readResources: { readonly params: Record<string, never>; readonly result: ResourceInfo };
	/** Ends a command that still runs, of the thread that is shown unless another is named. */
	stopCommand: { readonly params: { readonly processId: string; readonly threadId?: string }; readonly result: Record<string, never> };
	openThread: { readonly params: { readonly threadId: string }; readonly result: Record<string, never> };
	/** A picture of the workspace that a message names, as an address that can be shown. */
	readPicture: { readonly params: { readonly path: string }; readonly result: { readonly address: string } };
	openFile: {
		/** From 1, like the lines of an editor. */
		readonly params: { readonly path: string; readonly line?: number; readonly column?: number; readonly endLine?: number };
		readonly result: Record<string, never>;
	};
	/** Puts code of an answer where the cursor of the editor in front is. */
	insertCode: { readonly params: { readonly text: string }; readonly result: Record<string, never> };
	/** Shows what the file in front would become with this code. Answered at once. */
	applyCode: { readonly params: { readonly text: string }; readonly result: Record<string, never> };
	/** Types commands of an answer into a terminal; whoever presses Enter there runs them. */
	runCode: { readonly params: { readonly text: string }; readonly result: Record<string, never> };
	openDiff: { readonly params: { readonly turnId: string; readonly itemId: string; readonly path: string }; readonly result: Record<string, never> };
	/** Asks in VS Code what to take back, or to bring again, and does it. Answered at once. */
	undoTurn: { readonly params: { readonly turnId: string }; readonly result: Record<string, never> };
	/** Shows a problem that came in a turn. */
	openProblem: { readonly params: { readonly turnId: string; readonly index: number }; readonly result: Record<string, never> };
	/** Puts the problems that came in a turn, and are still there, into the composer. */
	fixProblems: { readonly params: { readonly turnId: string }; readonly result: Record<string, never> };
	dismissConflict: { readonly params: { readonly itemId: string; readonly path: string }; readonly result: Record<string, never> };
	/** Runs a command of the extension; only those that stand here. */
	runCommand: {
		readonly params: {
			readonly command:
				| 'tiller.reviewChanges'
				| 'tiller.keepAll'
				| 'tiller.undoAll'
				| 'tiller.showLog'
				| 'tiller.restartServer'
				| 'tiller.signIn'
				| 'tiller.useLocalModel'
				| 'tiller.tryDemo'
				| 'tiller.getStarted'
				| 'tiller.openSettings'
				| 'tiller.manageTrust';
		};
		readonly result: Record<string, never>;
	};
	openExternal: { readonly params: { readonly url: string }; readonly result: Record<string, never> };
}
export type PageRequestName = keyof PageRequests;

export type HostMessage =
	| { readonly type: 'snapshot'; readonly epoch: number; readonly state: PageState }
	/** `seq` counts from 1 within an epoch, without gaps. */
	| { readonly type: 'events'; readonly epoch: number; readonly seq: number; readonly events: readonly PageEvent[] }
	| { readonly type: 'reply'; readonly id: number; readonly result: unknown }
	| { readonly type: 'failure'; readonly id: number; readonly message: string };

export type PageMessage =
	| { readonly type: 'ready' }
	/** What the page remembers (JSON), after each change of it. It finds the newest in its next document. */
	| { readonly type: 'keep'; readonly saved: string }
	| {
			[N in PageRequestName]: { readonly type: 'request'; readonly id: number; readonly name: N; readonly params: PageRequests[N]['params'] };
	  }[PageRequestName];
