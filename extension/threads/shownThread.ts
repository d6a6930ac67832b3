import type { UserInput } from '../../server/protocol/thread/turnInput.ts';

/** The thread of a chat, as far as commands about threads change what is shown, or speak to it. */
export interface ShownThread {
	/** Null before there is a thread. */
	readonly id: string | null;
	/** Null while no turn runs. */
	readonly runningTurn: string | null;
	/** Null: a new one. */
	open(threadId: string | null): void;
	/** The id of the thread, which is made if need be. */
	ensure(): Promise<string>;
	send(message: { readonly id: string; readonly input: readonly UserInput[]; readonly delivery: 'now' | 'queue' }): Promise<unknown>;
	interrupt(): Promise<void>;
}
