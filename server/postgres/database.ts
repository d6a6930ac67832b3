import { randomUUID } from 'node:crypto';
import net from 'node:net';
import os from 'node:os';
import pg from 'pg';
import { AddressError, adviceFor, connectionTo, placeOf } from './address.ts';
import { refusePooler } from './pooler.ts';
import { migrate } from './schema.ts';

const CONNECT_MS = 5000;
/** Nothing that is asked takes longer, in milliseconds; a connection without an answer is given up. */
const QUERY_MS = 30_000;
/** A person waits no longer for an answer. */
export const SOON_MS = 4000;
/** Whoever asks for threads right after the start waits so long for the database. */
const READY_MS = 1500;
const FIRST_RETRY_MS = 500;
const LAST_RETRY_MS = 30_000;
/** So often a connection that is silent is asked whether somebody is there, and so long it may think about it. */
const BEAT_MS = 10_000;
const BEAT_LIMIT_MS = 5000;

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
	readonly #pool: pg.Pool | null;
	/** Ours, so that they can be ended when nobody answers any more. */
	readonly #sockets = new Set<net.Socket>();
	readonly #settings: pg.ClientConfig | AddressError;
	#line: pg.Client | null = null;
	#timer: NodeJS.Timeout | null = null;
	readonly #beat: NodeJS.Timeout;
	#retryMs = FIRST_RETRY_MS;
	#ended = false;
	#problem: string | null = null;
	#id = '';
	/** Tells our own notifications from the others': numbers of processes and names of machines repeat in containers. */
	readonly #self = randomUUID();
	#first: Promise<void> | null = null;
	#isTried = false;

	constructor(options: DatabaseOptions) {
		this.#options = options;
		this.#settings = this.#settingsOf(options.address);
		this.#pool =
			this.#settings instanceof AddressError ? null : new pg.Pool({ ...this.#settings, max: 3, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
		// A connection at rest broke: the next question opens another one.
		this.#pool?.on('error', () => {});
		this.#beat = setInterval(() => void this.check(), BEAT_MS).unref();
	}

	get isUp(): boolean {
		return this.#line !== null;
	}

	/** Another one for each database. */
	get id(): string {
		return this.#id;
	}

	/** Where it is, without a secret. */
	get place(): string {
		return placeOf(this.#options.address);
	}

	/** Why it cannot be reached; null while it can, and before the first attempt. */
	get problem(): string | null {
		return this.#problem;
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
		// Another attempt would end the same way.
		if (this.#settings instanceof AddressError) return this.#tell(this.#settings);
		const line = new pg.Client(this.#settings);
		const lost = (error?: Error) => {
			if (this.#line !== line) return;
			this.#line = null;
			this.#tell(error ?? new Error('the connection was closed'));
			this.#later();
		};
		line.on('error', lost);
		line.on('end', () => lost());
		try {
			await line.connect();
			await refusePooler(line, this.#settings);
			this.#id = await migrate(line);
			line.on('notification', ({ payload }) => {
				if (payload !== this.#self) this.#options.changed();
			});
			const { rows } = await line.query<{ channel: string }>(`SELECT 'tiller_' || md5(session_user) AS channel`);
			await line.query(`LISTEN ${pg.escapeIdentifier(rows[0]?.channel ?? '')}`);
			this.#line = line;
			this.#retryMs = FIRST_RETRY_MS;
			this.#problem = null;
			if (this.#ended) await this.dispose();
			else this.#options.up();
		} catch (error) {
			this.#tell(error);
			line.end().catch(() => {});
			this.#later();
		}
	}

	/** On a connection of the pool. Throws what the database or the network says, and when it takes longer than `withinMs`. */
	async query<R extends pg.QueryResultRow>(sql: string, values: unknown[] = [], withinMs = QUERY_MS): Promise<readonly R[]> {
		const answer = this.#usable().query<R>({ text: sql, values, query_timeout: withinMs } as pg.QueryConfig);
		try {
			return (await answer).rows;
		} catch (error) {
			if (error instanceof Error && /timeout/i.test(error.message)) void this.check();
			throw error;
		}
	}

	/** On the connection that holds the leases. Null while there is none. */
	async onLine<R extends pg.QueryResultRow>(sql: string, values: unknown[]): Promise<readonly R[] | null> {
		return this.#line === null ? null : (await this.#line.query<R>(sql, values)).rows;
	}

	/** All of it or nothing. Throws what the work throws; when the answer to the end is lost it may have happened all the same. */
	async transaction<T>(work: (client: pg.ClientBase) => Promise<T>): Promise<T> {
		const client = await this.#usable().connect();
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

	/** Asks whether somebody is there. Who does not answer is left, so that nobody waits for the end of a connection that the network has lost. */
	async check(): Promise<void> {
		const line = this.#line;
		if (line === null) return;
		const { promise: limit, resolve } = Promise.withResolvers<'late'>();
		const timer = setTimeout(() => resolve('late'), BEAT_LIMIT_MS);
		const outcome = await Promise.race([
			line.query('SELECT 1').then(
				() => 'there',
				() => 'lost',
			),
			limit,
		]);
		clearTimeout(timer);
		if (outcome !== 'late' || this.#line !== line) return;
		this.#tell(new Error('it does not answer'));
		for (const socket of this.#sockets) socket.destroy();
	}

	async dispose(): Promise<void> {
		this.#ended = true;
		clearInterval(this.#beat);
		if (this.#timer) clearTimeout(this.#timer);
		const line = this.#line;
		this.#line = null;
		const { promise: patience, resolve } = Promise.withResolvers<void>();
		const timer = setTimeout(resolve, BEAT_LIMIT_MS);
		await Promise.race([Promise.allSettled([line?.end(), this.#pool?.ended === false ? this.#pool.end() : undefined]), patience]);
		clearTimeout(timer);
		for (const socket of this.#sockets) socket.destroy();
	}

	#usable(): pg.Pool {
		if (this.#pool) return this.#pool;
		throw new AddressError(this.#problem ?? 'the address has no meaning');
	}

	#settingsOf(address: string): pg.ClientConfig | AddressError {
		try {
			return {
				...connectionTo(address),
				application_name: `tiller ${process.pid} ${os.hostname()}`.slice(0, 63),
				connectionTimeoutMillis: CONNECT_MS,
				query_timeout: QUERY_MS,
				keepAlive: true,
				stream: () => {
					const socket = new net.Socket();
					this.#sockets.add(socket);
					socket.once('close', () => this.#sockets.delete(socket));
					return socket;
				},
			};
		} catch (error) {
			if (error instanceof AddressError) return error;
			throw error;
		}
	}

	#tell(error: unknown): void {
		const isNew = this.#problem === null;
		this.#problem = wordsOf(error, this.#options.address);
		if (isNew && !this.#ended)
			this.#options.problem(
				`the thread store at ${this.place} cannot be reached: ${this.#problem}. Turns go on in local files and are handed over later.`,
			);
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

/** What went wrong and what to do, without the password. */
function wordsOf(error: unknown, address: string): string {
	const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
	const message = first instanceof Error ? first.message : String(first);
	const secrets = /^[\w+.-]+:\/\/[^/@\s]*?:(.*)@/.exec(address)?.[1] ?? '';
	let said = message;
	for (const secret of [secrets, decoded(secrets)]) if (secret !== '') said = said.replaceAll(secret, '[redacted]');
	return `${said}${adviceFor(first)}`;
}

function decoded(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
