import { spawn } from 'node:child_process';
import { closeSync, constants, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { hostPlatform } from '../platform/host.ts';

/** The two ends of a pipe, as files of this process. Whoever takes it closes them. */
export interface PipeEnds {
	readonly read: number;
	readonly write: number;
}

/** Who reads what the other one writes. */
export type Direction = 'toChild' | 'fromChild';

/** So many are kept ready, so that a command seldom waits for its pipes. Each is an open file. */
const SPARE = 4;
const PREFIX = 'pipes-';
/** What is left of a server that was killed while it made pipes is removed by a later one after this time, in milliseconds. */
const ABANDONED_MS = 60_000;

/**
 * Real pipes for child processes. Node gives them pairs of sockets, which Linux does not open by name: `echo x > /dev/stderr` fails with
 * ENXIO there. Node has no way to make a pipe either, so that a program of the system makes named ones, whose names are taken away as soon as
 * they are open.
 */
export class Pipes {
	readonly #folder: string | null;
	/** Open for both directions, without a name. */
	readonly #spare: number[] = [];
	#making: Promise<boolean> | null = null;
	#isMissing = false;
	#isClosed = false;

	/**
	 * `folder`: where the names are for a moment; null for the temporary one. A command that may not see all that others say must not see it:
	 * it could listen in.
	 */
	constructor(folder: string | null) {
		this.#folder = folder;
	}

	/** A pipe for each; null where there can be none: on another system, or without the program. Never rejects. */
	async take(directions: readonly Direction[]): Promise<readonly PipeEnds[] | null> {
		if (hostPlatform !== 'linux') return null;
		while (this.#spare.length < directions.length) if (!(await this.#fill(directions.length))) return null;
		const taken: PipeEnds[] = [];
		try {
			for (const direction of directions) taken.push(endsOf(this.#spare.shift() ?? -1, direction));
		} catch {
			for (const { read, write } of taken) for (const fd of [read, write]) closeSync(fd);
			return null;
		}
		if (this.#spare.length < 2) void this.#fill(0);
		return taken;
	}

	#fill(count: number): Promise<boolean> {
		this.#making ??= this.#make(count + SPARE - this.#spare.length).finally(() => {
			this.#making = null;
		});
		return this.#making;
	}

	close(): void {
		this.#isClosed = true;
		for (const fd of this.#spare.splice(0)) closeSync(fd);
	}

	/** False when it did not work. */
	async #make(count: number): Promise<boolean> {
		if (this.#isMissing || this.#isClosed) return false;
		let folder: string | null = null;
		try {
			if (this.#folder !== null) {
				mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
				removeAbandoned(this.#folder);
			}
			const made = mkdtempSync(path.join(this.#folder ?? os.tmpdir(), PREFIX));
			folder = made;
			const files = Array.from({ length: count }, (_, index) => path.join(made, String(index)));
			const outcome = await run('mkfifo', ['-m', '600', ...files]);
			this.#isMissing = outcome === 'missing';
			if (outcome !== 'done') return false;
			for (const file of files) this.#spare.push(openSync(file, constants.O_RDWR | constants.O_NONBLOCK));
			if (this.#isClosed) this.close();
			return !this.#isClosed;
		} catch {
			return false;
		} finally {
			if (folder !== null) rmSync(folder, { recursive: true, force: true });
		}
	}
}

/** The child's end waits when the pipe is full or empty, as programs expect; ours does not. Closes the file that it was given. */
function endsOf(fd: number, direction: Direction): PipeEnds {
	const ours = constants.O_NONBLOCK;
	try {
		const read = openSync(`/proc/self/fd/${fd}`, constants.O_RDONLY | (direction === 'fromChild' ? ours : 0));
		return { read, write: openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | (direction === 'toChild' ? ours : 0)) };
	} finally {
		closeSync(fd);
	}
}

function run(program: string, args: readonly string[]): Promise<'done' | 'failed' | 'missing'> {
	return new Promise((resolve) => {
		const child = spawn(program, args, { stdio: 'ignore', env: { PATH: '/usr/bin:/bin:/usr/local/bin:/run/current-system/sw/bin' } });
		child.once('error', () => resolve('missing'));
		child.once('exit', (code) => resolve(code === 0 ? 'done' : 'failed'));
	});
}

function removeAbandoned(folder: string): void {
	for (const name of readdirSync(folder)) {
		const each = path.join(folder, name);
		if (name.startsWith(PREFIX) && Date.now() - statSync(each).mtimeMs > ABANDONED_MS) rmSync(each, { recursive: true, force: true });
	}
}
