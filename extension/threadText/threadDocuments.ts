import * as vscode from 'vscode';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import { threadIdOf } from '../server/threadIdOf.ts';
import type { Client } from '../server/client.ts';
import { threadTitle } from '../threads/threadList.ts';
import { words } from '../words.ts';
import { allTurns, followThread, newerTurns } from './readThread.ts';
import { type TextSection, type ThreadText, threadMarkdown } from './threadMarkdown.ts';
import { textWords } from './textWords.ts';

const threadScheme = 'tiller-thread';

export interface ThreadDocumentsOptions {
	readonly ready: () => Promise<Client>;
	readonly trusted: () => boolean;
	/** Whether a question of the thread waits for an answer. */
	readonly waiting: (threadId: string) => boolean;
}

interface OpenText {
	readonly thread: Thread;
	readonly refused: string | null;
	readonly turns: readonly Turn[];
	readonly text: ThreadText;
}

/** After a change the text is made again once in this time, however many changes there are. */
const REFRESH_MS = 300;

/** Threads as read-only documents of the editor that grow while the thread works: for find, copy, folding, outline and screen readers. */
export class ThreadDocuments
	implements
		vscode.TextDocumentContentProvider,
		vscode.DocumentSymbolProvider,
		vscode.FoldingRangeProvider,
		vscode.CodeLensProvider,
		vscode.Disposable
{
	readonly #options: ThreadDocumentsOptions;
	readonly #changed = new vscode.EventEmitter<vscode.Uri>();
	readonly onDidChange = this.#changed.event;
	readonly #lensesChanged = new vscode.EventEmitter<void>();
	readonly onDidChangeCodeLenses = this.#lensesChanged.event;
	readonly #open = new Map<string, OpenText>();
	readonly #timers = new Map<string, NodeJS.Timeout>();
	readonly #owned: readonly vscode.Disposable[];

	constructor(options: ThreadDocumentsOptions) {
		this.#options = options;
		const selector: vscode.DocumentSelector = { scheme: threadScheme };
		this.#owned = [
			this.#changed,
			this.#lensesChanged,
			vscode.workspace.registerTextDocumentContentProvider(threadScheme, this),
			vscode.languages.registerDocumentSymbolProvider(selector, this, { label: 'Tiller' }),
			vscode.languages.registerFoldingRangeProvider(selector, this),
			vscode.languages.registerCodeLensProvider(selector, this),
			vscode.workspace.onDidCloseTextDocument(({ uri }) => uri.scheme === threadScheme && this.#close(uri.query)),
		];
	}

	dispose(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
		for (const part of this.#owned) part.dispose();
	}

	/** Shows a thread as a text; the cursor is put where its last turn begins. */
	async show(thread: Thread): Promise<void> {
		const shown = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === threadScheme && uri.query === thread.id);
		const document = shown ?? (await vscode.workspace.openTextDocument(uriOf(thread)));
		const last = this.#open.get(thread.id)?.text.sections.findLast(({ kind }) => kind === 'turn')?.firstLine ?? 0;
		const at = new vscode.Position(last, 0);
		await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at), preview: false });
	}

	/** The text of a thread at this moment, as it is exported. */
	async read(threadId: string): Promise<string> {
		const client = await this.#options.ready();
		const { thread } = await client.request('thread/read', { threadId, includeTurns: false });
		return textOf(thread, { turns: await allTurns(client, threadId), refused: null }).text;
	}

	async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
		const known = this.#open.get(uri.query);
		if (known !== undefined) return known.text.text;
		try {
			return (await this.#load(uri.query)).text.text;
		} catch (error) {
			return textWords.gone(error instanceof Error ? error.message : String(error));
		}
	}

	/** The server is there (again): what was missed meanwhile is read. */
	connected(): void {
		for (const { uri } of vscode.workspace.textDocuments) {
			if (uri.scheme !== threadScheme) continue;
			this.#open.delete(uri.query);
			this.#changed.fire(uri);
		}
	}

	notice(notification: ServerNotification): void {
		const threadId = threadIdOf(notification);
		if (threadId === null || !this.#open.has(threadId) || !changesText(notification.method) || this.#timers.has(threadId)) return;
		this.#timers.set(
			threadId,
			setTimeout(() => {
				this.#timers.delete(threadId);
				// Without a server nothing changes; its return brings us here again.
				this.#refresh(threadId).catch(() => {});
			}, REFRESH_MS),
		);
	}

	/** What waits for an answer has changed. */
	refreshLenses(): void {
		if (this.#open.size > 0) this.#lensesChanged.fire();
	}

	provideDocumentSymbols({ uri, lineCount }: vscode.TextDocument): vscode.DocumentSymbol[] {
		const turns: vscode.DocumentSymbol[] = [];
		for (const section of this.#sections(uri, lineCount)) {
			const range = new vscode.Range(section.firstLine, 0, section.lastLine, Number.MAX_SAFE_INTEGER);
			const name = section.title;
			const kind = section.kind === 'turn' ? vscode.SymbolKind.Namespace : vscode.SymbolKind.String;
			const symbol = new vscode.DocumentSymbol(name, '', kind, range, new vscode.Range(section.firstLine, 0, section.firstLine, 0));
			if (section.kind === 'turn') turns.push(symbol);
			else turns.at(-1)?.children.push(symbol);
		}
		return turns;
	}

	provideFoldingRanges({ uri, lineCount }: vscode.TextDocument): vscode.FoldingRange[] {
		return this.#sections(uri, lineCount).map(({ firstLine, lastLine }) => new vscode.FoldingRange(firstLine, lastLine));
	}

	provideCodeLenses({ uri, lineCount }: vscode.TextDocument): vscode.CodeLens[] {
		const threadId = uri.query;
		const lens = (line: number, title: string, command: string, args: readonly unknown[]) =>
			new vscode.CodeLens(new vscode.Range(line, 0, line, 0), { title, command, arguments: [...args] });
		const top = lens(0, textWords.openInChat(), 'tiller.openThread', [{ type: 'thread', threadId }]);
		const question = this.#options.waiting(threadId) ? [lens(0, `$(bell-dot) ${words.waitingTooltip()}`, 'tiller.showApprovals', [])] : [];
		const turns = this.#sections(uri, lineCount)
			.filter(({ kind }) => kind === 'turn')
			.map(({ id, firstLine, running }) =>
				running
					? lens(firstLine, textWords.stop(), 'tiller.stop', [{ threadId, turnId: id }])
					: lens(firstLine, textWords.forkHere(), 'tiller.forkThread', [threadId, id]),
			);
		return [top, ...question, ...turns];
	}

	/** Of the text that the document has: while a new one is on its way to it, what lies beyond its end is left out. */
	#sections(uri: vscode.Uri, lineCount: number): readonly TextSection[] {
		const sections = this.#open.get(uri.query)?.text.sections ?? [];
		return sections.filter(({ lastLine }) => lastLine < lineCount);
	}

	async #load(threadId: string): Promise<OpenText> {
		const client = await this.#options.ready();
		const { thread, refused } = await followThread(client, threadId, this.#options.trusted());
		const turns = await allTurns(client, threadId);
		return this.#keep(thread, { turns, refused });
	}

	async #refresh(threadId: string): Promise<void> {
		const known = this.#open.get(threadId);
		const document = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === threadScheme && uri.query === threadId);
		if (known === undefined || document === undefined) return;
		const client = await this.#options.ready();
		const { thread } = await client.request('thread/read', { threadId, includeTurns: false });
		const turns = await newerTurns(client, threadId, known.turns);
		if (!this.#open.has(threadId)) return;
		this.#keep(thread, { turns, refused: known.refused });
		this.#changed.fire(document.uri);
		this.#lensesChanged.fire();
	}

	#keep(thread: Thread, { turns, refused }: { readonly turns: readonly Turn[]; readonly refused: string | null }): OpenText {
		const open = { thread, refused, turns, text: textOf(thread, { turns, refused }) };
		this.#open.set(thread.id, open);
		return open;
	}

	#close(threadId: string): void {
		this.#open.delete(threadId);
	}
}

