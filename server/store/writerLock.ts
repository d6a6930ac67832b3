import fs from 'node:fs';
import path from 'node:path';

/**
 * Newer programs hold a lock on a file of their own for as long as they have a thread open: they keep its records in memory and number what
 * they add, so nobody else may add to it meanwhile. Who holds such a lock is told by the system where it tells of locks (Linux); elsewhere
 * nothing is known, and null is the answer.
 */
export function writerElsewhere(home: string, threadId: string): number | null {
	try {
		const { ino } = fs.statSync(path.join(home, 'thread-writer-locks', `${threadId}.lock`));
		for (const line of fs.readFileSync('/proc/locks', 'utf8').split('\n')) {
			const [, pid, inode] = /^\d+: FLOCK +\w+ +WRITE +(\d+) [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line) ?? [];
			if (Number(inode) === ino) return Number(pid);
		}
	} catch {
		// No such lock, or a system that does not tell.
	}
	return null;
}
