import path from 'node:path';

/** What is read of the file system; a rejection means that there is no such thing to read. */
export interface InstructionFiles {
	readFile(path: string): Promise<Uint8Array>;
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
const defaultMaxBytes = 32 * 1024;

/**
 * The instructions that people wrote for agents: the file in `CODEX_HOME`, then one per folder from the project's root (the nearest
 * folder upwards with a `.git`) down to `cwd`, the most particular last. Without a root only `cwd` counts.
 */
export async function readUserInstructions(options: AgentsMdOptions, files: InstructionFiles): Promise<UserInstructions> {
	const { cwd, home, maxBytes = defaultMaxBytes, fallbackNames = [], rootMarkers = ['.git'] } = options;
	const warnings: string[] = [];
	const sources: string[] = [];

	const global = await firstFile(home, ownNames, files);
	const globalText = global ? decode(global.bytes).trim() : '';
	if (global && globalText) sources.push(global.path);

	const projectTexts: string[] = [];
	let left = maxBytes;
	for (const folder of maxBytes > 0 ? await projectFolders({ cwd, rootMarkers }, files) : []) {
		if (path.resolve(folder) === path.resolve(home)) continue;
		const file = await firstFile(folder, [...ownNames, ...fallbackNames], files);
		if (!file) continue;
		if (left <= 0) {
			warnings.push(`${file.path} was left out: the instructions above it already fill the ${maxBytes} bytes of project_doc_max_bytes.`);
			continue;
		}
		const text = decode(file.bytes.subarray(0, left)).trimEnd();
		if (file.bytes.byteLength > left)
			warnings.push(`${file.path} was cut: project_doc_max_bytes leaves room for ${left} of its ${file.bytes.byteLength} bytes.`);
		left -= Math.min(left, file.bytes.byteLength);
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
	for (let folder = path.resolve(where.cwd); ; folder = path.dirname(folder)) {
		upwards.push(folder);
		for (const marker of where.rootMarkers) if (await files.exists(path.join(folder, marker))) return upwards.reverse();
		if (path.dirname(folder) === folder) return [path.resolve(where.cwd)];
	}
}

async function firstFile(folder: string, names: readonly string[], files: InstructionFiles): Promise<{ path: string; bytes: Uint8Array } | null> {
	for (const name of names) {
		const file = path.join(folder, name);
		try {
			return { path: file, bytes: await files.readFile(file) };
		} catch {
			// Absent, a folder or unreadable: the next name may do.
		}
	}
	return null;
}

/** A character that the limit cuts in two is left out. */
function decode(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes, { stream: true });
}
