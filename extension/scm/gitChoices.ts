/** Branches and commits to choose from, as VS Code's own Git extension knows them; none where it is missing. */
import * as vscode from 'vscode';

export interface GitChoice {
	readonly value: string;
	readonly title: string | null;
}

/** The part of the API of `vscode.git`, version 1, that is used. */
interface Repository {
	getBranches(query: { readonly remote?: boolean; readonly count?: number }): Promise<readonly { readonly name?: string }[]>;
	log(options: { readonly maxEntries: number }): Promise<readonly { readonly hash: string; readonly message: string }[]>;
}

interface GitExtension {
	getAPI(version: 1): { getRepository(uri: vscode.Uri): Repository | null; readonly repositories: readonly Repository[] };
}

const SHOWN = 50;

/** `folder`: one of the repository that is meant; null for that of the window. */
export async function branchesOf(folder: string | null = null): Promise<readonly GitChoice[]> {
	const repository = await repositoryOf(folder);
	const branches = await repository?.getBranches({ remote: true, count: 200 }).catch(() => []);
	return (branches ?? []).flatMap(({ name }) => (name === undefined ? [] : [{ value: name, title: null }]));
}

export async function commitsOf(folder: string | null = null): Promise<readonly GitChoice[]> {
	const repository = await repositoryOf(folder);
	const commits = await repository?.log({ maxEntries: SHOWN }).catch(() => []);
	return (commits ?? []).map(({ hash, message }) => ({ value: hash, title: message.split('\n', 1)[0] ?? hash }));
}

async function repositoryOf(meant: string | null): Promise<Repository | null> {
	const extension = vscode.extensions.getExtension<GitExtension>('vscode.git');
	if (extension === undefined) return null;
	try {
		const git = (extension.isActive ? extension.exports : await extension.activate()).getAPI(1);
		if (meant !== null) return git.getRepository(vscode.Uri.file(meant));
		const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
		return (folder === undefined ? null : git.getRepository(folder)) ?? git.repositories[0] ?? null;
	} catch {
		// It is switched off, or there is no git.
		return null;
	}
}
