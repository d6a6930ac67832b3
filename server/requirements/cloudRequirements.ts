import { createHmac, timingSafeEqual } from 'node:crypto';
import path from 'node:path';
import { parse } from 'smol-toml';
import * as z from 'zod/mini';
import { ConfigError } from '../config/configError.ts';
import { replaceFile } from '../config/layers/projectTrust.ts';
import { readGuardedSync, textOf } from '../files/guardedFile.ts';
import type { ConfigTable } from '../toml/table.ts';
import { parseRequirements, type RequirementsTable } from './requirements.ts';

/** Who is signed in to a workspace. */
export interface CloudAccount {
	readonly accessToken: string;
	readonly accountId: string;
	readonly userId: string | null;
	/** As the service names it. */
	readonly plan: string | null;
}

export type CloudFailureCode = 'Auth' | 'Timeout' | 'RequestFailed' | 'Parse';

/** Requirements of a workspace that could not be loaded. Nothing may run as if there were none. */
export class CloudRequirementsError extends ConfigError {
	readonly code: CloudFailureCode;
	readonly statusCode: number | null;

	constructor(message: string, { code, statusCode = null, cause }: { code: CloudFailureCode; statusCode?: number | null; cause?: unknown }) {
		super(message, { cause });
		this.code = code;
		this.statusCode = statusCode;
	}
}

export interface CloudOptions {
	readonly home: string;
	/** Resolves when it is known who is signed in. */
	accountKnown?(): Promise<void>;
	/** Null when nobody is signed in to a workspace. Asked each time. */
	account(): CloudAccount | null;
	/** `chatgpt_base_url`. */
	baseUrl(): string;
	readonly fetch?: (url: string, init: RequestInit) => Promise<Response>;
	readonly now?: () => number;
}

const HOUR_MS = 3_600_000;
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 2;
const MAX_BYTES = 1024 * 1024;
/** Workspaces of these plans can have requirements. */
const PLANS = new Set(['business', 'enterprise', 'hc']);
/** Keeps a careless hand from the cache; who can read this program can sign. */
const SIGNING_KEY = 'tiller cloud requirements 1';

const Payload = z.object({
	cached_at: z.string(),
	expires_at: z.string(),
	chatgpt_user_id: z.nullable(z.string()),
	account_id: z.string(),
	contents: z.nullable(z.string()),
});
const Cache = z.object({ signed_payload: Payload, signature: z.string() });
const Answer = z.object({ contents: z.nullish(z.string()) });
type Payload = z.infer<typeof Payload>;

interface Loaded {
	readonly account: string;
	readonly until: number;
	readonly found: RequirementsTable | null;
}

/** What a workspace requires of who is signed in to it: fetched once an hour, from a signed cache in between. */
export class CloudRequirements {
	readonly #options: CloudOptions;
	readonly #file: string;
	#loaded: Loaded | null = null;
	#loading: Promise<void> | null = null;

	constructor(options: CloudOptions) {
		this.#options = options;
		this.#file = path.join(options.home, 'cloud-requirements-cache.json');
	}

	/** Resolves when they are known. Rejects with `CloudRequirementsError`; the next call tries again. */
	async ready(): Promise<void> {
		await this.#options.accountKnown?.();
		const account = this.#account();
		if (account === null || this.#isKnown(account)) return;
		this.#loading ??= this.#load(account).finally(() => (this.#loading = null));
		await this.#loading;
	}

	/** Null where there are none. Throws `CloudRequirementsError` while they are not known. */
	current(): RequirementsTable | null {
		const account = this.#account();
		if (account === null) return null;
		if (this.#loaded?.account === keyOf(account)) return this.#loaded.found;
		throw new CloudRequirementsError('the requirements of the workspace are not loaded yet', { code: 'RequestFailed' });
	}

	#account(): CloudAccount | null {
		const account = this.#options.account();
		return account !== null && account.plan !== null && PLANS.has(account.plan) ? account : null;
	}

	#isKnown(account: CloudAccount): boolean {
		return this.#loaded?.account === keyOf(account) && this.#loaded.until > this.#now();
	}

	#now(): number {
		return (this.#options.now ?? Date.now)();
	}

