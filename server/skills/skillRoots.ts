import path from 'node:path';
import type { SkillScope } from './skill.ts';
import { hostPaths } from '../platform/host.ts';

export interface SkillRoot {
	/** Absolute; need not be there. */
	readonly folder: string;
	readonly scope: SkillScope;
	/** Whose name is set before the names of what is found there, as `plugin:skill`; null: it is of no plugin. */
	readonly plugin: { readonly id: string; readonly name: string } | null;
}

export interface SkillPlaces {
	/** Absolute. */
	readonly cwd: string;
	/** The repository that the folder is in; null: none. */
	readonly repository: string | null;
	/** `CODEX_HOME`. */
	readonly home: string;
	readonly userHome: string;
	/** Of the machine, such as `/etc/codex`; null: it has none. */
	readonly machine: string | null;
}

/** Where skills are looked for, in the order of their scopes. */
export function skillRoots({ cwd, repository, home, userHome, machine }: SkillPlaces): readonly SkillRoot[] {
	const root = (folder: string, scope: SkillScope): SkillRoot => ({ folder, scope, plugin: null });
	const user = [root(path.join(home, 'skills'), 'user'), root(path.join(userHome, '.agents', 'skills'), 'user')];
	const own = new Set(user.map(({ folder }) => folder));
	const repo = foldersDownTo(cwd, repository)
		.flatMap((folder) => [path.join(folder, '.agents', 'skills'), path.join(folder, '.codex', 'skills')])
		.filter((folder) => !own.has(folder));
	return [
		...repo.map((folder) => root(folder, 'repo')),
		...user,
		root(path.join(home, 'skills', '.system'), 'system'),
		...(machine === null ? [] : [root(path.join(machine, 'skills'), 'admin')]),
	];
}

/** From the repository's root down to the folder. */
function foldersDownTo(cwd: string, repository: string | null): readonly string[] {
	const relative = repository === null ? null : hostPaths.relative(repository, cwd);
	if (repository === null || relative === null) return [cwd];
	const folders = [repository];
	let folder = repository;
	for (const part of relative.split('/').filter((each) => each !== '')) {
		folder = path.join(folder, part);
		folders.push(folder);
	}
	return folders;
}
