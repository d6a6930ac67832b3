import { type Stats, statSync } from 'node:fs';
import path from 'node:path';
import { foldersUp } from '../platform/foldersUp.ts';
import { readGuardedSync, textOf } from '../files/guardedFile.ts';
import { type IgnoreRules, parseIgnoreRules } from './ignoreRules.ts';

/** Rules with where they count: `prefix` and `cut` make a path below the search root one below the folder of the rules. */
interface PlacedRules {
	readonly rules: IgnoreRules;
	readonly prefix: string;
	readonly cut: number;
}

/** What is ignored in one folder: its own rules and those above it, the nearest first. Shared by folders without rules of their own. */
export interface IgnoreLevel {
	readonly byGit: readonly PlacedRules[];
	/** Rules of `.ignore` files, which count more than git's, and outside a repository too. */
	readonly byOwn: readonly PlacedRules[];
	readonly isInRepository: boolean;
}

export const NOTHING_IGNORED: IgnoreLevel = { byGit: [], byOwn: [], isInRepository: false };

/** The files that hold rules, in the folder that they are about. */
export const RULE_FILES = ['.ignore', '.gitignore', '.git/info/exclude'] as const;

/** Ignore files larger than this are data of something else. */
const MAX_BYTES = 1024 * 1024;

/** State of a file that decides what is ignored, to notice that it was changed. */
export function stampOf(file: string): string {
	const stats = statOf(file);
	return stats === null ? '' : `${stats.mtimeMs}:${stats.size}`;
}

export function statOf(file: string): Stats | null {
	try {
		return statSync(file, { throwIfNoEntry: false }) ?? null;
	} catch {
		return null;
	}
}

function readRules(file: string): IgnoreRules | null {
	const text = textOf(readGuardedSync(file, { maxBytes: MAX_BYTES }));
	return text === null ? null : parseIgnoreRules(text);
}

/** `place`: the folder's path below the search root. A folder above the root has a prefix instead. */
export interface LevelRequest {
	readonly above: IgnoreLevel;
	readonly folder: string;
	readonly place: { readonly prefix: string; readonly cut: number };
	readonly names: { has(name: string): boolean };
}

/** The level of a folder that is about to be read. */
export function levelOf({ above, folder, place, names }: LevelRequest): IgnoreLevel {
	const isRepository = names.has('.git');
	const read = (name: (typeof RULE_FILES)[number]): PlacedRules | null => {
		const rules = names.has(name.split('/')[0] ?? name) ? readRules(path.join(folder, name)) : null;
		return rules === null ? null : { rules, ...place };
	};
	const own = read('.ignore');
	const isInRepository = isRepository || above.isInRepository;
	const git = isInRepository ? read('.gitignore') : null;
	if (own === null && git === null && !isRepository) return above;
	// What a repository ignores is its own affair: rules of one around it do not count in it.
	const exclude = isRepository ? [read('.git/info/exclude'), personalRules(place)] : [];
	const byGit = [git, ...(isRepository ? exclude : above.byGit)].filter((each) => each !== null);
	return { byGit, byOwn: own === null ? above.byOwn : [own, ...above.byOwn], isInRepository };
}

/** The user's own ignore file of git, where git looks for it when nothing is configured. */
function personalRules(place: { readonly prefix: string; readonly cut: number }): PlacedRules | null {
	const home = process.env['XDG_CONFIG_HOME'] || (process.env['HOME'] ? path.join(process.env['HOME'], '.config') : null);
	const rules = home === null ? null : readRules(path.join(home, 'git', 'ignore'));
	return rules === null ? null : { rules, ...place };
}

export function isIgnored(level: IgnoreLevel, entry: { readonly path: string; readonly name: string; readonly kind: 'file' | 'folder' }): boolean {
	for (const levels of [level.byOwn, level.byGit]) {
		for (const { rules, prefix, cut } of levels) {
			const verdict = rules.verdict(prefix === '' ? entry.path.slice(cut) : prefix + entry.path, entry.name, entry.kind);
			if (verdict !== 'unsaid') return verdict === 'ignored';
		}
	}
	return false;
}

/** Of a search root that lies inside a repository: what the folders above it say. */
export function levelAbove(root: string): IgnoreLevel {
	const upwards = foldersUp(root).slice(1);
	const repository = upwards.findIndex((folder) => statOf(path.join(folder, '.git')) !== null);
	if (repository < 0) return NOTHING_IGNORED;
	const folders = upwards.slice(0, repository + 1).reverse();
	if (statOf(path.join(root, '.git')) !== null) return NOTHING_IGNORED;
	return folders.reduce<IgnoreLevel>((above, folder) => {
		const prefix = `${path.relative(folder, root).split(path.sep).join('/')}/`;
		return levelOf({ above, folder, place: { prefix, cut: 0 }, names: { has: (name) => statOf(path.join(folder, name)) !== null } });
	}, NOTHING_IGNORED);
}
