import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import { l10n, TextError } from '../words/l10n.ts';

/** What a person wants to say, and what is to go along. */
export interface FeedbackRequest {
	readonly classification: string;
	readonly reason: string | null;
	readonly threadId: string | null;
	readonly includeLogs: boolean;
	/** Absolute paths of more files, whose text goes along. */
	readonly extraFiles: readonly string[];
	readonly tags: Readonly<Record<string, string>>;
	readonly client: { readonly name: string; readonly version: string };
}

/** Feedback as it would be sent, and where to. */
export interface Prepared {
	readonly id: string;
	readonly threadId: string;
	/** Null: nobody has said where feedback goes. */
	readonly address: string | null;
	/** The whole body, JSON. */
	readonly body: string;
}

/** Feedback that is not sent; the message says why, for people. */
export class FeedbackError extends TextError {}

export interface FeedbackOptions {
	readonly isEnabled: () => boolean;
	/** Where it is posted to. */
	readonly address: () => string | null;
	readonly program: { readonly version: string; readonly platform: string; readonly arch: string };
	/** Of the account of ChatGPT; null when nobody is signed in there (S211). */
	readonly userId: () => string | null;
	/** The newest lines of the log that fit (S210). */
	readonly logs: (threadId: string | null, maxBytes: number) => string | null;
	readonly redact: (text: string) => string;
	/** Resolves with the status of the answer; rejects when there is none. */
	readonly post: (url: URL, body: string) => Promise<number>;
	readonly limits?: { readonly logBytes: number; readonly fileBytes: number };
}

const LIMITS = { logBytes: 1024 * 1024, fileBytes: 4 * 1024 * 1024 };
/** So many wait to be sent; the oldest goes when another is prepared. */
const MAX_PREPARED = 4;

/** What a person sends about the program: put together first, so that it can be read before it leaves, and sent exactly so. Nothing is sent unasked. */
export class Feedback {
	readonly #options: FeedbackOptions;
	readonly #prepared = new Map<string, Prepared>();

	constructor(options: FeedbackOptions) {
		this.#options = options;
	}

	/** Puts it together. Throws `FeedbackError` where sending is switched off. */
	async prepare(request: FeedbackRequest): Promise<Prepared> {
		const { isEnabled, address, program, userId, logs, redact, limits = LIMITS } = this.#options;
		if (!isEnabled()) throw new FeedbackError(l10n`sending feedback is switched off (feedback.enabled)`);
		const threadId = request.threadId ?? randomUUID();
		const attached = request.includeLogs ? logs(request.threadId, limits.logBytes) : null;
		const files = attached === null ? [] : [{ name: 'codex-logs.log', text: redact(attached) }];
		const unreadable: { readonly name: string; readonly reason: string }[] = [];
		for (const file of request.extraFiles) {
			const name = path.basename(file);
			const read = path.isAbsolute(file) ? await readGuarded(file, { maxBytes: limits.fileBytes }) : null;
			if (read?.type === 'content') files.push({ name, text: redact(read.bytes.toString('utf8')) });
			else unreadable.push({ name, reason: read?.type === 'refused' ? read.reason : read === null ? 'its path is not absolute' : 'it is not there' });
		}
		const content = {
			classification: request.classification,
			reason: request.reason === null ? null : redact(request.reason),
			threadId,
			tags: request.tags,
			account: { chatgptUserId: userId() },
			client: request.client,
			server: program,
			files,
			unreadable,
		};
		const prepared = { id: randomUUID(), threadId, address: address(), body: JSON.stringify(content, null, 2) };
		this.#prepared.set(prepared.id, prepared);
		for (const id of [...this.#prepared.keys()].slice(0, -MAX_PREPARED)) this.#prepared.delete(id);
		return prepared;
	}

	/** Sends what was prepared, once. Throws `FeedbackError` when it did not arrive; then it can be sent again. */
	async send(id: string): Promise<Prepared> {
		const prepared = this.#prepared.get(id);
		if (prepared === undefined) throw new FeedbackError(l10n`there is no such feedback, or it was sent already`);
		if (!this.#options.isEnabled()) throw new FeedbackError(l10n`sending feedback is switched off (feedback.enabled)`);
		const url = prepared.address === null ? null : URL.parse(prepared.address);
		if (prepared.address === null)
			throw new FeedbackError(l10n`feedback goes nowhere yet: set tiller.feedback_url in config.toml to the address that collects it`);
		if (url === null || !/^https?:$/.test(url.protocol)) throw new FeedbackError(l10n`tiller.feedback_url is no http address`);
		this.#prepared.delete(id);
		let status: number;
		try {
			status = await this.#options.post(url, prepared.body);
		} catch (error) {
			this.#prepared.set(id, prepared);
			throw new FeedbackError(l10n`feedback could not be sent: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
		}
		if (status >= 200 && status < 300) return prepared;
		this.#prepared.set(id, prepared);
		throw new FeedbackError(l10n`feedback was not taken: ${url.host} answered ${status}`);
	}
}
