import * as vscode from 'vscode';
import type { Attachment, Mention } from '../../webview/channel/attachment.ts';
import type { Client } from '../server/client.ts';
import { threadTitle } from '../threads/threadList.ts';
import type { ThreadList } from '../threads/threadList.ts';
import { words } from '../words.ts';
import { agentFile, agentPath } from './agentFile.ts';
import {
	type Attached,
	fileAttachment,
	folderAttachment,
	problemsAttachment,
	rangeAttachment,
	terminalAttachment,
	threadAttachment,
} from './attachments.ts';
import { type ExcludeSetting, HiddenFiles } from './hiddenFiles.ts';
import type { TerminalCommands } from './terminalCommands.ts';

export interface MentionsOptions {
	readonly ready: () => Promise<Client>;
	readonly terminals: TerminalCommands;
	readonly threads: ThreadList;
	readonly activeThread: () => string | null;
}

interface Found {
	readonly mention: Mention;
	readonly attach: () => Promise<Attached>;
}

/** Milliseconds that a language server gets to name symbols. */
const SYMBOL_PATIENCE = 400;
/** Mentions that can still be attached: those of the last few answers. */
const REMEMBERED = 200;

/** What `@` can name in this window, and what each stands for. */
export class Mentions {
	readonly #options: MentionsOptions;
	readonly #found = new Map<string, Found>();

	constructor(options: MentionsOptions) {
		this.#options = options;
	}

