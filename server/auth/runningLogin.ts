import { l10n, type Text, textOf } from '../words/l10n.ts';
import { AuthError } from './authError.ts';

export type LoginOutcome = { readonly success: true } | { readonly success: false; readonly error: Text };

/** A sign-in that waits for the person. */
export interface RunningLogin {
	/** Settles once, whatever happens first; never rejects. */
	readonly done: Promise<LoginOutcome>;
	/** Ends it, also before anybody waits (S193). Without effect after the end. */
	cancel(): void;
}

export const CANCELLED = l10n`The sign-in was cancelled.`;

/** The outcome of a failure, in words for people. */
export function failed(error: unknown): LoginOutcome {
	if (error instanceof AuthError) return { success: false, error: error.text };
	return { success: false, error: l10n`The sign-in could not be saved: ${textOf(error)}` };
}
