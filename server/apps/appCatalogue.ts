import type { AccessibleApp, DirectoryApp, ListedApp } from './appEntry.ts';
import { mergeApps } from './appEntry.ts';
import { l10n, type L10nMessage } from '../words/l10n.ts';

export interface AppCatalogueOptions {
	/** Whose lists they are; null when nobody is signed in to ChatGPT. Asked each time. */
	account(): string | null;
	readDirectory(signal: AbortSignal): Promise<readonly DirectoryApp[]>;
	/** From the tools of the gateway. */
	readAccessible(signal: AbortSignal): Promise<readonly AccessibleApp[]>;
	readonly now: () => number;
	/** A source failed; the other one is shown. `message` is for people. */
	/** `message` is for people. */
	warn(message: L10nMessage, error: unknown): void;
}

/** What is known is good for so long (S184), in milliseconds. */
const FRESH_MS = 3_600_000;

interface Known<T> {
	readonly account: string;
	readonly at: number;
	readonly apps: readonly T[];
}

/** One list from one source: kept for an hour, read once for all who ask at the same time. */
class Source<T> {
	readonly #read: (signal: AbortSignal) => Promise<readonly T[]>;
	readonly #now: () => number;
	#known: Known<T> | null = null;
	#reading: { readonly account: string; readonly apps: Promise<readonly T[]> } | null = null;

	constructor(read: (signal: AbortSignal) => Promise<readonly T[]>, now: () => number) {
		this.#read = read;
		this.#now = now;
	}

	/** What is known, however old; null for another account. */
	peek(account: string): readonly T[] | null {
		return this.#known?.account === account ? this.#known.apps : null;
	}

	get(account: string, { force, signal }: { readonly force: boolean; readonly signal: AbortSignal }): Promise<readonly T[]> {
		const known = this.#known;
		if (!force && known?.account === account && this.#now() - known.at < FRESH_MS) return Promise.resolve(known.apps);
		if (this.#reading?.account === account) return this.#reading.apps;
		const apps = this.#read(signal).then((read) => {
			this.#known = { account, at: this.#now(), apps: read };
			return read;
		});
		const reading = { account, apps };
		this.#reading = reading;
		const end = () => {
			if (this.#reading === reading) this.#reading = null;
		};
		apps.then(end, end);
		return apps;
	}
}

/** The apps of a ChatGPT account: those that it can use now, and all that there are. */
export class AppCatalogue {
	readonly #options: AppCatalogueOptions;
	readonly #directory: Source<DirectoryApp>;
	readonly #accessible: Source<AccessibleApp>;
	readonly #end = new AbortController();

	constructor(options: AppCatalogueOptions) {
		this.#options = options;
		this.#directory = new Source((signal) => options.readDirectory(signal), options.now);
		this.#accessible = new Source((signal) => options.readAccessible(signal), options.now);
	}

	/**
	 * Both lists together; empty when nobody is signed in. Neither waits for the other: `onNews` gets what is known whenever one of them
	 * has come (S182, S183). Where only the directory fails, the apps that can be used are still there; rejects when both fail.
	 */
	async list({ force, onNews }: { readonly force: boolean; readonly onNews: (apps: readonly ListedApp[]) => void }): Promise<readonly ListedApp[]> {
		const account = this.#options.account();
		if (account === null) return [];
		const wanted = { force, signal: this.#end.signal };
		let directory: readonly DirectoryApp[] | null = force ? null : this.#directory.peek(account);
		let accessible: readonly AccessibleApp[] | null = force ? null : this.#accessible.peek(account);
		const tell = () => onNews(mergeApps(directory ?? [], accessible ?? []));
		const usable = this.#accessible.get(account, wanted).then(
			(apps) => {
				const isNews = accessible !== apps;
				accessible = apps;
				if (isNews) tell();
			},
			(error: unknown) => this.#options.warn(l10n`The apps that you can use could not be listed`, error),
		);
		const all = this.#directory.get(account, wanted).then((apps) => {
			const isNews = directory !== apps;
			directory = apps;
			if (isNews) tell();
		});
		const [, outcome] = await Promise.allSettled([usable, all]);
		if (outcome.status === 'rejected') {
			if (accessible === null) throw outcome.reason;
			this.#options.warn(l10n`Only the apps that you can use are listed`, outcome.reason);
			return mergeApps(this.#directory.peek(account) ?? [], accessible);
		}
		return mergeApps(directory ?? [], accessible ?? []);
	}

	/** The ids of the apps that the account can use; null when nobody is signed in, or that is not known in time (`waitMs`). */
	async usable(waitMs: number): Promise<ReadonlySet<string> | null> {
		const account = this.#options.account();
		if (account === null) return null;
		const late = Promise.withResolvers<null>();
		const timer = setTimeout(() => late.resolve(null), waitMs);
		try {
			const apps = await Promise.race([this.#accessible.get(account, { force: true, signal: this.#end.signal }), late.promise]);
			return apps && new Set(apps.map(({ id }) => id));
		} catch (error) {
			this.#options.warn(l10n`The apps that you can use could not be listed`, error);
			return null;
		} finally {
			clearTimeout(timer);
		}
	}

	dispose(): void {
		this.#end.abort();
	}
}
