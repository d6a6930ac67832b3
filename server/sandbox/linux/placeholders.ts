import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** How the note begins by which a process says that it is about to take a place away. */
const REMOVING = 'removing-';

/**
 * Removes what a killed server leaves, as `giveBack` does: told of its end by its input, which closes with it, and a moment later, when its
 * commands are gone too. A note of another server, alive or not, lets the place stay.
 */
const CARETAKER = `trap "" HUP INT TERM; read -r _; sleep 0.3; server=$1; shift; read -r stat < /proc/$$/stat
own=${REMOVING}$$-$(set -- \${stat##*) }; echo "\${20}")
while [ "$#" -ge 2 ]; do
if [ -z "$1" ]; then rmdir "$2"
elif printf %s "$2" > "$1/$own"; then rm -f "$1/$server" "$1/${REMOVING}$server"; [ "$(ls -A "$1")" = "$own" ] && rmdir "$2"; rm -f "$1/$own"; rmdir "$1"; fi
shift 2; done 2>/dev/null`;

/** Longer than a busy machine takes for a few calls of the system. */
const WAIT_MS = 10_000;

/**
 * Empty folders that bubblewrap needs in a workspace as mount points for what must not be made there. Each goes when the last command that
 * needed it has ended, of whichever server; a folder that is not empty is somebody's and stays. Taking one away that another server's command
 * relies on would take that command's mount away, so that all servers of a home note what they use: who takes a place writes its note, and
 * then waits for those that remove; who removes says so, and then looks for notes. Whatever comes between, one sees the other. Notes of
 * killed processes do not count. When a server is killed, a small process beside each of its commands cleans up; what is left even so, the
 * next server finds in the notes.
 */
export class Placeholders {
	readonly #users = new Map<string, number>();
	/** The notes: a folder per place, in it a file per server, and one per process that is about to take the place away. All hold the path. */
	readonly #notes: string | null;
	readonly #self = nameOf(process.pid) ?? `${process.pid}-0`;
	readonly #waitMs: number;
	#isSwept = false;

	/** `home`: null keeps no notes. */
	constructor(home: string | null, { waitMs = WAIT_MS }: { readonly waitMs?: number } = {}) {
		this.#notes = home === null ? null : path.join(home, 'tiller', 'placeholders');
		this.#waitMs = waitMs;
	}

