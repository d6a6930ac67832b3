import { AuthError } from '../../auth/authError.ts';
import type { ChatgptSignIn } from '../../auth/signIn.ts';
import { askBriefly, type BriefAnswer } from '../http/briefRequest.ts';
import type { HttpTransport } from '../http/httpStream.ts';
import type { Account } from '../responses/requestHeaders.ts';
import { l10n } from '../../words/l10n.ts';

export interface ChatgptBackendOptions {
	readonly transport: HttpTransport;
	readonly account: Account;
	/** `chatgpt_base_url`, without the last slash. Asked each time. */
	baseUrl(): string;
	readonly userAgent: string;
}

export interface BackendRequest {
	readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
	/** Below the base, with its slash, as `servicePath` or the service itself has it. */
	readonly path: string;
	readonly query?: Readonly<Record<string, string>>;
	/** Sent as JSON. */
	readonly body?: unknown;
}

const TIMEOUT_MS = 30_000;

/** The services of a ChatGPT account besides its models: usage, emails, apps, plugins. */
export class ChatgptBackend {
	readonly #options: ChatgptBackendOptions;

	constructor(options: ChatgptBackendOptions) {
		this.#options = options;
	}

	get baseUrl(): string {
		return this.#options.baseUrl();
	}

	/** The official address has another name for the same services than others have. */
	servicePath(name: string): string {
		return this.baseUrl.includes('/backend-api') ? `/wham/${name}` : `/api/codex/${name}`;
	}

	/** Null when nobody is signed in to ChatGPT. Rejects with `AuthError`. */
	async signIn(): Promise<ChatgptSignIn | null> {
		const signIn = await this.#options.account.forRequest();
		return signIn?.type === 'chatgpt' ? signIn : null;
	}

	/**
	 * The answer whatever its status; one of 401 only when better credentials were tried. Rejects with `AuthError`, with `ModelError`
	 * when nothing can be reached, or with the signal's reason.
	 */
	async ask(request: BackendRequest, signal: AbortSignal): Promise<BriefAnswer> {
		const either = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
		for (let finds = 0; ; finds += 1) {
			const signIn = await this.signIn();
			if (signIn === null) throw new AuthError(l10n`Nobody is signed in to ChatGPT.`, { kind: 'signInAgain' });
			const answer = await this.#send(request, signIn, either);
			if (answer.status !== 401 || finds > 2) return answer;
			const recovered = await this.#options.account.recover(signIn, finds);
			if (recovered === null) return answer;
			if (recovered === 'renewed') finds = Number.POSITIVE_INFINITY;
		}
	}

	#send({ method, path, query = {}, body }: BackendRequest, signIn: ChatgptSignIn, signal: AbortSignal): Promise<BriefAnswer> {
		const url = new URL(`${this.baseUrl}${path}`);
		for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
		return askBriefly(
			this.#options.transport,
			{
				method,
				url,
				headers: {
					accept: 'application/json',
					'user-agent': this.#options.userAgent,
					authorization: `Bearer ${signIn.accessToken}`,
					'chatgpt-account-id': signIn.accountId,
					...(body === undefined ? {} : { 'content-type': 'application/json' }),
				},
				body: body === undefined ? null : JSON.stringify(body),
				serviceName: 'ChatGPT',
				secrets: [signIn.accessToken],
			},
			signal,
		);
	}
}

/** What a person should know of an answer that is no success. */
export function statusFailure(what: string, status: number): Error {
	if (status === 401) return new AuthError(l10n`${what}: ChatGPT does not accept the sign-in any more. Sign in again.`, { kind: 'signInAgain' });
	return new Error(`${what}: ChatGPT answered HTTP ${status}.`);
}
