import { setTimeout as delay } from 'node:timers/promises';
import { AuthError } from './authError.ts';
import type { DeviceCode, IssuedTokens, Issuer } from './issuer.ts';
import { CANCELLED, failed, type LoginOutcome, type RunningLogin } from './runningLogin.ts';
import { l10n } from '../words/l10n.ts';

export interface DeviceLoginOptions {
	readonly issuer: Issuer;
	/** Rejects when these tokens may not be kept, or cannot. */
	readonly keep: (tokens: IssuedTokens) => Promise<void>;
}

export interface DeviceLogin extends RunningLogin {
	/** Where the person enters the code, on any machine. */
	readonly verificationUrl: string;
	readonly userCode: string;
}

/** So long a code is good. */
const TIMEOUT_MS = 15 * 60_000;

/** Gets a code and asks until somebody has entered it. Rejects with `AuthError` when there is no code. */
export async function startDeviceLogin({ issuer, keep }: DeviceLoginOptions): Promise<DeviceLogin> {
	const stop = new AbortController();
	const code = await issuer.deviceCode(stop.signal);
	const ended = Promise.withResolvers<LoginOutcome>();
	const timer = setTimeout(() => end({ success: false, error: l10n`Nobody entered the code within 15 minutes.` }), TIMEOUT_MS);
	function end(outcome: LoginOutcome): void {
		ended.resolve(outcome);
		clearTimeout(timer);
		stop.abort();
	}
	waitForTokens(issuer, code, stop.signal)
		.then((tokens) => {
			stop.signal.throwIfAborted();
			return keep(tokens);
		})
		.then(
			() => end({ success: true }),
			(error: unknown) => end(stop.signal.aborted ? { success: false, error: CANCELLED } : failed(error)),
		);
	return {
		verificationUrl: `${issuer.address}/codex/device`,
		userCode: code.userCode,
		done: ended.promise,
		cancel: () => end({ success: false, error: CANCELLED }),
	};
}

/** A service that cannot be reached for a while is asked again: the person is busy in a browser anyway. */
async function waitForTokens(issuer: Issuer, code: DeviceCode, signal: AbortSignal): Promise<IssuedTokens> {
	for (;;) {
		try {
			const tokens = await issuer.deviceTokens(code, signal);
			if (tokens !== null) return tokens;
		} catch (error) {
			if (!(error instanceof AuthError) || error.kind !== 'unreachable') throw error;
		}
		await delay(code.intervalMs, undefined, { signal });
	}
}
