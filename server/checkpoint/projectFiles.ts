import fs from 'node:fs/promises';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { readGuarded, textOf } from '../files/guardedFile.ts';

/** More are not looked at before and after every command. */
const MAX_FILES = 20_000;
const MAX_FOLDERS = 5_000;
/** Ignore files larger than this are data of something else. */
const MAX_IGNORE_BYTES = 1024 * 1024;

/** Made by programs from other files and large, also where no ignore file says so. */
const SKIPPED = new Set(['.git', '.hg', '.svn', 'node_modules', '.venv', '__pycache__']);

/** The rules of one folder for what is below it. */
interface Rules {
	/** Relative to the root, '' for itself. */
	readonly folder: string;
	readonly ignore: Ignore;
}

/**
 * The files of a project: what its `.gitignore` files leave out is left out here, links are not followed. Paths are relative to the root.
 * Null when there are too many. Folders that cannot be read are empty.
 */
export async function listProjectFiles(root: string): Promise<readonly string[] | null> {
	const files: string[] = [];
	const waiting: { readonly folder: string; readonly rules: readonly Rules[] }[] = [{ folder: '', rules: [] }];
	for (let seen = 0; waiting.length > 0; seen++) {
		const { folder, rules: inherited } = waiting.pop() ?? { folder: '', rules: [] };
		if (seen > MAX_FOLDERS) return null;
		const entries = await fs.readdir(path.join(root, folder), { withFileTypes: true }).catch(() => []);
		const rules = entries.some((entry) => entry.name === '.gitignore' && entry.isFile()) ? await withRules(root, folder, inherited) : inherited;
		for (const entry of entries) {
			if (SKIPPED.has(entry.name)) continue;
			const relative = folder === '' ? entry.name : `${folder}/${entry.name}`;
			if (entry.isDirectory()) {
				if (!isIgnored(`${relative}/`, rules)) waiting.push({ folder: relative, rules });
			} else if (entry.isFile() && !isIgnored(relative, rules)) {
				files.push(relative);
				if (files.length > MAX_FILES) return null;
			}
		}
	}
	return files;
}

async function withRules(root: string, folder: string, inherited: readonly Rules[]): Promise<readonly Rules[]> {
	const text = textOf(await readGuarded(path.join(root, folder, '.gitignore'), { maxBytes: MAX_IGNORE_BYTES }));
	return text === null ? inherited : [...inherited, { folder, ignore: ignore().add(text) }];
}

/** The rules of inner folders come before those of outer ones. */
function isIgnored(relative: string, rules: readonly Rules[]): boolean {
	for (const { folder, ignore: own } of rules.toReversed()) {
		const result = own.test(folder === '' ? relative : relative.slice(folder.length + 1));
		if (result.ignored) return true;
		if (result.unignored) return false;
	}
	return false;
}
