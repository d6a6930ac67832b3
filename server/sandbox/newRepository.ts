import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostPaths } from '../platform/host.ts';
import { accessAt, type FileView, type FileViewRequest, fileView } from './policy/fileView.ts';
import type { FileLookup } from './policy/writableRoots.ts';

/**
 * A repository that a command makes of a folder of the workspace. No command in the sandbox may make a `.git`, whose settings name
 * programs, except one that only runs git to make it: what git itself puts there is harmless.
 */
export interface NewRepository {
	/** Absolute. */
	readonly folder: string;
	readonly by: 'init' | 'clone';
	/** What the command runs, by name. */
	readonly programs: readonly string[];
}

/** Git leaves a checked-out folder with settings out: they run programs, and nobody looked at them. `git sparse-checkout disable` brings them. */
const SPARSE = '/*\n!/.agents\n!/.codex\n!/.vscode\n';

/** Whether a folder holds no repository, nor anything that could be one. */
export function hasNoRepository(folder: string): boolean {
	try {
		// The place that is kept free while another command runs.
		return readdirSync(path.join(folder, '.git')).length === 0;
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'ENOENT';
	}
}

/** Whether the programs of such a command are the system's: none of them, and no place where the shell looks for them, can be written to. */
function runsOnlyGit({ programs }: NewRepository, env: FileViewRequest['env'], view: FileView, lookup: FileLookup): boolean {
	if (programs.some((program) => program.includes('/') && !path.isAbsolute(program))) return false;
	const folders = (env['PATH'] ?? '').split(path.delimiter);
	const named = programs.filter((program) => path.isAbsolute(program));
	return [...folders, ...named].every((file) => {
		if (!path.isAbsolute(file)) return false;
		const real = lookup.realpath(file);
		return accessAt(view, hostPaths.path.resolve(file)) !== 'write' && (real === null || accessAt(view, real) !== 'write');
	});
}

/**
 * What git needs to know: from where the new repository has its first files. Templates of a person may lie where commands can write.
 * Null when the home cannot be written to.
 */
function repositoryEnvironment({ by }: NewRepository, codexHome: string | null): Readonly<Record<string, string>> | null {
	if (by === 'init') return { GIT_TEMPLATE_DIR: '' };
	if (codexHome === null) return null;
	const folder = path.join(codexHome, 'tiller', 'clone-template');
	const made = `${folder}.${process.pid}`;
	try {
		rmSync(made, { recursive: true, force: true });
		mkdirSync(path.join(made, 'info'), { recursive: true, mode: 0o700 });
		writeFileSync(path.join(made, 'config'), '[core]\n\tsparseCheckout = true\n');
		writeFileSync(path.join(made, 'info', 'sparse-checkout'), SPARSE);
		rmSync(folder, { recursive: true, force: true });
		renameSync(made, folder);
		return { GIT_TEMPLATE_DIR: folder };
	} catch {
		return null;
	}
}

interface RepositoryView {
	readonly view: FileView;
	/** Set when a repository may be made. */
	readonly made: NewRepository | null;
	readonly additions: Readonly<Record<string, string>>;
}

/** What a command may do with files, a new repository included when it is sure to make nothing else. */
export function viewWithRepository(request: FileViewRequest, wanted: NewRepository | null, lookup: FileLookup): RepositoryView {
	const view = fileView(request, lookup);
	const closed: RepositoryView = { view, made: null, additions: {} };
	if (wanted === null || view.problem !== null) return closed;
	const folder = lookup.realpath(wanted.folder);
	if (folder === null || !hasNoRepository(folder) || !runsOnlyGit(wanted, request.env, view, lookup)) return closed;
	const additions = repositoryEnvironment(wanted, request.codexHome);
	if (additions === null) return closed;
	return { view: fileView({ ...request, newRepository: folder }, lookup), made: { ...wanted, folder }, additions };
}
