import { spawn } from 'node:child_process';
import { closeSync, constants, fstatSync, openSync, statSync } from 'node:fs';
import { hostPlatform } from '../platform/host.ts';

/** An exclusive lock of the operating system (`flock`) on a file. It goes with this process, however that ends. */
export interface FileLock {
	release(): void;
}

/** Flags that Node hands on to the system's `open`, which then locks as well: macOS and the BSDs; Windows opens for nobody else. */
const LOCKING_OPEN: Partial<Record<NodeJS.Platform, number>> = {
	darwin: 0x20 | constants.O_NONBLOCK,
	freebsd: 0x20 | constants.O_NONBLOCK,
	openbsd: 0x20 | constants.O_NONBLOCK,
	win32: 0x1000_0000,
};

/**
 * Linux can lock only what is open, and Node has no call for it: a program does it to the file that it inherits. The lock belongs to the
 * open file, which we share with it, so that it stays when the program has ended. Each ends with 0 when it has the lock.
 */
const LOCKERS: readonly (readonly [string, ...string[]])[] = [
	['flock', '-x', '-n', '3'],
	['python3', '-c', 'import fcntl; fcntl.flock(3, fcntl.LOCK_EX | fcntl.LOCK_NB)'],
	['perl', '-e', 'open(my $f, "+<&=", 3) or exit 2; exit(flock($f, 6) ? 0 : 1)'],
];

function codeOf(error: unknown): unknown {
	return error instanceof Error && 'code' in error ? error.code : null;
}

/** Null when the program is not there. */
function runLocker(fd: number, [program, ...args]: readonly [string, ...string[]]): Promise<boolean | null> {
	return new Promise((resolve) => {
		const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', fd] });
		child.once('error', () => resolve(null));
		child.once('exit', (code) => resolve(code === 0));
	});
}

async function lockOpened(fd: number): Promise<boolean> {
	for (const locker of LOCKERS) {
		const isLocked = await runLocker(fd, locker);
		if (isLocked !== null) return isLocked;
	}
	return false;
}

/** Whether the path still leads to the file that is open. */
function isStillThere(file: string, fd: number): boolean {
	const now = statSync(file, { throwIfNoEntry: false });
	const opened = fstatSync(fd);
	return now !== undefined && now.ino === opened.ino && now.dev === opened.dev;
}

/**
 * Locks a file, which is made when `absent` says so. Null when somebody else has it, when it is gone by then, or where locks cannot be
 * had. Rejects with the system's error when the file cannot be opened.
 */
export async function lockFile(file: string, absent: 'make' | 'leave'): Promise<FileLock | null> {
	const made = absent === 'make' ? constants.O_CREAT : 0;
	const locking = LOCKING_OPEN[hostPlatform];
	let fd: number;
	try {
		fd = openSync(file, constants.O_RDWR | made | (locking ?? 0), 0o600);
	} catch (error) {
		const isHeld = locking !== undefined && ['EAGAIN', 'EWOULDBLOCK', 'EBUSY'].includes(String(codeOf(error)));
		if (isHeld || (absent === 'leave' && codeOf(error) === 'ENOENT')) return null;
		throw error;
	}
	// Whoever had the lock may have removed the file before it let go.
	if ((locking !== undefined || (await lockOpened(fd))) && isStillThere(file, fd)) return { release: () => closeSync(fd) };
	closeSync(fd);
	return null;
}
