import { constants, openSync, writeSync } from 'node:fs';
import os from 'node:os';

/** Linux: a file without a name, which nobody can open by a path and which goes with its last user. */
const O_TMPFILE = 0o20200000;

/**
 * Bytes that a child process can read from a path of ours. They lie in a file that never had a name, so that no command of this user can
 * change them. Throws the system's error where no folder allows such files.
 */
export function namelessFile(bytes: Uint8Array, folders: readonly string[] = [os.tmpdir(), '/dev/shm', '/var/tmp']): string {
	let failure: unknown = new Error('there is no folder for temporary files');
	for (const folder of folders) {
		try {
			const fd = openSync(folder, O_TMPFILE | constants.O_RDWR, 0o400);
			writeSync(fd, bytes);
			return `/proc/${process.pid}/fd/${fd}`;
		} catch (error) {
			failure = error;
		}
	}
	throw failure;
}
