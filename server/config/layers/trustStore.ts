import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { parse } from 'smol-toml';
import type { Config } from '../config.ts';
import { readConfigFile } from './configFile.ts';
import { replaceFile } from './projectTrust.ts';

/** A folder of which the person has said whether it is trusted. */
export interface TrustedFolder {
	readonly id: string;
	readonly folder: string;
	readonly level: 'trusted' | 'untrusted';
	/** Of its table in the configuration; null when it is written in another way. */
	readonly line: number | null;
}

export function trustedFolders(configPath: string, config: Config): readonly TrustedFolder[] {
	const lines = readConfigFile(configPath).source.split('\n');
	return Object.entries(config.projects ?? {}).flatMap(([folder, { trust_level: level }]) =>
		level === undefined
			? []
			: [
					{
						id: `trust-${createHash('sha256').update(folder).digest('hex').slice(0, 16)}`,
						folder,
						level,
						line: lines.findIndex((line) => isTableOf(line, folder)) + 1 || null,
					},
				],
	);
}

/**
 * Takes what was said of a folder out of `config.toml`; all other lines stay as they are. Throws an `Error` for people when it is
 * written in a way that cannot be taken out line by line.
 */
export function forgetTrust(configPath: string, folder: string): void {
	const { source, table } = readConfigFile(configPath);
	const lines = source.split('\n');
	const start = lines.findIndex((line) => isTableOf(line, folder));
	const next = lines.findIndex((line, index) => index > start && /^\s*\[/.test(line));
	const end = next < 0 ? lines.length : next;
	const body = lines.slice(start + 1, end).filter((line) => !/^\s*trust_level\s*=/.test(line));
	const isEmpty = body.every((line) => line.trim() === '');
	const left = start < 0 ? lines : [...lines.slice(0, start), ...(isEmpty ? [] : [lines[start] ?? '', ...body]), ...lines.slice(end)];
	const text = left.join('\n');
	if (start < 0 || !isDeepStrictEqual(structuredClone(parse(text)), withoutTrust(table, folder))) {
		throw new Error(`the trust of ${folder} is not written as a table of its own in ${configPath}: take it out there`);
	}
	replaceFile(configPath, text);
}

function withoutTrust(table: Readonly<Record<string, unknown>>, folder: string): Record<string, unknown> {
	const copy = structuredClone(table) as Record<string, unknown>;
	const projects = copy.projects as Record<string, Record<string, unknown>>;
	delete projects[folder]?.trust_level;
	if (Object.keys(projects[folder] ?? {}).length === 0) delete projects[folder];
	if (Object.keys(projects).length === 0) delete copy.projects;
	return copy;
}

/** Whether a line begins the table of a project, in one of the spellings of its name. */
function isTableOf(line: string, folder: string): boolean {
	const name = /^\s*\[\s*projects\s*\.\s*(.+?)\s*\]\s*(?:#.*)?$/.exec(line)?.[1];
	if (name === undefined) return false;
	try {
		return Object.keys(parse(`${name} = 1`))[0] === folder;
	} catch {
		return false;
	}
}
