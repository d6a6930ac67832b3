import type { ModeKind } from '../../server/protocol/thread/turn.ts';
import type { PageSettings } from '../../webview/channel/pageState.ts';
import type { Client } from '../server/client.ts';
import type { HolderElsewhere } from '../threads/takeOver.ts';

/** What the active thread needs of its surroundings. */
export interface ActiveThreadHost {
	ready(): Promise<Client>;
	/** Where a new thread works, asked if need be; throws with words for a person when there is no folder. */
	folder(): string | Promise<string>;
	/** The folders besides the one of a thread in which `auto` may write. */
	otherRoots(cwd: string | null): readonly string[];
	/** Says that a server without a queue cannot keep a message for later. */
	noQueue(): string;
	/** False in Restricted Mode: threads are read, nothing is started. */
	trusted(): boolean;
	/** Throws with words for a person when nothing may run. */
	assertMayRun(): void;
	/** Asks the person whether a server elsewhere is gone, so that its thread is free. */
	mayTakeOver(holder: HolderElsewhere): Promise<boolean>;
	/** The provider that the server is configured for; null before it is known. */
	configuredProvider(): string | null;
	/** What a new thread begins with. */
	defaults(): PageSettings;
	/** Which mode the person chose in a thread; the server does not say it. */
	modeOf(threadId: string): { readonly mode?: ModeKind };
	rememberMode(threadId: string, mode: ModeKind): void;
	/** Keeps the id for the next window, and the settings for the next thread. */
	rememberThread(threadId: string | null): void;
	rememberSettings(settings: PageSettings): void;
	/** A thread works with this model: it can be chosen from now on. */
	rememberModel(provider: string, model: string): void;
}
