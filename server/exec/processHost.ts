import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { hostSystem } from '../platform/host.ts';
import { findProgram } from '../platform/programFinder.ts';
import { type ProcessHost, type RunningProcess, SpawnError, type SpawnRequest } from './process.ts';
import { PipeProcess } from './pipeProcess.ts';
import { Pipes } from './pipes.ts';
import { type PtyLoader, type PtyModule, PtyProcess } from './ptyProcess.ts';

/** The default loader. A bundle carries node-pty's JavaScript and expects `prebuilds/` beside itself. */
const loadNodePty: PtyLoader = () => import('node-pty');

function codeOf(error: unknown): string {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN';
}

function checkFolder(cwd: string): void {
	let isFolder: boolean;
	try {
		isFolder = statSync(cwd).isDirectory();
	} catch (cause) {
		const code = codeOf(cause);
		const why = code === 'EACCES' ? 'may not be entered' : 'does not exist';
		throw new SpawnError(`the working directory ${cwd} ${why}`, { code, cause });
	}
	if (!isFolder) throw new SpawnError(`the working directory ${cwd} is not a folder`, { code: 'ENOTDIR' });
}

function describe(program: string, error: unknown): SpawnError {
	if (error instanceof RangeError) return new SpawnError(error.message, { code: 'E2BIG', cause: error });
	const code = codeOf(error);
	switch (code) {
		case 'ENOENT':
			return new SpawnError(`the program ${program} was not found`, { code, cause: error });
		case 'EACCES':
			return new SpawnError(`the program ${program} may not be executed: permission denied`, { code, cause: error });
		case 'E2BIG':
			return new SpawnError(`the arguments of ${program} are too long for the system`, { code, cause: error });
		case 'EAGAIN':
		case 'EMFILE':
		case 'ENOMEM':
			return new SpawnError(`the system has no room for another process (${code}); end some and try again`, { code, cause: error });
		default:
			return new SpawnError(`the program ${program} could not be started (${code})`, { code, cause: error });
	}
}

/** A terminal's child reports a missing program only as output of its own, so it is looked up before. */
function checkProgram(program: string, env: Readonly<Record<string, string>>): void {
	if (hostSystem === 'windows') {
		if (findProgram(program, { env }) === null) throw describe(program, Object.assign(new Error(program), { code: 'ENOENT' }));
		return;
	}
	const candidates = program.includes('/')
		? [program]
		: (env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin').split(path.delimiter).map((folder) => path.join(folder || '.', program));
	let denied = false;
	for (const file of candidates) {
		try {
			accessSync(file, constants.X_OK);
			return;
		} catch (error) {
			denied ||= codeOf(error) === 'EACCES';
		}
	}
	throw describe(program, Object.assign(new Error(program), { code: denied ? 'EACCES' : 'ENOENT' }));
}

/** Starts processes on this machine and knows all that still run. */
export class NodeProcessHost implements ProcessHost {
	readonly #loadPty: PtyLoader;
	readonly #pipes: Pipes;
	readonly #alive = new Set<RunningProcess>();
	#pty: Promise<PtyModule> | null = null;
	#disposed = false;

	/** `pipesFolder`: see `Pipes`. */
	constructor({ loadPty = loadNodePty, pipesFolder = null }: { readonly loadPty?: PtyLoader; readonly pipesFolder?: string | null } = {}) {
		this.#loadPty = loadPty;
		this.#pipes = new Pipes(pipesFolder);
	}

	async spawn(request: SpawnRequest): Promise<RunningProcess> {
		const program = request.argv[0];
		if (program === undefined || program === '') throw new SpawnError('no program was named', { code: 'EINVAL' });
		if ([...request.argv, request.cwd].some((word) => word.includes('\0'))) {
			throw new SpawnError('the command holds a null character, which no program can be given', { code: 'EINVAL' });
		}
		checkFolder(request.cwd);
		const child = request.tty === null ? await this.#spawnPipes(program, request) : await this.#spawnTerminal(program, request);
		if (this.#disposed) {
			await child.kill(0);
			throw new SpawnError('the server is shutting down', { code: 'ESHUTDOWN' });
		}
		this.#alive.add(child);
		void child.closed.then(() => this.#alive.delete(child));
		return child;
	}

	async #spawnPipes(program: string, request: SpawnRequest): Promise<PipeProcess> {
		try {
			return await PipeProcess.start(request, this.#pipes);
		} catch (error) {
			throw describe(program, error);
		}
	}

	async #spawnTerminal(program: string, request: SpawnRequest): Promise<PtyProcess> {
		checkProgram(program, request.env);
		this.#pty ??= this.#loadPty();
		let module: PtyModule;
		try {
			module = await this.#pty;
		} catch (cause) {
			throw new SpawnError('terminals are not available on this machine (the native part of node-pty is missing); run the command without tty', {
				code: 'ENOPTY',
				cause,
			});
		}
		try {
			return new PtyProcess(module, request, request.tty ?? { rows: 24, cols: 80 });
		} catch (error) {
			throw describe(program, error);
		}
	}

	async dispose(): Promise<void> {
		this.#disposed = true;
		this.#pipes.close();
		await Promise.all([...this.#alive].map((child) => child.kill()));
	}
}
