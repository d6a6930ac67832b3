import fs from 'node:fs/promises';
import path from 'node:path';
import ignore from 'ignore';
import type { Checkout } from './repository.ts';

export interface Copied {
	/** Relative to the root, with `/`. */
	readonly files: readonly string[];
	/** What could not be copied, and why. */
	readonly failed: readonly string[];
}

/**
 * Copies files that git ignores, and that a project does not run without, into a new worktree: those that match one of the patterns, which
 * are those of `.gitignore`. Folders that are ignored as a whole are copied only when a pattern names them. What is there already stays.
 */
export async function copyIgnored(from: Checkout, to: string, patterns: readonly string[]): Promise<Copied> {
	if (patterns.length === 0) return { files: [], failed: [] };
	const wanted = ignore().add([...patterns]);
	const listed = await from.run(['ls-files', '--others', '--ignored', '--exclude-standard', '--directory', '-z']);
	const files: string[] = [];
	const failed: string[] = [];
	for (const name of listed.split('\0').filter((each) => each !== '' && wanted.ignores(each))) {
		try {
			await copy(path.join(from.root, name), path.join(to, name));
			files.push(name);
		} catch (error) {
			failed.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
		}
	}
	return { files, failed };
}

/** Links stay links. */
async function copy(source: string, target: string): Promise<void> {
	await fs.mkdir(path.dirname(target), { recursive: true });
	await fs.cp(source, target, { recursive: true, force: false, errorOnExist: false, verbatimSymlinks: true, preserveTimestamps: true });
}
