import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { AuthError } from './authError.ts';
import { CLIENT_ID, type IssuedTokens, type Issuer } from './issuer.ts';
import { failurePage, successPage } from './loginPages.ts';
import { CANCELLED, failed, type LoginOutcome, type RunningLogin } from './runningLogin.ts';
import { inEnglish, l10n } from '../words/l10n.ts';

export interface BrowserLoginOptions {
	readonly issuer: Issuer;
	/** The issuer lets people come back to this one only; 0 takes any that is free. */
	readonly port: number;
	/** The name of the client. */
	readonly originator: string;
	readonly workspaces: readonly string[] | null;
	/** Rejects when these tokens may not be kept, or cannot. */
	readonly keep: (tokens: IssuedTokens) => Promise<void>;
}

export interface BrowserLogin extends RunningLogin {
	/** For the person's browser. */
	readonly authUrl: string;
}

const SCOPE = 'openid profile email offline_access api.connectors.read api.connectors.invoke';
const TIMEOUT_MS = 10 * 60_000;
/** A sign-in of another program on the same port ends when it is asked to; so long it may take. */
const BIND_ATTEMPTS = 10;
const BIND_PAUSE_MS = 200;
/** How long a browser may take for the last page, in milliseconds. */
const LAST_PAGE_MS = 5000;

/** Waits on a port of this machine for the browser to come back with a code. Rejects with `AuthError` when it cannot listen. */
export async function startBrowserLogin({ issuer, port, originator, workspaces, keep }: BrowserLoginOptions): Promise<BrowserLogin> {
	const state = randomBytes(32).toString('base64url');
	const verifier = randomBytes(64).toString('base64url');
	const ended = Promise.withResolvers<LoginOutcome>();
	const stop = new AbortController();
	let finishing: Promise<LoginOutcome> | null = null;

	const server = process.getBuiltinModule('node:http').createServer((request, response) => {
		const url = URL.parse(request.url ?? '', 'http://localhost');
		if (url === null || request.method !== 'GET') return plain(response, 404, 'Not Found');
		switch (url.pathname) {
			case '/auth/callback':
				return void comeBack(url.searchParams, response);
			// So a program that wants the port asks for it.
			case '/cancel':
				plain(response, 200, 'Login cancelled');
				return end({ success: false, error: CANCELLED });
			default:
				return plain(response, 404, 'Not Found');
		}
	});
	const address = await listen(server, port);
	const redirectUri = `http://localhost:${address}/auth/callback`;
	const timer = setTimeout(() => end({ success: false, error: 'Nobody signed in within ten minutes.' }), TIMEOUT_MS);

	async function comeBack(query: URLSearchParams, response: ServerResponse): Promise<void> {
		if (!isSame(query.get('state') ?? '', state)) return plain(response, 400, 'State mismatch');
		const refusal = query.get('error');
		if (refusal !== null) {
			const reason = query.get('error_description') ?? 'The sign-in was refused.';
			html(response, failurePage({ reason, code: refusal }));
			return end({ success: false, error: `The sign-in was refused: ${reason.slice(0, 300)}` });
		}
		const code = query.get('code');
		if (code === null) return plain(response, 400, 'Missing authorization code');
		// A browser may load the address twice; the code is good for one exchange.
		finishing ??= finish(code);
		const outcome = await finishing;
		// The page is out before anybody hears of the end: a program that only signs in ends with it.
		response.once('close', () => end(outcome));
		html(response, outcome.success ? successPage() : failurePage({ reason: inEnglish(outcome.error), code: null }));
	}

	async function finish(code: string): Promise<LoginOutcome> {
		try {
			const tokens = await issuer.exchange({ code, redirectUri, verifier }, stop.signal);
			stop.signal.throwIfAborted();
			await keep(tokens);
			return { success: true };
		} catch (error) {
			return stop.signal.aborted ? { success: false, error: CANCELLED } : failed(error);
		}
	}

	function end(outcome: LoginOutcome): void {
		ended.resolve(outcome);
		clearTimeout(timer);
		stop.abort();
		server.close();
		// An answer that is being written gets through.
		setTimeout(() => shut(server), LAST_PAGE_MS).unref();
	}

	return {
		authUrl: authUrl({ issuer, redirectUri, state, verifier, originator, workspaces }),
		done: ended.promise,
		cancel: () => end({ success: false, error: CANCELLED }),
	};
}

function authUrl(of: {
	readonly issuer: Issuer;
	readonly redirectUri: string;
	readonly state: string;
	readonly verifier: string;
	readonly originator: string;
	readonly workspaces: readonly string[] | null;
}): string {
	const query = {
		response_type: 'code',
		client_id: CLIENT_ID,
		redirect_uri: of.redirectUri,
		scope: SCOPE,
		code_challenge: createHash('sha256').update(of.verifier).digest('base64url'),
		code_challenge_method: 'S256',
		id_token_add_organizations: 'true',
		codex_cli_simplified_flow: 'true',
		state: of.state,
		originator: of.originator,
		...(of.workspaces === null ? {} : { allowed_workspace_id: of.workspaces.join(',') }),
	};
	// Without a plus for a space: not everyone on the way to the browser leaves it alone.
	const parts = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
	return `${of.issuer.address}/oauth/authorize?${parts.join('&')}`;
}

/** The port. Another sign-in that still waits there is asked to end. Rejects with `AuthError`. */
async function listen(server: Server, port: number): Promise<number> {
	for (let attempt = 1; ; attempt += 1) {
		try {
			await new Promise<void>((resolve, reject) => {
				server.once('error', reject);
				server.listen(port, '127.0.0.1', () => {
					server.off('error', reject);
					resolve();
				});
			});
			const address = server.address();
			return typeof address === 'object' && address !== null ? address.port : port;
		} catch (cause) {
			const inUse = cause instanceof Error && 'code' in cause && cause.code === 'EADDRINUSE';
			if (!inUse || attempt >= BIND_ATTEMPTS)
				throw new AuthError(
					inUse
						? l10n`Port ${port}, where the browser comes back to, is in use by another program. Close that program, or sign in with a device code.`
						: l10n`Port ${port}, where the browser comes back to, cannot be opened: ${cause instanceof Error ? cause.message : String(cause)}`,
					{ kind: 'failed', cause },
				);
			if (attempt === 1) await askToEnd(port);
			await delay(BIND_PAUSE_MS);
		}
	}
}

function askToEnd(port: number): Promise<void> {
	const { request } = process.getBuiltinModule('node:http');
	return new Promise((resolve) => {
		const asked: ReturnType<typeof request> = request(
			{ host: '127.0.0.1', port, path: '/cancel', agent: false, timeout: 1000 },
			(answer: IncomingMessage) => {
				answer.resume();
				resolve();
			},
		);
		asked.on('timeout', () => asked.destroy());
		asked.on('error', () => resolve());
		asked.end();
	});
}

function shut(server: Server): void {
	server.close();
	server.closeAllConnections();
}

function isSame(given: string, right: string): boolean {
	const digest = (text: string) => createHash('sha256').update(text).digest();
	return timingSafeEqual(digest(given), digest(right));
}

function plain(response: ServerResponse, status: number, text: string): void {
	response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' });
	response.end(text);
}

function html(response: ServerResponse, text: string): void {
	response.writeHead(200, {
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
		'cache-control': 'no-store',
		'referrer-policy': 'no-referrer',
		connection: 'close',
	});
	response.end(text);
}
