import type { ContextPart } from '../items/contextPart.ts';
import type { Guard } from '../items/guard.ts';
import type { TurnSettings } from '../items/settings.ts';
import type { Handlers } from '../session/handler.ts';
import type { Session } from '../session/session.ts';
import type { Observer } from '../thread/threadObserver.ts';
import type { ThreadFacts } from '../thread/threadPorts.ts';
import type { ToolSource } from '../tools/toolSource.ts';

/** State by thread of one service: as long as the thread is loaded, or shorter. */
export interface KeptByThread {
	/** Ends and forgets what there is of a thread. */
	endThread(threadId: string): void | Promise<void>;
	/** The threads of which there is something. */
	readonly threads: readonly string[];
}

/**
 * One area of the product, as the composition root adds it: everything that it gives to threads, turns, clients and the process, in
 * one value. The area itself is a room of its own with plain constructors; its file here makes its services and returns this.
 *
 * Three lifetimes: what is made when the feature is made lives as long as the process and ends in `dispose`; what `tools` or
 * `instructions` make for a thread is handed to `thread.scope`; what belongs to one client ends in `forget`.
 */
export interface Feature {
	/** For the log. */
	readonly name: string;
	/** The methods of the protocol that it answers. No two features answer the same one. */
	readonly handlers?: Handlers;
	/**
	 * Called once when a thread is loaded, synchronously: it must return at once and must not throw. Work that takes time (starting a
	 * program, connecting) begins here and is waited for in the source's `snapshot`. What has to end with the thread: `thread.scope.own`.
	 */
	tools?(thread: ThreadFacts): ToolSource;
	/**
	 * The same for a thread that only reads, in the place of `tools`: none of these may change anything, ask anybody, or start a program
	 * outside of the sandbox. Left out: none.
	 */
	readingTools?(thread: ThreadFacts): ToolSource;
	/** What the model is told before the next input; only what is new or has changed reaches it. Must not reject. */
	instructions?(thread: ThreadFacts, settings: TurnSettings): readonly ContextPart[] | Promise<readonly ContextPart[]>;
	/**
	 * Called once when a thread is loaded; null when it has nothing to say in this one. What it takes to find out may take time: the
	 * first turn waits for it.
	 */
	guard?(thread: ThreadFacts): Guard | null | Promise<Guard | null>;
	/** What it keeps for each loaded thread. All of it ends with the thread, the last feature's first. */
	readonly kept?: readonly KeptByThread[];
	readonly observers?: readonly Observer[];
	/** A connection is closed: ends what it left behind. */
	forget?(session: Session): void;
	/** The process ends; the threads have ended before. Features are disposed in the reverse of their order. */
	dispose?(): void | Promise<void>;
}
