import type { ToolOutputBody } from '../items/responseItem.ts';
import type { ToolSpec } from '../items/modelInfo.ts';
import type { Approver } from '../items/approver.ts';
import type { GuardedCall } from '../items/guard.ts';
import type { ClientTools } from '../items/clientTools.ts';
import type { TurnEvent } from '../items/events.ts';
import type { TurnSettings } from '../items/settings.ts';

/** A call as the model made it. `input` is JSON text for function tools and plain text for freeform ones. */
export interface ToolCall {
	readonly callId: string;
	readonly name: string;
	readonly namespace: string | null;
	readonly kind: 'function' | 'custom' | 'search';
	readonly input: string;
}

/** What goes back to the model. A failure is an outcome too: tools do not throw for anything a model, file or process did. */
export interface ToolOutcome {
	readonly output: ToolOutputBody;
	readonly success: boolean;
	/** What a search found, in place of `output`. */
	readonly found?: readonly ToolSpec[];
	/** What the tool gave, as JSON, for guards: what a command printed, what another program answered. Left out when it gave nothing. */
	readonly response?: unknown;
}

/** All that a tool may use of the turn that called it. */
export interface ToolContext {
	readonly threadId: string;
	readonly turnId: string;
	readonly settings: TurnSettings;
	readonly approver: Approver;
	readonly clientTools: ClientTools;
	/** Aborted by an interrupt. A tool then stops its work, completes its item and returns. */
	readonly signal: AbortSignal;
	/** Records and publishes an event. Never throws. */
	emit(event: TurnEvent): void;
}

/**
 * Looks at the calls of tools; it changes nothing. Null: nobody looks at this one. Neither it nor what it returns may throw. `isGuarded`:
 * the call does something that settings or a person decide about.
 */
export type ToolWatch = (
	call: ToolCall,
	at: { readonly threadId: string; readonly isGuarded: boolean },
) => { run<T>(work: () => T): T; ended(outcome: ToolOutcome): void } | null;

export interface Tool {
	readonly name: string;
	/** Tools of other programs live in one; ours have none. */
	readonly namespace?: string;
	/** What models are told of it; the first tool that says something counts. */
	readonly namespaceDescription?: string;
	/** Runs something on the machine, or reads or writes its files: not for turns without an environment. */
	readonly needsEnvironment?: boolean;
	/** Whether calls may overlap with other parallel tools of the same response. */
	readonly parallel: boolean;
	/** What the model is offered under these settings; null when the tool is not available. */
	spec(settings: TurnSettings): ToolSpec | null;
	/** Called while the model still writes the input; the text so far. For previews only. */
	preview?(call: { readonly callId: string; readonly inputSoFar: string }, context: ToolContext): void;
	/** How guards see a call; null, and a tool without this: none looks at it. Must not throw. */
	guarded?(call: ToolCall): Omit<GuardedCall, 'callId'> | null;
	run(call: ToolCall, context: ToolContext): Promise<ToolOutcome>;
	/** Called once when a turn ends, however it ends, before `turnEnded`: completes every item that is still open. */
	endTurn?(context: ToolContext): Promise<void>;
}
