import type { ModeKind } from '../../server/protocol/thread/turn.ts';
import { appEntry } from './menuEntries.ts';
import { pendingQuestion } from './questions.ts';
import type { ServerFeature } from './requests/composerRequests.ts';
import type { ApprovalMode } from './requests/settingsRequests.ts';
import { flag, type Is, kinds, list, nullable, number, object, oneOf, record, text, textOrNull } from './shape.ts';
import { sideQuestion } from './sideQuestion.ts';
import { contextUsage } from './statusInfo.ts';
import { fileConflict, reviewCount, turnChanges, turnPlan, turnProblems } from './turnFacts.ts';
import { backgroundTerminal, model, sentMessage, thread } from './wireShapes.ts';

/** How the extension stands with the app-server. */
export type ConnectionState = Is<typeof connectionState>;
const connectionState = kinds('type', {
	starting: object({}),
	ready: object({}),
	/** The server ended and is started again; `attempt` counts from 1. */
	restarting: object({ attempt: number }),
	/** Given up. `message` says why, in words for a person. */
	failed: object({ message: text }),
	/** Restricted Mode: threads can be read, nothing runs. */
	restricted: object({}),
});

export type AccountState = Is<typeof accountState>;
const accountState = kinds('type', {
	unknown: object({}),
	/** The provider needs a key and there is none. */
	signedOut: object({}),
	signedIn: object({ label: text }),
	/** The provider asks for no sign-in (demo, local models). */
	notNeeded: object({ label: text }),
});

/** A model provider, as people know it. */
export type ProviderName = Is<typeof providerName>;
const providerName = object({ id: text, name: text });

/** An agent that the thread has started, as it stands now. */
export type AgentState = Is<typeof agentState>;
const agentState = object({
	/** Null when it has none yet. */
	name: textOrNull,
	role: textOrNull,
	running: flag,
});

/** What was sent to the thread and is no item of it yet, as the server has it. */
export type QueueState = Is<typeof queueState>;
const queueState = object({
	/** False when the server has no queue: nothing but steering a running turn. */
	available: flag,
	/** Those that the running turn has accepted, then the queue in its order. */
	messages: list(sentMessage),
	/** The queue waits for a person. */
	paused: flag,
});

export type PageSettings = Is<typeof pageSettings>;
const pageSettings = object(
	{
		model: text,
		effort: textOrNull,
		approvalMode: oneOf<ApprovalMode>('readOnly', 'auto', 'fullAccess', 'custom'),
	},
	{
		/** Chosen for new threads instead of the one that the server is configured for, as the demo or a local server is. */
		provider: text,
		/** Plan: the agent explores and proposes, and changes nothing. Absent: `default`. */
		mode: oneOf<ModeKind>('plan', 'default'),
	},
);

/** Members of the state that an event of the same name replaces. */
export const replaceable = {
	connection: connectionState,
	account: accountState,
	models: list(model),
	settings: pageSettings,
	pending: list(pendingQuestion),
	conflicts: list(fileConflict),
	/** By turn id; turns that changed nothing are not in it. */
	turnChanges: record(turnChanges),
	review: reviewCount,
	queue: queueState,
};

export const replaceableIfKnown = {
	/** By turn id, as far as it is known. */
	turnProblems: record(turnProblems),
	/** The thread's agents by the ids of their threads. */
	agents: record(agentState),
	/** The commands of the thread that still run after their turn. */
	background: list(backgroundTerminal),
	/** Questions beside the thread, oldest first. */
	sideQuestions: list(sideQuestion),
	/** What the connected server can do beyond what each can. */
	features: list(oneOf<ServerFeature>('mcp', 'skills')),
	/** The apps that can be named, as far as somebody has asked for them. */
	apps: list(appEntry),
	/** Who serves models, as far as the server says it. */
	providers: list(providerName),
};

export type PageState = Is<typeof pageState>;
export const pageState = object(
	{
		...replaceable,
		/** The active thread with the newest of its turns; null before a first message. */
		thread: nullable(thread),
		/** Cursor of the turns before `thread.turns`; null when there are none. */
		olderTurns: textOrNull,
		/** Name of the folder that new threads work in; null without a folder. */
		folder: textOrNull,
	},
	{
		...replaceableIfKnown,
		/** The folders of the workspace, when there are several: then each command and change says in which it is. */
		roots: list(object({ name: text, path: text })),
		/** Turns that were running when the server ended. */
		lostTurns: list(text),
		/** Plans by turn id and the context meter, as far as the host heard them: no turn carries them. Without them the page keeps its own. */
		plans: record(turnPlan),
		contextUsage,
	},
);
