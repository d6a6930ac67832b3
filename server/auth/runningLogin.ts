import { AuthError } from './authError.ts';

export type LoginOutcome = { readonly success: true } | { readonly success: false; readonly error: string };

/** A sign-in that waits for the person. */
export interface RunningLogin {
	/** Settles once, whatever happens first; never rejects. */
	readonly done: Promise<LoginOutcome>;
	/** Ends it, also before anybody waits (S193). Without effect after the end. */
	cancel(): void;
}

export const CANCELLED = 'The sign-in was cancelled.';

/** The outcome of a failure, in words for people. */
export function failed(error: unknown): LoginOutcome {
	if (error instanceof AuthError) return { success: false, error: error.message };
	const why = error instanceof Error ? error.message : String(error);
	return { success: false, error: `The sign-in could not be saved: ${why}` };
}
