import fs from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { hostPaths } from './host.ts';
import type { PathRules } from './pathRules.ts';

/** What another program that has a file open for a moment causes on Windows: a virus scanner, an indexer, a program that copies into a cloud. */
const IN_USE: ReadonlySet<unknown> = new Set(['EPERM', 'EBUSY', 'EACCES']);
/** In milliseconds; together somewhat more than a second, as long as a scanner takes. */
const PAUSES = [5, 10, 20, 50, 100, 200, 300, 500];

export interface RenameOptions {
	readonly paths?: PathRules;
	readonly rename?: (from: string, to: string) => void;
	readonly pause?: (ms: number) => void;
}

/**
 * Moves a file to another name, over whatever is there, as one step. On Windows again and again for a moment while somebody else has one of
 * them open. Throws the file system's error.
 */
export function renameFile(from: string, to: string, options: RenameOptions = {}): void {
	const { paths = hostPaths, rename = fs.renameSync, pause = block } = options;
	let source = from;
	for (const name of steps(from, to, paths)) {
		for (let tries = 0; ; tries++) {
			try {
				rename(source, name);
				break;
			} catch (error) {
				const ms = PAUSES[tries];
				if (paths.system !== 'windows' || ms === undefined || !isInUse(error)) throw error;
				pause(ms);
			}
		}
		source = name;
	}
}

export interface RenameLaterOptions {
	readonly paths?: PathRules;
	readonly rename?: (from: string, to: string) => Promise<void>;
}

/** Like `renameFile`, without holding up anybody while it waits. */
export async function renameFileLater(from: string, to: string, options: RenameLaterOptions = {}): Promise<void> {
	const { paths = hostPaths, rename = fs.promises.rename } = options;
	let source = from;
	for (const name of steps(from, to, paths)) {
		for (let tries = 0; ; tries++) {
			try {
				await rename(source, name);
				break;
			} catch (error) {
				const ms = PAUSES[tries];
				if (paths.system !== 'windows' || ms === undefined || !isInUse(error)) throw error;
				await delay(ms);
			}
		}
		source = name;
	}
}

/** A name that differs only in its letters' size is the same file to some disks: it gets there by a third name. */
function steps(from: string, to: string, paths: PathRules): readonly string[] {
	return from !== to && paths.ignoresCase && paths.same(from, to) ? [`${to}.${process.pid}.renamed`, to] : [to];
}

function isInUse(error: unknown): boolean {
	return error instanceof Error && 'code' in error && IN_USE.has(error.code);
}

function block(ms: number): void {
	Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
