/**
 * Why nobody could be signed in, or why what is there cannot be used. `message` is for people and holds nothing secret.
 *
 * - `signInAgain`: the sign-in is over; only a new one helps.
 * - `forbidden`: a rule of the configuration or of the workspace is against it.
 * - `unreachable`: it may work later.
 * - `failed`: everything else.
 */
export class AuthError extends Error {
	readonly kind: 'signInAgain' | 'forbidden' | 'unreachable' | 'failed';

	constructor(message: string, options: { readonly kind: AuthError['kind']; readonly cause?: unknown }) {
		super(message, { cause: options.cause });
		this.name = 'AuthError';
		this.kind = options.kind;
	}
}
