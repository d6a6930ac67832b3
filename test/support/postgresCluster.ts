import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFile, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import pg from 'pg';
import { processIdentity } from '../host/processTree.ts';
import { processSpace } from '../host/testRun.ts';
import { patient } from './deadline.ts';

const run = promisify(execFile);

const PREFIX = '/tmp/tillerpg-';
const OWNER = 'owner.json';

/** A PostgreSQL of a test's own: a folder that nobody keeps, a port on loopback, everybody trusted. */
export class PostgresCluster {
	/** Where it lies. */
	readonly folder: string;
	readonly #port: number;
	readonly #user: { readonly uid?: number; readonly gid?: number };
	#server: ChildProcess | null = null;

	private constructor(folder: string, port: number, user: { readonly uid?: number; readonly gid?: number }) {
		this.folder = folder;
		this.#port = port;
		this.#user = user;
	}

	static async start(): Promise<PostgresCluster> {
		// It refuses to run as root, and the account that it runs as cannot enter root's temporary folders.
		const user: { readonly uid?: number; readonly gid?: number } = process.getuid?.() === 0 ? account('postgres') : {};
		await removeLeftClusters();
		const folder = await mkdtemp(PREFIX);
		await writeFile(path.join(folder, OWNER), JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid), space: processSpace() }));
		if (user.uid !== undefined && user.gid !== undefined) await chown(folder, user.uid, user.gid);
		const cluster = new PostgresCluster(folder, await freePort(), user);
		const options = ['-D', cluster.#data, '-U', 'owner', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '--no-sync'];
		await run(program('initdb'), options, { ...user, cwd: folder });
		await cluster.up();
		return cluster;
	}

	/** `role` is one that the test has made. */
	address(role = 'owner', password = 'not-a-secret-1'): string {
		return `postgres://${role}:${password}@127.0.0.1:${this.#port}/postgres`;
	}

	/** From the next start on it takes connections from elsewhere only over TLS, with a certificate that nobody knows; the test's own go on in plain text. */
	async requireTls({ certificate, key }: { readonly certificate: string; readonly key: string }): Promise<void> {
		const [cert, secret] = [path.join(this.#data, 'server.crt'), path.join(this.#data, 'server.key')];
		await writeFile(cert, certificate);
		await writeFile(secret, key, { mode: 0o600 });
		const { uid, gid } = this.#user;
		if (uid !== undefined && gid !== undefined) await Promise.all([cert, secret].map((file) => chown(file, uid, gid)));
		await appendFile(path.join(this.#data, 'postgresql.auto.conf'), 'ssl = on\n');
		await writeFile(
			path.join(this.#data, 'pg_hba.conf'),
			'local all all trust\nhost all owner 127.0.0.1/32 trust\nhostssl all all 127.0.0.0/8 trust\n',
		);
	}

	async up(): Promise<void> {
		const settings = {
			listen_addresses: '127.0.0.1,127.0.0.2',
			port: this.#port,
			unix_socket_directories: this.folder,
			fsync: 'off',
			max_connections: 60,
		};
		const args = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
		this.#server = spawn(program('postgres'), ['-D', this.#data, ...args], { ...this.#user, cwd: this.folder, stdio: 'ignore' });
		await eventually('the cluster answers', async () => {
			if (this.#server?.exitCode !== null) throw new Error(`the cluster ended with ${this.#server?.exitCode}`);
			return this.query('SELECT 1').then(
				() => true,
				() => false,
			);
		});
	}

	/** Kills it as a loss of power would: nothing is said to anybody. */
	async kill(): Promise<void> {
		const server = this.#server;
		if (!server || server.exitCode !== null || server.signalCode !== null) return;
		const ended = new Promise((resolve) => server.once('exit', resolve));
		this.freeze(false);
		// An immediate end: the children go too, and the next start has to recover.
		server.kill('SIGQUIT');
		await ended;
	}

	/** Stops or goes on: who has a connection gets no answer, as from a network that has lost it. */
	freeze(isFrozen: boolean): void {
		const pid = this.#server?.pid;
		if (pid === undefined) throw new Error('the cluster does not run');
		const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
		for (const each of [pid, ...children]) {
			try {
				process.kill(each, isFrozen ? 'SIGSTOP' : 'SIGCONT');
			} catch {
				// It has ended since.
			}
		}
	}

	async query<R extends pg.QueryResultRow>(sql: string, values: unknown[] = [], role?: string): Promise<readonly R[]> {
		const client = new pg.Client({ connectionString: this.address(role), connectionTimeoutMillis: 5000 });
		client.on('error', () => {});
		await client.connect();
		try {
			return (await client.query<R>(sql, values)).rows;
		} finally {
			await client.end();
		}
	}

	async dispose(): Promise<void> {
		await this.kill();
		await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
	}

	get #data(): string {
		return path.join(this.folder, 'data');
	}
}

/**
 * Ends and removes clusters whose tests were killed. They lie outside of what the guardian of a run removes: the account that they run as
 * cannot enter there.
 */
export async function removeLeftClusters(): Promise<readonly string[]> {
	const removed: string[] = [];
	for (const folder of globSync(`${PREFIX}*`)) {
		if (isOwned(folder)) continue;
		endServerOf(folder);
		await rm(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 250 });
		removed.push(folder);
	}
	return removed;
}

/** Whether the test that made it may still run; also while nobody says whose it is, for as long as that may be about to be written. */
function isOwned(folder: string): boolean {
	try {
		const { pid, identity, space } = JSON.parse(readFileSync(path.join(folder, OWNER), 'utf8')) as Record<string, unknown>;
		if (space !== processSpace()) return true;
		return identity !== null && processIdentity(Number(pid)) === identity;
	} catch {
		const made = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
		return Date.now() - made < 10 * 60_000;
	}
}

/** By what its command line says: the number that it wrote down may be another program's by now. */
function endServerOf(folder: string): void {
	try {
		const pid = Number(readFileSync(path.join(folder, 'data/postmaster.pid'), 'utf8').split('\n', 1)[0]);
		if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`${folder}/data\0`)) process.kill(pid, 'SIGQUIT');
	} catch {
		// It does not run any more.
	}
}

/** Waits for a state. `isTrue` is asked again and again. */
export async function eventually(what: string, isTrue: () => Promise<boolean>, limitMs = 30_000): Promise<void> {
	for (const end = performance.now() + patient(limitMs); ; await delay(25)) {
		if (await isTrue()) return;
		if (performance.now() > end) throw new Error(`waited too long until ${what}`);
	}
}

function program(name: string): string {
	const places = [
		...globSync(`/usr/lib/postgresql/*/bin/${name}`),
		...(process.env['PATH'] ?? '').split(':').map((folder) => path.join(folder, name)),
	];
	const found = places.find((each) => existsSync(each));
	if (found === undefined) throw new Error(`${name} is not here: install PostgreSQL (on Debian: apt-get install postgresql)`);
	return found;
}

function account(wanted: string): { readonly uid: number; readonly gid: number } {
	for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
		const [user, , uid, gid] = line.split(':');
		if (user === wanted) return { uid: Number(uid), gid: Number(gid) };
	}
	throw new Error(`there is no account ${wanted}: install PostgreSQL (on Debian: apt-get install postgresql)`);
}

async function freePort(): Promise<number> {
	const server = net.createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const address = server.address();
	await new Promise((resolve) => server.close(resolve));
	if (address === null || typeof address === 'string') throw new Error('no port');
	return address.port;
}