	async find(query: string): Promise<readonly Mention[]> {
		const wanted = query.toLowerCase();
		const places = [selection(), ...problems(), ...this.#terminals()].filter((found) => found !== null);
		const here = places.filter(({ mention }) => `${mention.kind} ${mention.label}`.toLowerCase().includes(wanted));
		if (query === '') this.#lookAhead();
		const [files, symbols] = await Promise.all([query === '' ? filesAtHand() : this.#files(query), query.length < 2 ? [] : findSymbols(query)]);
		const found = [...here, ...files.slice(0, 12), ...symbols.slice(0, 6), ...this.#threads(wanted)];
		for (const each of found) {
			this.#found.delete(each.mention.id);
			this.#found.set(each.mention.id, each);
		}
		for (const oldest of this.#found.keys()) {
			if (this.#found.size <= REMEMBERED) break;
			this.#found.delete(oldest);
		}
		return found.map(({ mention }) => mention);
	}

	async attach(id: string): Promise<Attached> {
		const found = this.#found.get(id);
		if (found === undefined) throw new Error(words.mentionGone());
		return await found.attach();
	}

	/** Files and folders that were dropped. */
	async attachUris(uris: readonly string[]): Promise<{ readonly attachments: readonly Attachment[]; readonly refused: readonly string[] }> {
		const attachments: Attachment[] = [];
		const refused: string[] = [];
		for (const text of uris.slice(0, 20)) {
			try {
				const uri = vscode.Uri.parse(text, true);
				const { type } = await vscode.workspace.fs.stat(uri);
				const attached = (type & vscode.FileType.Directory) === 0 ? await fileAttachment(uri) : await folderAttachment(uri);
				attachments.push(attached.attachment);
			} catch (error) {
				refused.push(error instanceof Error ? error.message : String(error));
			}
		}
		return { attachments, refused };
	}

	/** Before anything is typed: the server looks at the folders meanwhile. What fails here is heard of by the first query. */
	#lookAhead(): void {
		this.#files('').catch(() => {});
	}

	async #files(query: string): Promise<readonly Found[]> {
		const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
		if (roots.length === 0) return [];
		const client = await this.#options.ready();
		const { files } = await client.request('fuzzyFileSearch', { query, roots, cancellationToken: 'tiller.mentions' });
		const found = files.map((file) => ({ ...file, uri: vscode.Uri.joinPath(vscode.Uri.file(file.root), file.path) }));
		const shown = await notHidden(found.map(({ uri }) => uri));
		return found
			.filter(({ uri }) => shown.has(uri))
			.map(({ uri, match_type: type, file_name: name }) => fileFound(uri, { name, isFolder: type === 'directory' }));
	}

	#terminals(): readonly Found[] {
		return vscode.window.terminals.flatMap((terminal, index) => {
			const command = this.#options.terminals.newest(terminal);
			if (command === null) return [];
			const mention: Mention = { id: `terminal:${index}:${terminal.name}`, kind: 'terminal', label: terminal.name, detail: command.command };
			return [{ mention, attach: async () => terminalAttachment(this.#options.terminals.newest(terminal) ?? command) }];
		});
	}

	#threads(wanted: string): readonly Found[] {
		if (wanted === '') return [];
		return this.#options.threads
			.all()
			.filter(({ id }) => id !== this.#options.activeThread())
			.flatMap((thread) => {
				const title = threadTitle(thread);
				return title?.toLowerCase().includes(wanted) === true ? [{ id: thread.id, title }] : [];
			})
			.slice(0, 4)
			.map(({ id, title }) => ({
				mention: { id: `thread:${id}`, kind: 'thread', label: title, detail: words.mentionThread() },
				attach: async () => threadAttachment(await this.#options.ready(), { id, title }),
			}));
	}
}

function fileFound(uri: vscode.Uri, { name, isFolder }: { readonly name: string; readonly isFolder: boolean }): Found {
	const path = agentPath(uri.fsPath);
	return {
		mention: { id: `path:${uri.fsPath}`, kind: isFolder ? 'folder' : 'file', label: name, detail: path },
		attach: () => (isFolder ? folderAttachment(uri) : fileAttachment(uri)),
	};
}

/** Those that the person does not hide from the Explorer and from searches. */
async function notHidden(uris: readonly vscode.Uri[]): Promise<ReadonlySet<vscode.Uri>> {
	const rules = new Map<string, HiddenFiles>();
	const isShown = async (uri: vscode.Uri): Promise<boolean> => {
		const folder = vscode.workspace.getWorkspaceFolder(uri)?.uri;
		if (folder === undefined) return true;
		const hidden = rules.get(folder.toString()) ?? hiddenIn(folder);
		rules.set(folder.toString(), hidden);
		return !(await hidden.hides(vscode.workspace.asRelativePath(uri, false)));
	};
	const shown = await Promise.all(uris.map(isShown));
	return new Set(uris.filter((_, index) => shown[index]));
}

function hiddenIn(folder: vscode.Uri): HiddenFiles {
	const settings = ['files', 'search'].map((part) => vscode.workspace.getConfiguration(part, folder).get<ExcludeSetting>('exclude') ?? {});
	const exists = (path: string) =>
		Promise.resolve(vscode.workspace.fs.stat(vscode.Uri.joinPath(folder, path))).then(
			() => true,
			() => false,
		);
	return new HiddenFiles(settings, exists);
}

/** So many are named before anything is typed. */
const FILES_AT_HAND = 8;

/** Before anything is typed: the files that are open, else some of the workspace. */
async function filesAtHand(): Promise<readonly Found[]> {
	const open = openFiles();
	if (open.length >= FILES_AT_HAND) return open;
	const found = await vscode.workspace.findFiles('**/*', undefined, FILES_AT_HAND * 4);
	const shown = await notHidden(found);
	const others = found.filter(
		(uri) => agentFile(uri).type === 'file' && shown.has(uri) && !open.some(({ mention }) => mention.id === `path:${uri.fsPath}`),
	);
	const named = others.map((uri) => fileFound(uri, { name: uri.path.slice(uri.path.lastIndexOf('/') + 1), isFolder: false }));
	return [...open, ...named].slice(0, FILES_AT_HAND);
}

/** The files that are open. */
function openFiles(): readonly Found[] {
	const uris = vscode.window.tabGroups.all.flatMap(({ tabs }) =>
		tabs.flatMap(({ input }) => (input instanceof vscode.TabInputText ? [input.uri] : [])),
	);
	const paths = new Set<string>();
	return uris.flatMap((uri) => {
		if (agentFile(uri).type === 'refused' || paths.has(uri.fsPath)) return [];
		paths.add(uri.fsPath);
		return [fileFound(uri, { name: uri.path.slice(uri.path.lastIndexOf('/') + 1), isFolder: false })];
	});
}

function selection(): Found | null {
	const editor = vscode.window.activeTextEditor;
	if (editor === undefined || editor.selection.isEmpty || agentFile(editor.document.uri).type === 'refused') return null;
	const { document } = editor;
	const range = new vscode.Range(editor.selection.start, editor.selection.end);
	const detail = `${agentPath(document.uri.fsPath)}:${range.start.line + 1}-${range.end.line + 1}`;
	return {
		mention: { id: 'selection', kind: 'selection', label: words.mentionSelection(), detail },
		attach: async () => rangeAttachment(document, range, 'selection'),
	};
}

function problems(): readonly Found[] {
	const all = vscode.languages.getDiagnostics().flatMap(([uri, diagnostics]) => {
		return agentFile(uri).type === 'refused'
			? []
			: diagnostics.filter(({ severity }) => severity <= vscode.DiagnosticSeverity.Warning).map((diagnostic) => ({ uri, diagnostic }));
	});
	const open = vscode.window.activeTextEditor?.document.uri.toString();
	const here = all.filter(({ uri }) => uri.toString() === open);
	const found = (id: string, label: string, which: typeof all): readonly Found[] =>
		which.length === 0
			? []
			: [
					{
						mention: { id, kind: 'problems', label, detail: words.mentionProblemCount(which.length) },
						attach: () => problemsAttachment(label, which),
					},
				];
	return [
		...found('problems:file', words.mentionProblemsHere(), here),
		...(all.length === here.length ? [] : found('problems:all', words.mentionProblemsAll(), all)),
	];
}

async function findSymbols(query: string): Promise<readonly Found[]> {
	let timer: NodeJS.Timeout | undefined;
	const patience = new Promise<readonly vscode.SymbolInformation[]>((resolve) => {
		timer = setTimeout(() => resolve([]), SYMBOL_PATIENCE);
	});
	const asked = Promise.resolve(
		vscode.commands.executeCommand<readonly vscode.SymbolInformation[] | undefined>('vscode.executeWorkspaceSymbolProvider', query),
	);
	const symbols = await Promise.race([asked.catch(() => []), patience]);
	clearTimeout(timer);
	return (symbols ?? [])
		.filter(({ location }) => agentFile(location.uri).type === 'file')
		.map(({ name, location: { uri, range } }) => {
			const at = `${agentPath(uri.fsPath)}:${range.start.line + 1}`;
			return {
				mention: { id: `symbol:${name}:${at}`, kind: 'symbol' as const, label: name, detail: at },
				attach: async () => rangeAttachment(await vscode.workspace.openTextDocument(uri), range, 'symbol'),
			};
		});
}
