import ignore, { type Ignore } from 'ignore';
import * as vscode from 'vscode';
import type { Attachment, Mention } from '../../webview/channel/messages.ts';
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

	async #files(query: string): Promise<readonly Found[]> {
		const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
		if (roots.length === 0) return [];
		const client = await this.#options.ready();
		const { files } = await client.request('fuzzyFileSearch', { query, roots, cancellationToken: 'tiller.mentions' });
		const hidden = excluded();
		const shown = files.filter(({ path }) => !hidden.ignores(path.replaceAll('\\', '/')));
		return shown.map(({ root, path, match_type: type, file_name: name }) => {
			const uri = vscode.Uri.joinPath(vscode.Uri.file(root), path);
			return fileFound(uri, { name, isFolder: type === 'directory' });
		});
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

/** What the person hides from the explorer and from searches. */
function excluded(): Ignore {
	const settings = [vscode.workspace.getConfiguration('files'), vscode.workspace.getConfiguration('search')];
	const globs = settings.map((part) => part.get<Readonly<Record<string, unknown>>>('exclude') ?? {});
	const patterns = globs.flatMap((each) => Object.entries(each).flatMap(([glob, isOn]) => (isOn === true ? [glob] : [])));
	return ignore().add(patterns);
}

/** So many are named before anything is typed. */
const FILES_AT_HAND = 8;

/** Before anything is typed: the files that are open, else some of the workspace. */
async function filesAtHand(): Promise<readonly Found[]> {
	const open = openFiles();
	if (open.length >= FILES_AT_HAND) return open;
	const hidden = excluded();
	const found = await vscode.workspace.findFiles('**/*', undefined, FILES_AT_HAND * 4);
	const others = found.filter(
		(uri) =>
			agentFile(uri).type === 'file' &&
			!hidden.ignores(vscode.workspace.asRelativePath(uri, false)) &&
			!open.some(({ mention }) => mention.id === `path:${uri.fsPath}`),
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
