import type { TurnEvent } from './events.ts';
import type { TurnInput } from './input.ts';
import type { TurnItem } from './item.ts';
import type { ResponseItem } from './responseItem.ts';
import type { TurnSettings } from './settings.ts';

/** The turn in which a guard is asked. */
export interface GuardedTurn {
	readonly threadId: string;
	readonly turnId: string;
	readonly settings: TurnSettings;
	/** The file of the thread; null for one that is not kept. */
	readonly transcriptPath: string | null;
	/** Aborted by an interrupt: the guard stops its work and returns; its answer no longer counts. */
	readonly signal: AbortSignal;
	/** Records and tells what the guard does. Never throws. */
	emit(event: TurnEvent): void;
}

/** How a thread came to be loaded. A fork starts up; a thread that is read again does not start. */
export type ThreadStart = 'startup' | 'resume' | 'clear';

/** A call of a tool as people write about it in their settings. */
export interface GuardedCall {
	readonly callId: string;
	/** `Bash` for commands, `apply_patch`, `mcp__SERVER__TOOL`. */
	readonly name: string;
	/** As JSON: `{ command }` for commands and patches, the arguments of any other tool. */
	readonly input: unknown;
}

/** Texts that reach the model as developer messages at once, behind all that it was told before. */
export interface Told {
	readonly context: readonly string[];
}

export type InputVerdict =
	| ({ readonly type: 'accept' } & Told)
	/** This message does not reach the model; people see it. A turn that has no other ends, one that runs goes on. */
	| ({ readonly type: 'block' } & Told)
	/** The turn ends before the model is asked again. */
	| { readonly type: 'stop' };

export type PermissionVerdict =
	/** Nobody is asked. */
	| { readonly type: 'allow' }
	/** Nobody is asked; `message` is for the model. */
	| { readonly type: 'deny'; readonly message: string | null }
	| { readonly type: 'ask' };

/** `manual`: a person asked for it. */
export type CompactionTrigger = 'manual' | 'auto';

/**
 * Says no. Unlike an observer it is waited for: hooks and the rules of an administrator are guards. A thread without guards costs
 * nothing. Where a thread has more than one they are asked one after the other, and the first no counts; texts for the model add up.
 *
 * What a guard decided is its own to show, through `turn.emit`; a reason belongs there too. A method must not reject: that is logged
 * and counts as if the guard were not there. It may take long, and ends with the turn's signal. All members may be left out.
 */
export interface Guard {
	/** In the first turn after a thread was loaded, when `turnStarted` was told and before `inputAccepted`. */
	threadStarted?(start: ThreadStart, turn: GuardedTurn): Promise<({ readonly type: 'goOn' } & Told) | { readonly type: 'stop' }>;
	/**
	 * Every message of a person or an agent, before it is an item: the first one of a turn, and what is said to a turn that runs.
	 * Texts come after the message.
	 */
	inputAccepted?(input: { readonly itemId: string; readonly content: readonly TurnInput[] }, turn: GuardedTurn): Promise<InputVerdict>;
	/** Before the tool runs and before there is an item. `block`: it does not run, and the model gets this text. */
	beforeTool?(call: GuardedCall, turn: GuardedTurn): Promise<{ readonly block: string | null } & Told>;
	/** Before a person, or the automatic reviewer, is asked whether the call may go ahead. */
	permissionWanted?(call: GuardedCall & { readonly reason: string | null }, turn: GuardedTurn): Promise<PermissionVerdict>;
	/** After a tool that ran, whether it succeeded or not. `response`: what it gave, as JSON. `output` replaces what the model gets. */
	afterTool?(call: GuardedCall & { readonly response: unknown }, turn: GuardedTurn): Promise<{ readonly output: string | null } & Told>;
	/** False: the history stays as it is, and the turn is complete. */
	beforeCompaction?(trigger: CompactionTrigger, turn: GuardedTurn): Promise<boolean>;
	/** It has succeeded. */
	afterCompaction?(trigger: CompactionTrigger, turn: GuardedTurn): Promise<void>;
	/**
	 * The model has nothing more to do. `again`: the turn went on once already because a guard wanted it. With messages there is one more
	 * request; `item` is shown, as completed.
	 */
	turnStopping?(
		at: { readonly again: boolean; readonly lastMessage: string | null },
		turn: GuardedTurn,
	): Promise<{ readonly item: TurnItem | null; readonly messages: readonly ResponseItem[] }>;
}
