import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { readGuardedSync, textOf } from '../files/guardedFile.ts';
import { hostSystem } from '../platform/host.ts';
import { PIPE_SECRET } from '../protocol/wire/pipeProof.ts';
import type { RunProgram } from '../platform/windowsTree.ts';

/** The secret by which the ends of a named pipe know each other, see protocol/wire/pipeProof.ts. The extension looks for it under the same name. */
export function pipeSecretFile(home: string): string {
	return path.join(home, 'tiller', 'run', 'pipe.secret');
}

/** Null when there is none yet. Throws when there is something else. */
export function readPipeSecret(file: string): Buffer | null {
	const read = readGuardedSync(file, { maxBytes: 1024 });
	if (read.type === 'missing') return null;
	const text = textOf(read)?.trim() ?? '';
	if (!PIPE_SECRET.test(text)) throw new Error(`${file} holds no secret of a pipe. Remove it, and start Tiller again.`);
	return Buffer.from(text, 'hex');
}

/** The secret of this home, made when there is none. Of several servers that make one, all get the same. */
export async function makePipeSecret(file: string, restrict: (file: string) => Promise<void> = restrictToOwner): Promise<Buffer> {
	const known = readPipeSecret(file);
	if (known !== null) return known;
	fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
	const partial = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
	try {
		// Open to its owner alone before anything stands in it.
		fs.writeFileSync(partial, '', { mode: 0o600, flag: 'wx' });
		await restrict(partial);
		fs.writeFileSync(partial, randomBytes(32).toString('hex'));
		try {
			fs.linkSync(partial, file);
		} catch (error) {
			const code = error instanceof Error && 'code' in error ? error.code : null;
			// A disk without links, such as FAT.
			if (code !== 'EEXIST') fs.renameSync(partial, file);
		}
	} finally {
		fs.rmSync(partial, { force: true });
	}
	const made = readPipeSecret(file);
	if (made === null) throw new Error(`${file} was removed while it was made`);
	return made;
}

/** On Windows a file has the rights of its folder, and outside of the person's own folders those are for everybody. */
async function restrictToOwner(file: string): Promise<void> {
	if (hostSystem === 'windows') await restrictOnWindows(file);
}

/** Leaves one right on a file: that of this user. Rejects when that cannot be done. */
export async function restrictOnWindows(file: string, run: RunProgram = runSystemProgram): Promise<void> {
	const who = (await run('whoami.exe', ['/user', '/fo', 'csv', '/nh'])).toString('latin1');
	const [, sid] = /"(S-1-[0-9-]+)"\s*$/.exec(who) ?? [];
	// Some say no more than the name, whatever they are asked.
	const [name] = /^[^"\r\n]+\\[^"\r\n]+/.exec(who) ?? [];
	const user = sid === undefined ? name : `*${sid}`;
	if (user === undefined) throw new Error('whoami does not say who the user is');
	await run('icacls.exe', [file, '/inheritance:r', '/grant:r', `${user}:F`]);
}

function runSystemProgram(name: string, args: readonly string[]): Promise<Buffer> {
	const file = path.join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', name);
	return new Promise((resolve, reject) => {
		execFile(file, args, { windowsHide: true, encoding: 'buffer', timeout: 10_000 }, (error, stdout) => {
			if (error) reject(new Error(`${name} fails: ${error.message}`, { cause: error }));
			else resolve(stdout);
		});
	});
}
