import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import type { Config } from '../config.ts';
import { readConfigFile } from './configFile.ts';
import { foldersBetween, isShared, projectRoot, trustRoots } from './projectRoot.ts';
import { lookAnew } from '../../platform/eventRound.ts';
import { renameFile } from '../../platform/replaceFile.ts';

/** What the person has said of a project; null when nothing. */
export function trustOf(config: Config, cwd: string): 'trusted' | 'untrusted' | null {
	return (
		trustRoots(cwd)
			.map((folder) => config.projects?.[folder]?.trust_level)
			.find((level) => level !== undefined) ?? null
	);
}

/** The folders between the root of a trusted project and a working directory in it; none when it is not trusted. */
export function trustedFoldersOf(config: Config, cwd: string): readonly string[] {
	return trustOf(config, cwd) === 'trusted' ? foldersBetween(projectRoot(cwd), cwd) : [];
}

/**
 * Notes in `config.toml` that the person works in this project. Adds a table at the end, so that nothing else of the file changes; an
 * entry that is there already is left as it is. The file is replaced as a whole: two servers that note the same project at once leave
 * one table, since a second one would make the file unreadable. Throws the file system's error, and `TomlError` when the table would
 * break the file.
 */
export function recordTrust(configPath: string, cwd: string): void {
	const root = projectRoot(cwd);
	// Other people's folders lie there too, or everything.
	if (isShared(root)) return;
	const { table, source } = readConfigFile(configPath);
	const projects = table.projects;
	// A worktree has the trust of its checkout.
	if (typeof projects === 'object' && projects !== null && trustRoots(root).some((folder) => folder in projects)) return;
	const gap = source === '' ? '' : source.endsWith('\n') ? '\n' : '\n\n';
	const next = `${source}${gap}[projects.${JSON.stringify(root).replaceAll('\x7f', '\\u007f')}]\ntrust_level = "trusted"\n`;
	// Names that TOML cannot say, or projects in an inline table: nothing is noted, since a file that nobody can read would be worse.
	parse(next);
	replaceFile(configPath, next);
}

/** Puts a file in the place of another, in one step. Throws the file system's error. */
export function replaceFile(file: string, content: string): void {
	fs.mkdirSync(path.dirname(file), { recursive: true });
	const before = fs.statSync(file, { throwIfNoEntry: false });
	// A link stays a link.
	const target = before ? fs.realpathSync(file) : file;
	const next = `${target}.${process.pid}.tmp`;
	fs.writeFileSync(next, content, { mode: before ? before.mode & 0o777 : 0o600 });
	renameFile(next, target);
	lookAnew();
}
