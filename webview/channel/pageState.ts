import type { Model } from '../../server/protocol/account/model.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { BackgroundTerminal } from '../../server/protocol/thread/threadStatus.ts';
import type { ModeKind } from '../../server/protocol/thread/turn.ts';
import type { SentMessage } from '../../server/protocol/thread/turnQueue.ts';
import type { PendingQuestion } from './questions.ts';
import type { ServerFeature } from './requests/composerRequests.ts';
import type { ApprovalMode } from './requests/settingsRequests.ts';
import type { SideQuestion } from './sideQuestion.ts';
import type { ContextUsage } from './statusInfo.ts';
import type { FileConflict, ReviewCount, TurnChanges, TurnPlan, TurnProblems } from './turnFacts.ts';

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

/** A model provider, as people know it. */
export interface ProviderName {
	readonly id: string;
	readonly name: string;
}

/** An agent that the thread has started, as it stands now. */
export interface AgentState {
	/** Null when it has none yet. */
	readonly name: string | null;
	readonly role: string | null;
	readonly running: boolean;
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
	/** Questions beside the thread, oldest first. */
	readonly sideQuestions?: readonly SideQuestion[];
	/** What the connected server can do beyond what each can. */
	readonly features?: readonly ServerFeature[];
	/** Who serves models, as far as the server says it. */
	readonly providers?: readonly ProviderName[];
	/** Name of the folder that new threads work in; null without a folder. */
	readonly folder: string | null;
	/** Plans by turn id and the context meter, as far as the host heard them: no turn carries them. Without them the page keeps its own. */
	readonly plans?: Readonly<Record<string, TurnPlan>>;
	readonly contextUsage?: ContextUsage;
}