function textOf(thread: Thread, { turns, refused }: { readonly turns: readonly Turn[]; readonly refused: string | null }): ThreadText {
	const facts = [
		textWords.folder(thread.cwd),
		textWords.begun(new Date(thread.createdAt * 1000).toLocaleString()),
		textWords.threadId(thread.id),
		...(refused === null ? [] : [textWords.notLive(refused)]),
	];
	return threadMarkdown({ title: threadTitle(thread) ?? words.unnamedThread(), facts, turns }, textWords);
}

/** Pieces of a text that is still being written are not followed one by one: a screen reader would not come to rest. */
function changesText(method: string): boolean {
	return method.startsWith('turn/') || method === 'item/started' || method === 'item/completed' || method === 'thread/name/updated';
}

/** The path is the name on the tab; the thread is the query. */
function uriOf(thread: Thread): vscode.Uri {
	const name = fileName(thread);
	return vscode.Uri.from({ scheme: threadScheme, path: `/${name}.tiller-thread`, query: thread.id });
}

/** A name for a file of this thread, without an ending. */
export function fileName(thread: Thread): string {
	const title = threadTitle(thread) ?? words.unnamedThread();
	return (
		title
			.replace(/[/\\:*?"<>|\p{Cc}]+/gu, ' ')
			.trim()
			.slice(0, 60) || 'thread'
	);
}
