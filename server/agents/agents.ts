import type { ReasoningEffort } from '../items/modelInfo.ts';
import type { AgentState } from '../items/item.ts';
import type { TurnInput } from '../items/input.ts';

export interface SpawnRequest {
	/** The thread whose model asks. */
	readonly parentId: string;
	readonly input: readonly TurnInput[];
	readonly role: string | null;
	/** Null: the parent's. */
	readonly model: string | null;
	readonly effort: ReasoningEffort | null;
	/** Begins with what the parent's model knows. */
	readonly forkContext: boolean;
}

export interface SpawnedThread {
	readonly id: string;
	readonly nickname: string;
	readonly model: string;
	readonly effort: ReasoningEffort | null;
}

/** What cannot be done, in a sentence for the model. */
export class AgentError extends Error {}

/** The agents that threads start. A thread reaches those that it started, and theirs. Methods throw `AgentError`. */
export interface Agents {
	/** Whether a thread at this depth may start any; 0 is a thread of a person. */
	mayStart(depth: number, threadId: string): boolean;
	spawn(request: SpawnRequest): Promise<SpawnedThread>;
	/** Returns the id of the turn that takes the input. */
	send(senderId: string, agentId: string, message: { input: readonly TurnInput[]; interrupt: boolean }): Promise<string>;
	/** Loads an agent that was closed, or that an earlier server ran. */
	resume(senderId: string, agentId: string): Promise<AgentState>;
	/** Stops an agent and those that it started. Returns what it was doing. */
	close(senderId: string, agentId: string): Promise<AgentState>;
	/** `notFound` for what is no open agent of the sender. */
	state(senderId: string, agentId: string): AgentState;
	/** Waits until one of them has nothing more to do. Ends early with the signal. */
	wait(senderId: string, agentIds: readonly string[], options: { ms: number; signal: AbortSignal }): Promise<void>;
}

/** Whether it has nothing more to do. */
export function isOver(state: AgentState): boolean {
	return state.status !== 'pendingInit' && state.status !== 'running';
}
