import { randomUUID } from 'node:crypto';
import { AuthError } from './authError.ts';
import { startBrowserLogin } from './browserLogin.ts';
import type { Credentials } from './credentials.ts';
import { startDeviceLogin } from './deviceLogin.ts';
import type { IssuedTokens, Issuer } from './issuer.ts';
import type { LoginOutcome, RunningLogin } from './runningLogin.ts';
import type { SignInRules } from './workspaceRules.ts';
import { l10n } from '../words/l10n.ts';

export interface LoginsOptions {
	readonly credentials: Credentials;
	readonly issuer: Issuer;
	rules(): SignInRules;
	/** Of the machine, where the browser comes back to. Asked each time. */
	port(): number;
	warn(message: string, error: unknown): void;
}

/** The sign-in that waits for the person: one at a time, a new one ends the one before. */
export class Logins {
	readonly #options: LoginsOptions;
	#running: { readonly id: string; readonly login: RunningLogin } | null = null;

	constructor(options: LoginsOptions) {
		this.#options = options;
	}

	/** Rejects with `AuthError`. */
	async browser(originator: string): Promise<{ readonly id: string; readonly authUrl: string; readonly done: Promise<LoginOutcome> }> {
		this.#begin();
		const { issuer, rules, port } = this.#options;
		const login = await startBrowserLogin({ issuer, port: port(), originator, workspaces: rules().workspaces, keep: (tokens) => this.#keep(tokens) });
		return { id: this.#run(login), authUrl: login.authUrl, done: login.done };
	}

	/** Rejects with `AuthError`. */
	async device(): Promise<{
		readonly id: string;
		readonly verificationUrl: string;
		readonly userCode: string;
		readonly done: Promise<LoginOutcome>;
	}> {
		this.#begin();
		const login = await startDeviceLogin({ issuer: this.#options.issuer, keep: (tokens) => this.#keep(tokens) });
		return { id: this.#run(login), verificationUrl: login.verificationUrl, userCode: login.userCode, done: login.done };
	}

	/** False when there is none of that name, or it has ended. */
	cancel(id: string): boolean {
		if (this.#running?.id !== id) return false;
		this.#running.login.cancel();
		this.#running = null;
		return true;
	}

	/** Whoever signs in another way, or out, does not wait for this one any more. */
	cancelAll(): void {
		this.#running?.login.cancel();
		this.#running = null;
	}

	dispose(): void {
		this.cancelAll();
	}

	#begin(): void {
		this.#options.credentials.refuseBesideExternal();
		this.cancelAll();
	}

	#run(login: RunningLogin): string {
		const id = randomUUID();
		this.#running = { id, login };
		void login.done.then(() => {
			if (this.#running?.id === id) this.#running = null;
		});
		return id;
	}

	/** Tokens that may not be kept are nobody's: they are given back. */
	async #keep(tokens: IssuedTokens): Promise<void> {
		try {
			await this.#options.credentials.setIssued(tokens);
		} catch (error) {
			const { issuer, warn } = this.#options;
			if (tokens.refreshToken !== null)
				await issuer
					.revoke(tokens.refreshToken, 'refresh_token')
					.catch((failure: unknown) => warn('a sign-in that is not kept could not be revoked', failure));
			if (error instanceof AuthError) throw error;
			throw new AuthError(l10n`The sign-in could not be saved: ${error instanceof Error ? error.message : String(error)}`, {
				kind: 'failed',
				cause: error,
			});
		}
	}
}
