import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { onWindows } from '../system/host.ts';
import type { Translate } from './translate.ts';

/** Where a running server of this build is found. All windows that share a home share it. */
export interface RunFiles {
	/** A unix socket, or the name of a pipe on Windows. */
	readonly socket: string;
	/** By which the server on a pipe is known, and this client; null where the system keeps others away from the socket. */
	readonly secret: string | null;
	/** Written by the server: its process id and socket. */
	readonly state: string;
	readonly log: string;
}

/** The longest socket path that every system takes. */
const MAX_SOCKET_PATH = 100;

export function codexHome(env: NodeJS.ProcessEnv): string {
	const home = env['CODEX_HOME'];
	return home !== undefined && home !== '' ? path.resolve(home) : path.join(os.homedir(), '.codex');
}

/** What the program `server.js` loads at once; without it the program stands alone. */
const mainFile = 'serverMain.js';

/** Names the files of the server program `script` under `home` and makes their folders, open to this user only. */
export function prepareRunFiles({ t, home, script }: { readonly t: Translate; readonly home: string; readonly script: string }): RunFiles {
	const hash = programHash(script);
	const folder = path.join(home, 'tiller', 'run');
	fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
	return {
		socket: socketPath({ t, folder, hash }),
		secret: onWindows ? path.join(folder, 'pipe.secret') : null,
		state: path.join(folder, `${hash}.json`),
		log: path.join(folder, `${hash}.log`),
	};
}

/** By content: a program that was only written again is still the one that runs, with the turns and questions that it has. */
function programHash(script: string): string {
	const hash = createHash('sha256').update(`${script}\0`).update(fs.readFileSync(script));
	const main = path.join(path.dirname(script), mainFile);
	if (fs.existsSync(main)) hash.update(fs.readFileSync(main));
	return hash.digest('hex').slice(0, 12);
}

function socketPath({ t, folder, hash }: { readonly t: Translate; readonly folder: string; readonly hash: string }): string {
	const homeHash = createHash('sha256').update(folder).digest('hex').slice(0, 8);
	if (onWindows) return `\\\\.\\pipe\\tiller-${homeHash}-${hash}`;
	const plain = path.join(folder, `${hash}.sock`);
	if (Buffer.byteLength(plain) <= MAX_SOCKET_PATH) return plain;
	const user = process.getuid?.() ?? 0;
	const short = path.join(os.tmpdir(), `tiller-${user}`);
	fs.mkdirSync(short, { recursive: true, mode: 0o700 });
	const stat = fs.lstatSync(short);
	// The temporary folder is shared with other users: a folder that someone else prepared must not be used.
	if (!stat.isDirectory() || stat.uid !== user || (stat.mode & 0o077) !== 0) {
		throw new Error(t('{0} is not a folder of this user alone. Remove it, or set CODEX_HOME to a shorter path.', short));
	}
	return path.join(short, `${homeHash}-${hash}.sock`);
}

/** The process id that the server wrote down; null when there is none to read. */
export function serverPid(files: RunFiles): number | null {
	try {
		const state: unknown = JSON.parse(fs.readFileSync(files.state, 'utf8'));
		const pid = typeof state === 'object' && state !== null && 'pid' in state ? state.pid : null;
		return typeof pid === 'number' && Number.isInteger(pid) && pid > 1 ? pid : null;
	} catch {
		return null;
	}
}
