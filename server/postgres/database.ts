import { randomUUID } from 'node:crypto';
import os from 'node:os';
import pg from 'pg';
import { migrate } from './schema.ts';

const CONNECT_MS = 5000;
/** Nothing that is asked takes longer, in milliseconds; a connection without an answer is given up. */
const QUERY_MS = 30_000;
/** Whoever asks for threads right after the start waits so long for the database. */
const READY_MS = 1500;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;

export interface DatabaseOptions {
	readonly address: string;
	/** Told when the database can be reached, for the first time and again. */
	readonly up: () => void;
	/** Another server of this owner has changed something. */
	readonly changed: () => void;
	/** Told once each time that it cannot be reached, in words without a secret. */
	readonly problem: (message: string) => void;
}

/** The line to the database: a small pool, and one connection that listens and holds the leases. It is made again whenever it breaks. */
export class Database {
	readonly #options: DatabaseOptions;
	readonly #pool: pg.Pool;
	#line: pg.Client | null = null;
	#timer: NodeJS.Timeout | null = null;
	#retryMs = FIRST_RETRY_MS;
	#ended = false;
	#told = false;
	#id = '';
	/** Tells our own notifications from the others': numbers of processes and names of machines repeat in containers. */
	readonly #self = randomUUID();
	#first: Promise<void> | null = null;
	#isTried = false;
	readonly #settings: pg.ClientConfig;

	constructor(options: DatabaseOptions) {
		this.#options = options;
		this.#settings = {
			connectionString: options.address,
			application_name: `tiller ${process.pid} ${os.hostname()}`.slice(0, 63),
			connectionTimeoutMillis: CONNECT_MS,
			query_timeout: QUERY_MS,
			keepAlive: true,
		};
		this.#pool = new pg.Pool({ ...this.#settings, max: 3, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
		// A connection at rest broke: the next question opens another one.
		this.#pool.on('error', () => {});
	}

	get isUp(): boolean {
		return this.#line !== null;
	}

	/** Another one for each database. */
	get id(): string {
		return this.#id;
	}

	/** Waits for the first attempt, though not for long. */
	async ready(): Promise<boolean> {
		if (this.#line !== null || this.#isTried) return this.isUp;
		const { promise: patience, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, READY_MS);
		await Promise.race([this.#first, patience]);
		clearTimeout(timer);
		return this.isUp;
	}

	/** Never rejects: a database that cannot be reached is tried again later. */
	connect(): Promise<void> {
		const attempt = this.#connect();
		this.#first ??= attempt.finally(() => (this.#isTried = true));
		return attempt;
	}

	async #connect(): Promise<void> {
		if (this.#line !== null || this.#ended) return;
		const line = new pg.Client(this.#settings);
		const lost = (error?: Error) => {
			if (this.#line !== line) return;
			this.#line = null;
			if (error) this.#tell(error);
			this.#later();
		};
		line.on('error', lost);
		line.on('end', () => lost());
		try {
			await line.connect();
			this.#id = await migrate(line);
			line.on('notification', ({ payload }) => {
				if (payload !== this.#self) this.#options.changed();
			});
			const { rows } = await line.query<{ channel: string }>(`SELECT 'tiller_' || md5(session_user) AS channel`);
			await line.query(`LISTEN ${pg.escapeIdentifier(rows[0]?.channel ?? '')}`);
			this.#line = line;
			this.#retryMs = FIRST_RETRY_MS;
			this.#told = false;
			if (this.#ended) await this.dispose();
			else this.#options.up();
		} catch (error) {
			this.#tell(error);
			line.end().catch(() => {});
			this.#later();
		}
	}

	/** On a connection of the pool. Throws what the database or the network says. */
	async query<R extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<readonly R[]> {
		return (await this.#pool.query<R>(sql, values)).rows;
	}

	/** On the connection that holds the leases. Null while there is none. */
	async onLine<R extends pg.QueryResultRow>(sql: string, values: unknown[]): Promise<readonly R[] | null> {
		return this.#line === null ? null : (await this.#line.query<R>(sql, values)).rows;
	}

	/** All of it or nothing. Throws what the work throws; when the answer to the end is lost it may have happened all the same. */
	async transaction<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
		const client = await this.#pool.connect();
		let broken: Error | boolean = false;
		try {
			await client.query('BEGIN');
			const result = await work(client);
			await client.query(`SELECT pg_notify('tiller_' || md5(session_user), $1)`, [this.#self]);
			await client.query('COMMIT');
			return result;
		} catch (error) {
			await client.query('ROLLBACK').catch(() => (broken = true));
			throw error;
		} finally {
			client.release(broken);
		}
	}

	async dispose(): Promise<void> {
		this.#ended = true;
		if (this.#timer) clearTimeout(this.#timer);
		const line = this.#line;
		this.#line = null;
		await Promise.allSettled([line?.end(), this.#pool.ended ? undefined : this.#pool.end()]);
	}

	#tell(error: unknown): void {
		if (this.#told || this.#ended) return;
		this.#told = true;
		this.#options.problem(wordsOf(error, this.#options.address));
	}

	#later(): void {
		if (this.#ended || this.#timer) return;
		this.#timer = setTimeout(() => {
			this.#timer = null;
			void this.connect();
		}, this.#retryMs).unref();
		this.#retryMs = Math.min(this.#retryMs * 2, LAST_RETRY_MS);
	}
}

/** What went wrong and where, without the password. */
function wordsOf(error: unknown, address: string): string {
	const message = error instanceof AggregateError ? String(error.errors[0]) : error instanceof Error ? error.message : String(error);
	let place = 'the address that is configured';
	let said = message;
	try {
		const { host, pathname, password } = new URL(address);
		place = `${host}${pathname}`;
		for (const secret of [password, decodeURIComponent(password)]) if (secret !== '') said = said.replaceAll(secret, '[redacted]');
	} catch {
		// Not even an address: then nothing of it is shown.
		said = 'it is no address of the form postgres://USER:PASSWORD@HOST/DATABASE';
	}
	return `the thread store at ${place} cannot be reached: ${said}. Turns go on in local files and are handed over later.`;
}
