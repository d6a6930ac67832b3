import { type Text, TextError } from '../words/l10n.ts';

/**
 * Why nobody could be signed in, or why what is there cannot be used. `message` is for people and holds nothing secret.
 *
 * - `signInAgain`: the sign-in is over; only a new one helps.
 * - `forbidden`: a rule of the configuration or of the workspace is against it.
 * - `unreachable`: it may work later.
 * - `failed`: everything else.
 */
export class AuthError extends TextError {
	readonly kind: 'signInAgain' | 'forbidden' | 'unreachable' | 'failed';

	constructor(text: Text, options: { readonly kind: AuthError['kind']; readonly cause?: unknown }) {
		super(text, { cause: options.cause });
		this.name = 'AuthError';
		this.kind = options.kind;
	}
}
