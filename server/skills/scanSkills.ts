import fs from 'node:fs/promises';
import path from 'node:path';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import { loadYaml, readFrontMatter } from './frontMatter.ts';
import { NO_METADATA, readMetadata } from './metadata.ts';
import type { Skill, SkillError } from './skill.ts';
import type { SkillRoot } from './skillRoots.ts';

/** So deep below a root a skill may lie. */
const MAX_DEPTH = 6;
/** A root with more folders than this is not one of skills. */
const MAX_FOLDERS = 2_000;
export const MAX_SKILL_BYTES = 512 * 1024;

export interface FoundSkills {
	readonly skills: readonly Skill[];
	readonly errors: readonly SkillError[];
	/** Every folder that was looked at, and roots that are not there: what may change. */
	readonly folders: readonly string[];
}

/** Finds the skills of all roots: by scope in the order of the roots, then by name and path. A skill that is reached twice counts once. */
export async function scanSkills(roots: readonly SkillRoot[]): Promise<FoundSkills> {
	const skills: Skill[] = [];
	const errors: SkillError[] = [];
	const folders = new Set<string>();
	const seen = new Set<string>();
	for (const root of roots) {
		for (const file of await skillFiles(root.folder, folders)) {
			if (seen.has(file)) continue;
			seen.add(file);
			const read = await readSkill(file, root);
			if ('message' in read) errors.push(read);
			else skills.push(read);
		}
	}
	const scopes = [...new Set(roots.map(({ scope }) => scope))];
	const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
	skills.sort((a, b) => scopes.indexOf(a.scope) - scopes.indexOf(b.scope) || order(a.name, b.name) || order(a.path, b.path));
	return { skills, errors, folders: [...folders] };
}

/** The `SKILL.md` files below a folder, without links. */
async function skillFiles(root: string, folders: Set<string>): Promise<readonly string[]> {
	const files: string[] = [];
	const visited = new Set<string>();
	const visit = async (folder: string, depth: number): Promise<void> => {
		let real: string;
		let entries;
		try {
			real = await fs.realpath(folder);
			if (visited.has(real) || visited.size >= MAX_FOLDERS) return;
			visited.add(real);
			folders.add(real);
			entries = await fs.readdir(real, { withFileTypes: true });
		} catch {
			// Not there, or not ours to read.
			folders.add(folder);
			return;
		}
		for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
			const place = path.join(real, entry.name);
			if (entry.name === 'SKILL.md') files.push(await fs.realpath(place).catch(() => place));
			else if (entry.name === 'agents' && entry.isDirectory()) folders.add(place);
			else if (!entry.name.startsWith('.') && depth < MAX_DEPTH && (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(place))))) {
				await visit(place, depth + 1);
			}
		}
	};
	await visit(root, 0);
	return files;
}

async function isFolder(file: string): Promise<boolean> {
	return fs.stat(file).then(
		(stats) => stats.isDirectory(),
		() => false,
	);
}

async function readSkill(file: string, { scope, plugin }: SkillRoot): Promise<Skill | SkillError> {
	const fail = (message: string): SkillError => ({ path: file, message });
	const read = await readGuarded(file, { maxBytes: MAX_SKILL_BYTES });
	if (read.type !== 'content') return fail(read.type === 'refused' ? read.reason : 'it is not there');
	const source = textOf(read);
	if (source === null) return fail('it is no text');
	const parse = await loadYaml();
	const front = readFrontMatter(source, parse);
	if (typeof front === 'string') return fail(front);
	const folder = path.dirname(file);
	const metadata = await readGuarded(path.join(folder, 'agents', 'openai.yaml'), { maxBytes: MAX_SKILL_BYTES });
	const name = front.name ?? path.basename(folder);
	return {
		name: plugin === null ? name : `${plugin.name}:${name}`,
		description: front.description,
		shortDescription: front.shortDescription,
		path: file,
		scope,
		plugin: plugin?.id ?? null,
		...(metadata.type === 'content' ? readMetadata(textOf(metadata) ?? '', folder, parse) : NO_METADATA),
	};
}
