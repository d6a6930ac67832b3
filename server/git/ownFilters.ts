import { git, type GitOptions } from './git.ts';

/** What `git lfs install --local` writes. Git LFS is a program of the person; these lines choose nothing in it. */
const LFS: Readonly<Record<string, string>> = {
	'filter.lfs.clean': 'git-lfs clean -- %f',
	'filter.lfs.smudge': 'git-lfs smudge -- %f',
	'filter.lfs.process': 'git-lfs filter-process',
	'filter.lfs.required': 'true',
};

/** What to set so that filters of the repository's own configuration do not run, and the names of those that are left out. */
export interface OwnFilters {
	readonly config: readonly string[];
	readonly leftOut: readonly string[];
}

/** Filters that the repository brings along are programs which reading or writing its files would run. Those of the user, and Git LFS, stay. */
export async function ownFilters(options: GitOptions): Promise<OwnFilters> {
	const args = ['config', '--local', '--includes', '-z', '--get-regexp', '^filter\\..*\\.(clean|smudge|process|required)$'];
	const entries = (await git(args, options).catch(() => '')).split('\0').map((entry): readonly [string, string] => {
		const at = entry.indexOf('\n');
		return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
	});
	const foreign = entries.filter(([key, value]) => key !== '' && !/[=\n]/.test(key) && LFS[key] !== value);
	return {
		config: foreign.map(([key]) => `${key}=${key.endsWith('.required') ? 'false' : ''}`),
		leftOut: [...new Set(foreign.map(([key]) => key.slice('filter.'.length, key.lastIndexOf('.'))))],
	};
}
