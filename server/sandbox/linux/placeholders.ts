import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Removes what a killed server leaves: told of its end by its input, which closes with it, and a moment later, when its commands are gone too. */
const CARETAKER = `trap "" HUP INT TERM; read -r _; sleep 0.3; me=$1; shift
while [ "$#" -ge 2 ]; do rm -f "$1/$me"; rmdir "$1" 2>/dev/null && rmdir "$2" 2>/dev/null; shift 2; done`;

/**
 * Empty folders that bubblewrap needs in a workspace as mount points for what must not be made there. Each goes when the last command that
 * needed it has ended, of whichever server; a folder that is not empty is somebody's and stays. Taking one away that another server's command
 * relies on would take that command's mount away, so that all servers of a home note what they use. When a server is killed, a small process
 * beside each of its commands cleans up; what is left even so, the next server finds in the notes.
 */
export class Placeholders {
	readonly #users = new Map<string, number>();
	/** The notes: a folder per place, in it a file per server. */
	readonly #notes: string | null;
	readonly #self = nameOf(process.pid) ?? `${process.pid}-0`;
	#isSwept = false;
	#noted: ReadonlySet<string> = new Set();

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
			if (users === 0) this.#note(each);
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

	/** Looks anew at what other servers need. */
	refresh(): void {
		this.#noted = new Set(this.#notes === null ? [] : namesIn(this.#notes));
	}

	/** Whether a path exists only because a command of ours, or of another server of this home, runs. */
	has(file: string): boolean {
		if (this.#users.has(file)) return true;
		return this.#noted.size > 0 && this.#noted.has(path.basename(this.#folderOf(file))) && aliveIn(this.#folderOf(file)).length > 0;
	}

	#drop(file: string): void {
		const left = (this.#users.get(file) ?? 1) - 1;
		if (left > 0) {
			this.#users.set(file, left);
			return;
		}
		this.#users.delete(file);
		if (this.#notes !== null) {
			rmSync(path.join(this.#folderOf(file), this.#self), { force: true });
			// Fails while another server has a note in it.
			if (!removeFolder(this.#folderOf(file))) return;
		}
		removeFolder(file);
	}

	#folderOf(file: string): string {
		return path.join(this.#notes ?? '', createHash('sha256').update(file).digest('hex').slice(0, 24));
	}

	#note(file: string): void {
		if (this.#notes === null) return;
		try {
			mkdirSync(this.#folderOf(file), { recursive: true, mode: 0o700 });
			writeFileSync(path.join(this.#folderOf(file), this.#self), file, { mode: 0o600 });
		} catch {
			// A home that cannot be written to, or a full disk: the place goes with our own command.
		}
	}

	#caretaker(paths: readonly string[]): ChildProcess | null {
		try {
			const pairs = paths.flatMap((file) => [this.#notes === null ? '/nonexistent' : this.#folderOf(file), file]);
			const args = ['-c', this.#notes === null ? CARETAKER.replace('rmdir "$1" 2>/dev/null && ', '') : CARETAKER, 'sh', this.#self, ...pairs];
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
			const places = new Set<string>();
			for (const server of namesIn(folder)) {
				if (isAlive(server)) continue;
				places.add(readOr(path.join(folder, server)));
				rmSync(path.join(folder, server), { force: true });
			}
			if (removeFolder(folder)) for (const place of places) if (path.isAbsolute(place)) removeFolder(place);
		}
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

function aliveIn(folder: string): readonly string[] {
	return namesIn(folder).filter(isAlive);
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
