import type { GeneratedImage } from '../files/generatedImages.ts';
import type { ModelClient } from '../model/model.ts';
import type { ModelInfo, TokenUsage } from '../items/modelInfo.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { RolloutLine, SessionMeta } from '../store/rollout/rolloutLine.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Goal } from '../items/goal.ts';
import type { Tool, ToolWatch } from '../tools/tool.ts';
import type { UserShellRequest } from '../tools/commands/userShell.ts';
import type { TurnEvent } from '../items/events.ts';
import type { ModelInput } from '../items/modelInput.ts';
import type { TurnInput } from '../items/input.ts';
import type { ConfigScope, TurnSettings } from '../items/settings.ts';
import type { Guard, ThreadStart } from '../items/guard.ts';
import type { InboxView } from './inbox.ts';
import type { Message, QueuedMessage } from '../records/inboxRecords.ts';
import type { QuestionListener } from '../items/question.ts';
import type { RecordReader } from '../records/records.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import type { ThreadScope } from './threadScope.ts';
import type { TurnContext } from '../records/turnContext.ts';
import type { Text } from '../words/l10n.ts';

export type ThreadStatus =
	| { readonly type: 'idle' }
	| { readonly type: 'systemError' }
	| { readonly type: 'active'; readonly waitingOnApproval: boolean; readonly waitingOnUserInput: boolean };

/** Hears of everything that happens in a thread, after it was recorded. */
export interface ThreadListener extends QuestionListener {
	event(event: TurnEvent): void;
	statusChanged(status: ThreadStatus): void;
	goalChanged(goal: Goal | null, turnId: string | null): void;
	/** Messages of people that are no items yet. */
	inboxChanged(view: InboxView): void;
	/** The thread's file has everything that was told of so far. */
	saved(): void;
}

/** What a turn needs from outside the thread. One per thread; made by the composition root. */
export interface ThreadPorts {
	readonly log: Logger;
	/** The client of a provider: `current` when it is still right, else a new one in its place. */
	modelClient(settings: Pick<TurnSettings, 'provider' | 'configScope'>, current: ModelClient | null): ModelClient;
	modelInfo(settings: Pick<ThreadSettings, 'model' | 'provider' | 'cwd' | 'configured'>): ModelInfo;
	/** The tools that the thread has now, by their key, in the order in which a model sees them. Asked before each request. */
	tools(settings: TurnSettings, signal: AbortSignal): Promise<ReadonlyMap<string, Tool>>;
	/** Looks at the calls of tools; left out: nobody does. */
	readonly toolWatch?: ToolWatch;
	readonly shell: TurnSettings['shell'];
	/** Instruction messages that have to come before the next input: all of them at first, later only what changed. */
	contextItems(
		settings: TurnSettings,
		thread: {
			readonly settings: ThreadSettings;
			readonly previous: TurnContext | null;
			/** The newest text of the history that begins so; left out: the model has to be told everything. */
			readonly told?: (opening: string) => string | null;
			/** Hears of files with instructions that are not used. */
			readonly warn?: (message: Text) => void;
		},
	): Promise<readonly ResponseItem[]>;
	baseInstructions(settings: ThreadSettings): string;
	/** What an administrator or the person tells the automatic reviewer besides its own policy; null: nothing. */
	reviewerPolicy(scope: ConfigScope): string | null;
	/** The message for the model; throws an `Error` for people when an image cannot be used. */
	inputItem(input: readonly TurnInput[], settings: Pick<ThreadSettings, 'cwd' | 'configured'>): Promise<ModelInput>;
	/** Runs a command of the person; never rejects. Returns what the model is told of it. */
	userShell(request: UserShellRequest): Promise<ResponseItem>;
	/** Saves a picture that the provider made. Null: it is none, or could not be saved. Never rejects. */
	saveImage(threadId: string, image: GeneratedImage): Promise<string | null>;
	/** Resolves when those who follow the thread can be told more; null when they can. */
	room(threadId: string): Promise<void> | null;
	/** Who may say no in this thread; mostly nobody. */
	guards(): Promise<readonly Guard[]>;
	/** Owns what lives as long as the thread is loaded. */
	readonly scope: ThreadScope;
	readonly originator: string;
}

/** What everybody who adds something to a thread knows of it. */
export interface ThreadFacts {
	readonly id: string;
	/** As it was when the thread was loaded. */
	readonly meta: SessionMeta;
	/** Those that it was loaded with; what a turn runs with is in its own settings. */
	readonly settings: ThreadSettings;
	/** The name of the client that it belongs to. */
	readonly originator: string;
	/** Ends what was started for the thread once it is unloaded. */
	readonly scope: ThreadScope;
}

/** Leases of threads: one process works in a thread at a time. */
export interface Leases {
	/** Throws when another process has it. */
	acquire(threadId: string): void;
	release(threadId: string): void;
	/** Whether another process works in the thread. */
	isHeld(threadId: string): boolean;
}

export interface ThreadState {
	readonly meta: SessionMeta;
	readonly settings: ThreadSettings;
	readonly ephemeral: boolean;
	readonly createdAt: number;
	readonly history: readonly ResponseItem[];
	readonly usage: TokenUsage;
	readonly preview: string;
	/** True for one that was read from a rollout. */
	readonly resumed: boolean;
	/** How it came to be loaded; null for one that is read again. */
	readonly start: ThreadStart | null;
	/** The records of one that is not kept on disk; else none. */
	readonly lines: readonly RolloutLine[];
	readonly goal: Goal | null;
	/** Messages that a model was not given yet. */
	readonly waiting: readonly QueuedMessage[];
	/** Messages with a client's id that are items of the thread. */
	readonly seen: readonly { readonly message: Message; readonly turnId: string }[];
	/** What its records were read with, to go on with what another process adds. */
	readonly reader: RecordReader;
	/** The turn that another process runs in it; null when none does. */
	readonly runsElsewhere: string | null;
	/** What the model was told of the settings last; null in a new thread. */
	readonly previous: TurnContext | null;
}

export const NO_USAGE: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0, totalTokens: 0 };

export function sumOfUsage(a: TokenUsage, b: TokenUsage): TokenUsage {
	const written = (a.cacheWriteInputTokens ?? 0) + (b.cacheWriteInputTokens ?? 0);
	return {
		inputTokens: a.inputTokens + b.inputTokens,
		cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
		...(written > 0 ? { cacheWriteInputTokens: written } : {}),
		outputTokens: a.outputTokens + b.outputTokens,
		reasoningOutputTokens: a.reasoningOutputTokens + b.reasoningOutputTokens,
		totalTokens: a.totalTokens + b.totalTokens,
	};
}
