import fs from 'node:fs';
import path from 'node:path';
import { renameFile } from '../../platform/replaceFile.ts';

/**
 * Adds a line to a file that several programs append to. When a crash tore the last line, the new one begins on a line of its own.
 * One write, so that lines of two processes do not mix. Throws the file system's error.
 */
export function appendLine(file: string, line: string): void {
	fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	const handle = fs.openSync(file, 'a+', 0o600);
	try {
		fs.writeSync(handle, `${endsInLine(handle) ? '\n' : ''}${line}\n`);
	} finally {
		fs.closeSync(handle);
	}
}

/** Whether the file's last line has no end. */
export function endsInLine(handle: number): boolean {
	const { size } = fs.fstatSync(handle);
	if (size === 0) return false;
	const last = Buffer.alloc(1);
	fs.readSync(handle, last, 0, 1, size - 1);
	return last[0] !== 0x0a;
}

/**
 * Takes lines out of such a file: it is written anew beside itself and put in its place, unless somebody appended meanwhile; then the
 * work begins again. A file that is not there has no lines. Throws the file system's error.
 */
export function removeLines(file: string, isUnwanted: (line: string) => boolean): void {
	for (let attempt = 0; attempt < 5; attempt++) {
		if (!fs.existsSync(file)) return;
		const content = fs.readFileSync(file);
		const lines = content.toString('utf8').split('\n');
		const kept = lines.filter((line) => !isUnwanted(line));
		if (kept.length === lines.length) return;
		const next = `${file}.${process.pid}.tmp`;
		fs.writeFileSync(next, kept.join('\n'), { mode: 0o600 });
		if (fs.statSync(file).size === content.length) {
			renameFile(next, file);
			return;
		}
		fs.rmSync(next, { force: true });
	}
	throw new Error(`${file} is being written to all the time`);
}
