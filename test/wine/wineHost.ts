import { type ChildProcess, type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { patient, within } from '../support/deadline.ts';

const checkout = path.resolve(import.meta.dirname, '../..');

/** What tells processes of a run which Wine is theirs. */
export function hostVariables({ prefix, node }: WineHost): Readonly<Record<string, string>> {
	return { TILLER_WINE_PREFIX: prefix, TILLER_WINE_NODE: node };
}

/** A file of this machine as Windows programs in Wine name it. */
export function toWindows(file: string): string {
	return `Z:${file.replaceAll('/', '\\')}`;
}

export interface WindowsProgram {
	/** Arguments of Node. */
	readonly args: readonly string[];
	/** As Windows names it. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
}

interface FileRun {
	readonly args: readonly string[];
	/** A folder of this machine. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string>>;
	readonly output: string;
	readonly ms: number;
}

/** A machine with Windows, as far as Wine is one: a disk `C:` of its own in a temporary folder. */
export class WineHost {
	/** `C:\` as a folder of this machine. */
	readonly drive: string;
	readonly prefix: string;
	readonly node: string;
	readonly #children = new Set<ChildProcess>();
	#count = 0;

	private constructor(prefix: string, node: string) {
		this.prefix = prefix;
		this.node = node;
		this.drive = path.join(prefix, 'drive_c');
	}

	static async start(node: string): Promise<WineHost> {
		const prefix = await mkdtemp(path.join(os.tmpdir(), 'wine-'));
		const host = new WineHost(prefix, node);
		await host.#wine(['wineboot', '-i']);
		await host.#wine(['winecfg', '-v', 'win10']);
		return host;
	}

	/** One that was started by another process, which disposes of it. */
	static at(prefix: string, node: string): WineHost {
		return new WineHost(prefix, node);
	}

	/** `C:\...` as a file of this machine. */
	at(...names: readonly string[]): string {
		return path.join(this.drive, ...names);
	}

	/** Starts Node for Windows; what comes back behaves like a child process of this machine. */
	async run(program: WindowsProgram): Promise<ChildProcessWithoutNullStreams> {
		const server = net.createServer();
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as net.AddressInfo;
		const file = path.join(this.prefix, `run-${process.pid}-${this.#count++}.json`);
		await writeFile(file, JSON.stringify({ ...program, port }));
		const connections = new Promise<ReadonlyMap<string, net.Socket>>((resolve) => {
			const found = new Map<string, net.Socket>();
			server.on('connection', (socket) => {
				socket.on('error', () => {});
				void firstLine(socket).then((name) => {
					found.set(name, socket);
					if (found.size === 2) resolve(found);
				});
			});
		});
		const child = spawn('wine', [this.node, toWindows(path.join(checkout, 'test/wine/relay.cjs')), toWindows(file)], {
			env: this.#env(),
			stdio: 'ignore',
		});
		this.#children.add(child);
		// Nothing has been started yet: the relay waits for a word on its stream.
		const ended = new Promise<never>((_, reject) => {
			child
				.once('error', reject)
				.once('exit', (code, signal) => reject(new Error(`Wine ended with ${code ?? signal} before its program was started.`)));
		});
		ended.catch(() => {});
		// Else a listening socket keeps the run of the tests alive.
		const sockets = await within('a program in Wine to start', Promise.race([connections, ended]), { ms: patient(100_000) }).finally(() =>
			server.close(),
		);
		sockets.get('streams')?.write('\n');
		return asChild(child, sockets.get('streams') ?? new net.Socket(), sockets.get('errors') ?? new net.Socket());
	}

	/** Runs Node for Windows to its end, without a console, with its output in a file. Resolves with its exit code. */
	async runIntoFile({ args, cwd, env, output, ms }: FileRun): Promise<number | null> {
		const fd = openSync(output, 'w');
		const child = spawn('wine', [this.node, ...args], { cwd, env: { ...this.#env(), ...env }, stdio: ['ignore', fd, fd] });
		closeSync(fd);
		this.#children.add(child);
		const ended = new Promise<number | null>((resolve, reject) => child.once('exit', resolve).once('error', reject));
		return within('a program in Wine to end', ended, { ms }).finally(() => this.#children.delete(child));
	}

	/** Ends everything that runs in it and removes its disk. */
	async dispose(): Promise<void> {
		for (const program of ['wineserver', '/usr/lib/wine/wineserver64', '/usr/lib/wine/wineserver']) spawnSync(program, ['-k'], { env: this.#env() });
		for (const child of this.#children) child.kill('SIGKILL');
		await rm(this.prefix, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	}

	#env(): NodeJS.ProcessEnv {
		// Wine's programs meet in the temporary folder: one Wine has one.
		return { ...process.env, TMPDIR: path.dirname(this.prefix), WINEPREFIX: this.prefix, WINEDEBUG: '-all', WINEARCH: 'win64', DISPLAY: '' };
	}

	async #wine(args: readonly string[]): Promise<void> {
		await mkdir(this.prefix, { recursive: true });
		const child = spawn('wine', [...args], { env: this.#env(), stdio: 'ignore' });
		this.#children.add(child);
		const ended = new Promise<void>((resolve, reject) => child.once('exit', () => resolve()).once('error', reject));
		await within(`wine ${args.join(' ')}`, ended, { ms: patient(120_000) });
		this.#children.delete(child);
	}
}

/** The first line; what comes after it stays in the stream. */
function firstLine(socket: net.Socket): Promise<string> {
	let line = '';
	return new Promise((resolve) => {
		const read = () => {
			for (let byte = socket.read(1) as Buffer | null; byte !== null; byte = socket.read(1) as Buffer | null) {
				if (byte[0] === 10) {
					socket.off('readable', read);
					resolve(line);
					return;
				}
				line += byte.toString();
			}
		};
		socket.on('readable', read);
	});
}

/** The streams of the program, and its end, under the names that a child process has. */
function asChild(child: ChildProcess, streams: net.Socket, errors: net.Socket): ChildProcessWithoutNullStreams {
	const stderr = new PassThrough();
	errors.pipe(stderr);
	const emitter = new EventEmitter();
	const ends = [new Promise((resolve) => streams.once('close', resolve)), new Promise((resolve) => errors.once('close', resolve))];
	void Promise.all([new Promise((resolve) => child.once('exit', resolve)), ...ends]).then(() =>
		emitter.emit('close', child.exitCode, child.signalCode),
	);
	return Object.assign(emitter, {
		stdin: streams,
		stdout: streams,
		stderr,
		pid: undefined,
		kill: () => {
			// Wine may keep the streams of a killed program open for long; nobody listens to them any more.
			for (const stream of [streams, errors]) stream.destroy();
			return child.kill('SIGKILL');
		},
	}) as unknown as ChildProcessWithoutNullStreams;
}
