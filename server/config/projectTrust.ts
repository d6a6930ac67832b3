import fs from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import { type Config, readConfigFile } from './config.ts';

/** The folder whose trust counts for a working directory: the root of its git repository, or itself. */
export function projectRoot(cwd: string): string {
	for (let folder = cwd; ; folder = path.dirname(folder)) {
		if (fs.existsSync(path.join(folder, '.git'))) return folder;
		if (folder === path.dirname(folder)) return cwd;
	}
}

/** What the person has said of a project; null when nothing. */
export function trustOf(config: Config, cwd: string): 'trusted' | 'untrusted' | null {
	return config.projects?.[cwd]?.trust_level ?? config.projects?.[projectRoot(cwd)]?.trust_level ?? null;
}

/**
 * Notes in `config.toml` that the person works in this project. Appends a table, so that nothing else of the file changes; an entry
 * that is there already is left as it is. Throws the file system's error, and `TomlError` when the table would break the file.
 */
export function recordTrust(configPath: string, cwd: string): void {
	const root = projectRoot(cwd);
	const { table, source } = readConfigFile(configPath);
	const projects = table.projects;
	if (typeof projects === 'object' && projects !== null && root in projects) return;
	const gap = source === '' ? '' : source.endsWith('\n') ? '\n' : '\n\n';
	const addition = `${gap}[projects.${JSON.stringify(root).replaceAll('\x7f', '\\u007f')}]\ntrust_level = "trusted"\n`;
	// Names that TOML cannot say, or projects in an inline table: nothing is noted, since a file that nobody can read would be worse.
	parse(source + addition);
	fs.mkdirSync(path.dirname(configPath), { recursive: true });
	fs.appendFileSync(configPath, addition, { mode: 0o600 });
}
