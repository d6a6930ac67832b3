import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** How the files of servers in a place begin. */
const MARK = '.tiller-';

/** Removes what a killed server leaves: told of its end by its input, which closes with it, and a moment later, when its commands are gone too. */
const CARETAKER = `trap "" HUP INT TERM; read -r _; sleep 0.3; me=$1; shift
while [ "$#" -ge 2 ]; do rm -f "$2/${MARK}$me"; rmdir "$2"; rm -f "$1/$me"; rmdir "$1"; shift 2; done 2>/dev/null`;

/**
 * Folders that bubblewrap needs in a workspace as mount points for what must not be made there. Each goes when the last command that needed
 * it has ended, of whichever server; a folder with anything else in it is somebody's and stays. Taking one away that another server's
 * command relies on would take that command's mount away, so that each server has a file of its own in it, which no sandbox shows. All
 * servers of a home note what they use, to know such a folder from one of the project. When a server is killed, a small process beside each
 * of its commands cleans up; what is left even so, the next server finds in the notes.
 */
export class Placeholders {
	readonly #users = new Map<string, number>();
	/** The notes: a folder per place, in it a file per server. */
	readonly #notes: string | null;
	readonly #self = nameOf(process.pid) ?? `${process.pid}-0`;
	#isSwept = false;

	/** `home`: null keeps no notes. */
	constructor(home: string | null) {
		this.#notes = home === null ? null : path.join(home, 'tiller', 'placeholders');
	}

	/** Paths that do not exist now and that a sandbox is about to cover. Returns their release. */
	hold(paths: readonly string[]): () => void {
		this.#sweep();
		if (paths.length === 0) return () => {};
		for (const each of paths) {
			const users = this.#users.get(each) ?? 0;
			this.#users.set(each, users + 1);
			if (users > 0) continue;
			// First, so that whoever sees the place knows what it is.
			this.#note(each);
			makeWithin(each, MARK + this.#self, '');
		}
		const caretaker = this.#caretaker(paths);
		let isHeld = true;
		return () => {
			if (!isHeld) return;
			isHeld = false;
			for (const each of paths) this.#drop(each);
			caretaker?.kill('SIGKILL');
		};
	}

	/** Whether a path exists only because a command of ours, or of another server of this home, runs. */
	has(file: string): boolean {
		return this.#users.has(file) || (this.#notes !== null && namesIn(this.#folderOf(file)).some(isAlive));
	}

	#drop(file: string): void {
		const left = (this.#users.get(file) ?? 1) - 1;
		if (left > 0) {
			this.#users.set(file, left);
			return;
		}
		this.#users.delete(file);
		removeWithin(file, MARK + this.#self);
		if (this.#notes !== null) removeWithin(this.#folderOf(file), this.#self);
	}

	#folderOf(file: string): string {
		return path.join(this.#notes ?? '', createHash('sha256').update(file).digest('hex').slice(0, 24));
	}

	/** Without a note, in a home that cannot be written to, the place goes with our own command. */
	#note(file: string): void {
		if (this.#notes === null) return;
		try {
			mkdirSync(this.#notes, { recursive: true, mode: 0o700 });
		} catch {
			return;
		}
		makeWithin(this.#folderOf(file), this.#self, file);
	}

	#caretaker(paths: readonly string[]): ChildProcess | null {
		try {
			const pairs = paths.flatMap((file) => [this.#notes === null ? '/nonexistent' : this.#folderOf(file), file]);
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
			for (const server of namesIn(folder)) {
				if (isAlive(server)) continue;
				const place = readOr(path.join(folder, server));
				if (path.isAbsolute(place)) removeWithin(place, MARK + server);
				removeWithin(folder, server);
			}
		}
	}
}

/** Whether a folder holds nothing, or is only a place that is kept free while commands run. */
export function isVacant(folder: string): boolean {
	return readdirSync(folder).every((name) => name.startsWith(MARK));
}

/** Makes a file in a folder that others make and remove as they need it. */
function makeWithin(folder: string, name: string, text: string): void {
	for (let attempts = 0; attempts < 100; attempts++) {
		try {
			mkdirSync(folder, { mode: 0o700 });
		} catch {
			// It is there, or the next step fails too.
		}
		try {
			writeFileSync(path.join(folder, name), text, { mode: 0o600 });
			return;
		} catch (error) {
			if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) return;
		}
	}
}

/** Removes such a file, and the folder when it was the last one. */
function removeWithin(folder: string, name: string): void {
	try {
		rmSync(path.join(folder, name), { force: true });
		rmdirSync(folder);
	} catch {
		// It holds something else, or is gone.
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

function isAlive(server: string): boolean {
	return nameOf(Number(server.split('-')[0])) === server;
}