	/** Paths that do not exist now, or as places only, and that a sandbox is about to cover. Their release; null when another process does not let go of one. */
	async hold(paths: readonly string[]): Promise<(() => void) | null> {
		this.#sweep();
		if (paths.length === 0) return () => {};
		for (const each of paths) {
			const users = this.#users.get(each) ?? 0;
			this.#users.set(each, users + 1);
			if (users === 0) this.#note(each);
		}
		const caretaker = this.#caretaker(paths);
		let isHeld = true;
		const release = () => {
			if (!isHeld) return;
			isHeld = false;
			for (const each of paths) this.#drop(each);
			caretaker?.kill('SIGKILL');
		};
		const end = performance.now() + this.#waitMs;
		while (paths.some((file) => this.#isBeingRemoved(file))) {
			if (performance.now() > end) {
				release();
				return null;
			}
			await setTimeout(5);
		}
		return release;
	}

	/** Whether a path exists only because a command of ours, or of another server of this home, runs. */
	has(file: string): boolean {
		if (this.#users.has(file)) return true;
		// Asked of every path of a plan, and nearly never so: a look costs much less than an exception.
		return this.#notes !== null && existsSync(this.#folderOf(file)) && namesIn(this.#folderOf(file)).some(isAlive);
	}

	#isBeingRemoved(file: string): boolean {
		return this.#notes !== null && namesIn(this.#folderOf(file)).some((name) => name.startsWith(REMOVING) && isAlive(name));
	}

	#drop(file: string): void {
		const left = (this.#users.get(file) ?? 1) - 1;
		if (left > 0) {
			this.#users.set(file, left);
			return;
		}
		this.#users.delete(file);
		if (this.#notes === null) removeFolder(file);
		else this.#giveBack(this.#folderOf(file), file, this.#self);
	}

	/** Removes a note of a place, those of killed processes, and the place itself where nobody else needs it. */
	#giveBack(folder: string, file: string, note: string | null): void {
		const own = REMOVING + this.#self;
		write(path.join(folder, own), file);
		const gone = namesIn(folder).filter((each) => each === note || !isAlive(each));
		for (const each of gone) rmSync(path.join(folder, each), { force: true });
		if (namesIn(folder).every((each) => each.startsWith(REMOVING))) removeFolder(file);
		rmSync(path.join(folder, own), { force: true });
		removeFolder(folder);
	}

	#folderOf(file: string): string {
		return path.join(this.#notes ?? '', createHash('sha256').update(file).digest('hex').slice(0, 24));
	}

	/** A home that cannot be written to, or a full disk: then the place goes with our own command. */
	#note(file: string): void {
		if (this.#notes === null) return;
		const folder = this.#folderOf(file);
		// Who removes the last note takes the folder with it.
		for (let attempts = 0; attempts < 100; attempts++) {
			makeFolder(folder);
			if (write(path.join(folder, this.#self), file) !== 'ENOENT') return;
		}
	}

	#caretaker(paths: readonly string[]): ChildProcess | null {
		try {
			const pairs = paths.flatMap((file) => [this.#notes === null ? '' : this.#folderOf(file), file]);
			const args = ['-c', CARETAKER, 'sh', this.#self, ...pairs];
			const child = spawn('/bin/sh', args, { stdio: ['pipe', 'ignore', 'ignore'], detached: true, cwd: '/', env: { PATH: '/usr/bin:/bin' } });
			for (const part of [child, child.stdin]) part.on('error', () => {});
			child.unref();
			return child;
		} catch {
			return null;
		}
	}

	/** Once: what servers left whose end nobody saw. */
	#sweep(): void {
		if (this.#isSwept || this.#notes === null) return;
		this.#isSwept = true;
		for (const name of namesIn(this.#notes)) {
			const folder = path.join(this.#notes, name);
			const gone = namesIn(folder).filter((note) => !isAlive(note));
			const place = gone.map((note) => readOr(path.join(folder, note))).find((text) => path.isAbsolute(text));
			if (place !== undefined) this.#giveBack(folder, place, null);
			else removeFolder(folder);
		}
	}
}

/** Nothing happens where it is there, or cannot be made. */
function makeFolder(folder: string): void {
	try {
		mkdirSync(folder, { recursive: true, mode: 0o700 });
	} catch {
		// What is to be written into it says so.
	}
}

/** Null when it is written, else the system's word for why not. */
function write(file: string, text: string): unknown {
	try {
		writeFileSync(file, text, { mode: 0o600 });
		return null;
	} catch (error) {
		return error instanceof Error && 'code' in error ? error.code : error;
	}
}

/** False when it holds something, or is not there. */
function removeFolder(folder: string): boolean {
	try {
		rmdirSync(folder);
		return true;
	} catch {
		return false;
	}
}

function namesIn(folder: string): readonly string[] {
	try {
		return readdirSync(folder);
	} catch {
		return [];
	}
}

function readOr(file: string): string {
	try {
		return readFileSync(file, 'utf8');
	} catch {
		return '';
	}
}

/** A process with the moment of its start, which tells it from a later one of that number. Null when there is none. */
function nameOf(pid: number): string | null {
	const stat = readOr(`/proc/${pid}/stat`);
	// The name of the program, in brackets, may hold anything; the time of start is the 20th field after it.
	const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
	return start === undefined ? null : `${pid}-${start}`;
}

/** Whether the process lives that a note is of. */
function isAlive(name: string): boolean {
	const server = name.startsWith(REMOVING) ? name.slice(REMOVING.length) : name;
	return nameOf(Number(server.split('-')[0])) === server;
}
