import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { askOnce } from './askOnce.ts';
import { commitInstructions, commitQuestion, commitText } from './commitText.ts';

/** What is used of the API that VS Code's own git extension exports. */
interface Repository {
	readonly rootUri: vscode.Uri;
	readonly inputBox: { value: string };
	/** Of what is staged, or of what is not. */
	diff(cached?: boolean): Promise<string>;
	readonly state: {
		readonly untrackedChanges?: readonly { readonly uri: vscode.Uri }[];
		readonly workingTreeChanges: readonly { readonly uri: vscode.Uri; readonly status: number }[];
	};
	log(options?: { readonly maxEntries?: number }): Promise<readonly { readonly message: string }[]>;
}
interface GitExtension {
	getAPI(version: 1): { readonly repositories: readonly Repository[] };
}

export interface CommitMessageOptions {
	/** What new threads begin with; empty or null: as the server is configured. */
	readonly settings: () => { readonly model: string; readonly provider?: string };
}

const EARLIER = 8;

/** Writes a commit message into the box of the view of source control, from what is staged, or else from all that was changed. */
export class CommitMessage {
	readonly #options: CommitMessageOptions;

	constructor(options: CommitMessageOptions) {
		this.#options = options;
	}

	async write(client: Client, target: unknown): Promise<void> {
		if (!vscode.workspace.isTrusted) throw new Error(words.restricted());
		const repository = await findRepository(target);
		if (repository === null) return void vscode.window.showInformationMessage(words.commitNoRepository());
		const diff = (await repository.diff(true)) || [await repository.diff(false), await newFiles(repository)].filter((part) => part !== '').join('\n');
		if (diff.trim() === '') return void vscode.window.showInformationMessage(words.commitNoChanges());
		const typed = repository.inputBox.value;
		const progress = { location: vscode.ProgressLocation.Notification, title: words.commitWriting(), cancellable: true };
		await vscode.window.withProgress(progress, async (_report, token) => {
			const abort = new AbortController();
			const cancelled = token.onCancellationRequested(() => abort.abort());
			try {
				const text = commitText(await this.#ask(client, { repository, diff }, abort.signal));
				if (text === '') throw new Error(words.commitNothing());
				// What the person typed, before or meanwhile, is not lost.
				const now = repository.inputBox.value;
				repository.inputBox.value = now.trim() === '' ? text : `${text}\n\n${now}`;
			} catch (error) {
				if (abort.signal.aborted) return;
				repository.inputBox.value ||= typed;
				throw new Error(words.commitFailed(error instanceof Error ? error.message : String(error)), { cause: error });
			} finally {
				cancelled.dispose();
			}
		});
	}

	async #ask(client: Client, { repository, diff }: { readonly repository: Repository; readonly diff: string }, signal: AbortSignal): Promise<string> {
		const { model, provider } = this.#options.settings();
		// A repository without a commit has no log.
		const commits = await repository.log({ maxEntries: EARLIER }).catch(() => []);
		const earlier = commits.map(({ message }) => message.split('\n')[0] ?? '').filter((line) => line !== '');
		return await askOnce(
			client,
			{
				cwd: repository.rootUri.fsPath,
				model: model === '' ? null : model,
				provider: provider ?? null,
				instructions: commitInstructions,
				text: commitQuestion({ diff, earlier }),
			},
			signal,
		);
	}
}

/** `Status.UNTRACKED` of the git extension's API. */
const UNTRACKED = 7;
/** No more new files, and no more of each, in characters. */
const MAX_NEW_FILES = 50;
const MAX_NEW_TEXT = 4_000;

/** Files that git does not know yet stand in no diff; they are a part of the commit all the same. */
async function newFiles({ rootUri, state }: Repository): Promise<string> {
	const untracked = [...(state.untrackedChanges ?? []), ...state.workingTreeChanges.filter(({ status }) => status === UNTRACKED)];
	const files = [...new Map(untracked.map(({ uri }) => [uri.toString(), uri])).values()];
	const parts = files.slice(0, MAX_NEW_FILES).map(async (uri) => {
		const name = uri.path.slice(rootUri.path.length + 1);
		const bytes = await vscode.workspace.fs.readFile(uri).then(
			(read) => read,
			() => new Uint8Array(),
		);
		const text = bytes.includes(0) ? '(binary)' : new TextDecoder().decode(bytes.subarray(0, MAX_NEW_TEXT));
		return `new file: ${name}\n${text}`;
	});
	const rest = files.length > MAX_NEW_FILES ? [`(and ${files.length - MAX_NEW_FILES} more new files)`] : [];
	return [...(await Promise.all(parts)), ...rest].join('\n');
}

/** The repository of a view's title, or of the file in front, or the first. */
async function findRepository(target: unknown): Promise<Repository | null> {
	const git = vscode.extensions.getExtension<GitExtension>('vscode.git');
	if (git === undefined) return null;
	const { repositories } = (await git.activate()).getAPI(1);
	const root = typeof target === 'object' && target !== null && 'rootUri' in target ? String(target.rootUri) : null;
	const file = vscode.window.activeTextEditor?.document.uri.toString() ?? '';
	return (
		repositories.find(({ rootUri }) => rootUri.toString() === root) ??
		repositories.find(({ rootUri }) => file.startsWith(`${rootUri.toString()}/`)) ??
		repositories[0] ??
		null
	);
}