	async #load(account: CloudAccount): Promise<void> {
		const cached = this.#cached(account);
		if (cached !== null) {
			this.#loaded = { account: keyOf(account), until: Date.parse(cached.expires_at), found: tableOf(cached.contents) };
			return;
		}
		const contents = await this.#fetch(account);
		const found = tableOf(contents);
		const at = this.#now();
		this.#loaded = { account: keyOf(account), until: at + HOUR_MS, found };
		const payload: Payload = {
			cached_at: new Date(at).toISOString(),
			expires_at: new Date(at + HOUR_MS).toISOString(),
			chatgpt_user_id: account.userId,
			account_id: account.accountId,
			contents,
		};
		try {
			replaceFile(this.#file, `${JSON.stringify({ signed_payload: payload, signature: signatureOf(payload) })}\n`);
		} catch {
			// A home that cannot be written: they are fetched again at the next start.
		}
	}

	/** What is in the cache, when it is ours, whole and not old. */
	#cached(account: CloudAccount): Payload | null {
		try {
			const text = textOf(readGuardedSync(this.#file, { maxBytes: MAX_BYTES }));
			if (text === null) return null;
			const { signed_payload: payload, signature } = Cache.parse(JSON.parse(text));
			const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(payload))];
			if (given.length !== right.length || !timingSafeEqual(given, right)) return null;
			if (payload.account_id !== account.accountId || payload.chatgpt_user_id !== account.userId) return null;
			const [from, until] = [Date.parse(payload.cached_at), Date.parse(payload.expires_at)];
			if (!(until > this.#now() && until - from <= HOUR_MS)) return null;
			tableOf(payload.contents);
			return payload;
		} catch {
			return null;
		}
	}

	async #fetch({ accessToken, accountId }: CloudAccount): Promise<string | null> {
		const { baseUrl, fetch: ask = fetch } = this.#options;
		const url = `${baseUrl().replace(/\/+$/, '')}/api/codex/config/requirements`;
		for (let attempt = 1; ; attempt++) {
			try {
				const answer = await ask(url, {
					headers: { authorization: `Bearer ${accessToken}`, 'chatgpt-account-id': accountId },
					signal: AbortSignal.timeout(TIMEOUT_MS),
				});
				if (answer.status === 401) throw new CloudRequirementsError('the sign-in is not accepted any more', { code: 'Auth', statusCode: 401 });
				if (!answer.ok)
					throw new CloudRequirementsError(`the workspace answered HTTP ${answer.status}`, { code: 'RequestFailed', statusCode: answer.status });
				const parsed = Answer.safeParse(await answer.json().catch(() => null));
				if (!parsed.success) throw new CloudRequirementsError('the answer cannot be read', { code: 'Parse', statusCode: answer.status });
				return parsed.data.contents ?? null;
			} catch (error) {
				const failure = failureOf(error);
				const isWorthAnother = failure.statusCode === null || failure.statusCode >= 500;
				if (!isWorthAnother || attempt >= ATTEMPTS) throw failure;
			}
		}
	}
}

const keyOf = ({ accountId, userId }: CloudAccount) => JSON.stringify([accountId, userId]);

function failureOf(error: unknown): CloudRequirementsError {
	if (error instanceof CloudRequirementsError) return error;
	const isLate = error instanceof Error && error.name === 'TimeoutError';
	return new CloudRequirementsError('the workspace cannot be reached', { code: isLate ? 'Timeout' : 'RequestFailed', cause: error });
}

function signatureOf(payload: Payload): string {
	const { cached_at, expires_at, chatgpt_user_id, account_id, contents } = payload;
	return createHmac('sha256', SIGNING_KEY)
		.update(JSON.stringify([cached_at, expires_at, chatgpt_user_id, account_id, contents]))
		.digest('base64');
}

/** Throws `CloudRequirementsError` for what cannot be understood. */
function tableOf(contents: string | null): RequirementsTable | null {
	if (contents === null || contents.trim() === '') return null;
	const source = 'the workspace';
	try {
		const table: ConfigTable = parse(contents);
		parseRequirements(table, source);
		return { table, source };
	} catch (error) {
		const detail = error instanceof Error ? error.message : String(error);
		throw new CloudRequirementsError(`the requirements of the workspace cannot be understood: ${detail}`, { code: 'Parse', cause: error });
	}
}
