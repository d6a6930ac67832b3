import path from 'node:path';
import { foldersUp } from '../platform/foldersUp.ts';
import { type GuardedRead, type ReadGuard, textOf } from '../files/guardedFile.ts';

/** What is read of the file system. */
export interface InstructionFiles {
	/** Never rejects. */
	read(path: string, guard: ReadGuard): Promise<GuardedRead>;
	/** Whether something has this name. */
	exists(path: string): Promise<boolean>;
}

export interface UserInstructions {
	/** The files that were used, absolute, in the order of their texts. */
	readonly sources: readonly string[];
	/** Empty when there are none. */
	readonly text: string;
	/** For the user: files that were cut or could not be read. */
	readonly warnings: readonly string[];
}

export interface AgentsMdOptions {
	/** Absolute. */
	readonly cwd: string;
	/** `CODEX_HOME`. */
	readonly home: string;
	/** All of the project's files together; `project_doc_max_bytes`. 0 turns them off. */
	readonly maxBytes?: number;
	/** Further names, tried after the two of ours; `project_doc_fallback_filenames`. */
	readonly fallbackNames?: readonly string[];
	/** What marks the root of a project. */
	readonly rootMarkers?: readonly string[];
}

const ownNames = ['AGENTS.override.md', 'AGENTS.md'];
const DEFAULT_MAX_BYTES = 32 * 1024;
/** The person's own file is not limited by a setting. */
const MAX_GLOBAL_BYTES = 1024 * 1024;

/**
 * The instructions that people wrote for agents: the file in `CODEX_HOME`, then one per folder from the project's root (the nearest
 * folder upwards with a `.git`) down to `cwd`, the most particular last. Without a root only `cwd` counts. A project's file that a link
 * leads out of the project is not read: the link would show the model any file of the person.
 */
export async function readUserInstructions(options: AgentsMdOptions, files: InstructionFiles): Promise<UserInstructions> {
	const { cwd, home, maxBytes = DEFAULT_MAX_BYTES, fallbackNames = [], rootMarkers = ['.git'] } = options;
	const warnings: string[] = [];
	const sources: string[] = [];
	const search = { files, warnings };

	const global = await firstFile(home, { ...search, names: ownNames, guard: { maxBytes: MAX_GLOBAL_BYTES, tooLong: 'cut' } });
	if (global && global.left > 0) warnings.push(`${global.path} was cut: only its first ${MAX_GLOBAL_BYTES} bytes are used.`);
	const globalText = global?.text.trim() ?? '';
	if (global && globalText) sources.push(global.path);

	const projectTexts: string[] = [];
	let left = maxBytes;
	const folders = maxBytes > 0 ? await projectFolders({ cwd, rootMarkers }, files) : [];
	const [root = cwd] = folders;
	for (const folder of folders) {
		if (path.resolve(folder) === path.resolve(home)) continue;
		const guard = { maxBytes: left, tooLong: 'cut', inside: [...new Set([root, folder])] } as const;
		const file = await firstFile(folder, { ...search, names: [...ownNames, ...fallbackNames], guard });
		if (!file) continue;
		if (left <= 0) {
			warnings.push(`${file.path} was left out: the instructions above it already fill the ${maxBytes} bytes of project_doc_max_bytes.`);
			continue;
		}
		const text = file.text.trimEnd();
		if (file.left > 0) warnings.push(`${file.path} was cut: project_doc_max_bytes leaves room for ${left} of its ${file.used + file.left} bytes.`);
		left -= file.used;
		if (text.trim() === '') continue;
		sources.push(file.path);
		projectTexts.push(text);
	}
	const project = projectTexts.join('\n\n');
	const text = globalText && project ? `${globalText}\n\n--- project-doc ---\n\n${project}` : globalText || project;
	return { sources, text, warnings };
}

/** The user message that carries the instructions. */
export function userInstructionsMessage(folder: string, text: string): string {
	return `# AGENTS.md instructions for ${folder}\n\n<INSTRUCTIONS>\n${text}\n</INSTRUCTIONS>`;
}

async function projectFolders(
	where: { readonly cwd: string; readonly rootMarkers: readonly string[] },
	files: InstructionFiles,
): Promise<readonly string[]> {
	const upwards: string[] = [];
	for (const folder of foldersUp(path.resolve(where.cwd))) {
		upwards.push(folder);
		for (const marker of where.rootMarkers) if (await files.exists(path.join(folder, marker))) return upwards.reverse();
	}
	return [path.resolve(where.cwd)];
}

interface FileSearch {
	readonly files: InstructionFiles;
	readonly names: readonly string[];
	readonly guard: ReadGuard;
	readonly warnings: string[];
}

/** `used` and `left`: the bytes that the guard lets pass and those that it does not. */
interface FoundFile {
	readonly path: string;
	readonly text: string;
	readonly used: number;
	readonly left: number;
}

async function firstFile(folder: string, { files, names, guard, warnings }: FileSearch): Promise<FoundFile | null> {
	for (const name of names) {
		const file = path.join(folder, name);
		const read = await files.read(file, guard);
		if (read.type === 'refused') warnings.push(`${file} is not used: ${read.reason}.`);
		// The next name may do.
		if (read.type !== 'content') continue;
		return { path: file, text: textOf(read) ?? '', used: read.bytes.byteLength, left: read.size - read.bytes.byteLength };
	}
	return null;
}
