import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import * as vscode from 'vscode';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { TurnProblems } from '../../webview/channel/turnFacts.ts';
import { agentPath } from '../context/agentFile.ts';
import { words } from '../words.ts';
import { compareProblems, keyOf, type Problem, type ProblemDelta, type ProblemState } from './compareProblems.ts';
import { problemState, toProblem } from './problemState.ts';

/** A language server that says nothing for so long has said what it has to say, in milliseconds. */
const QUIET_MS = 1500;
/** What is known then counts, in milliseconds after the turn's end. */
const LONGEST_WAIT_MS = 20_000;
const MAX_TURNS = 200;
const MAX_ADDED = 50;
const storageKey = 'tiller.turnProblems';

/** Of a turn that runs, or whose language servers still work. */
interface Watched {
	readonly threadId: string;
	readonly before: ProblemState;
	readonly created: Set<string>;
	readonly deleted: Set<string>;
	changedFiles: boolean;
	/** Set when the turn has ended. */
	settle: Settle | null;
}

interface Settle {
	readonly latest: NodeJS.Timeout;
	quiet: NodeJS.Timeout;
}

interface StoredDelta extends ProblemDelta {
	readonly turnId: string;
	readonly threadId: string;
	/** `added` holds only the first of them. */
	readonly addedCount: number;
}

export interface TurnProblemsOptions {
	readonly state: vscode.Memento;
	readonly fix: (problems: readonly { readonly uri: vscode.Uri; readonly diagnostic: vscode.Diagnostic }[]) => Promise<void>;
}

/**
 * The problems that VS Code knows of, before and after each turn. What is found is kept for the newest turns. A turn that began in another
 * window, or before the server was lost, has no beginning here, and nothing is said of it.
 */
export class TurnProblemWatch implements vscode.Disposable {
	readonly #options: TurnProblemsOptions;
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	readonly #watched = new Map<string, Watched>();
	readonly #listener: vscode.Disposable;
	#stored: readonly StoredDelta[];

	constructor(options: TurnProblemsOptions) {
		this.#options = options;
		this.#stored = options.state.get<readonly StoredDelta[]>(storageKey, []);
		this.#listener = vscode.languages.onDidChangeDiagnostics(() => this.#somethingSaid());
	}

	/** By turn id. */
	of(threadId: string | null): Readonly<Record<string, TurnProblems>> {
		return Object.fromEntries(this.#stored.filter((delta) => delta.threadId === threadId).map((delta) => [delta.turnId, toPage(delta)]));
	}

	/** Another server is there: the turns of the former one have no end. */
	connected(): void {
		for (const turnId of [...this.#watched.keys()]) this.#forget(turnId);
	}

	notice(notification: ServerNotification): void {
		switch (notification.method) {
			case 'turn/started': {
				const { threadId, turn } = notification.params;
				if (this.#watched.has(turn.id)) return;
				this.#watched.set(turn.id, {
					threadId,
					before: problemState(),
					created: new Set(),
					deleted: new Set(),
					changedFiles: false,
					settle: null,
				});
				return;
			}
			case 'item/completed': {
				const { item, turnId } = notification.params;
				const watched = this.#watched.get(turnId);
				if (watched === undefined || item.type !== 'fileChange' || item.status !== 'completed') return;
				watched.changedFiles = true;
				for (const { kind, path } of item.changes) {
					const uri = vscode.Uri.file(path).toString();
					if (kind.type === 'add') watched.created.add(uri);
					if (kind.type === 'delete') watched.deleted.add(uri);
				}
				return;
			}
			case 'thread/checkpoint/updated': {
				const watched = this.#watched.get(notification.params.checkpointId);
				if (watched !== undefined) watched.changedFiles = true;
				return;
			}
			case 'turn/completed': {
				const { id } = notification.params.turn;
				const watched = this.#watched.get(id);
				if (watched === undefined || watched.settle !== null) return;
				watched.settle = {
					latest: setTimeout(() => this.#finish(id), LONGEST_WAIT_MS),
					quiet: setTimeout(() => this.#finish(id), QUIET_MS),
				};
				return;
			}
			default:
				return;
		}
	}

	/** Shows a problem that came in a turn. */
	async open(turnId: string, index: number): Promise<void> {
		const problem = this.#stored.find((delta) => delta.turnId === turnId)?.added[index];
		if (problem === undefined) throw new Error(words.problemGone());
		const at = (this.#now(problem) ?? new vscode.Range(problem.line - 1, problem.column - 1, problem.line - 1, problem.column - 1)).start;
		await vscode.commands.executeCommand('vscode.open', vscode.Uri.parse(problem.uri), { selection: new vscode.Range(at, at) });
	}

	/** Puts what came in a turn, and is still there, into the composer. */
	async fix(turnId: string): Promise<void> {
		const added = this.#stored.find((delta) => delta.turnId === turnId)?.added ?? [];
		const taken = new Set<vscode.Diagnostic>();
		const problems = added.flatMap((problem) => {
			const uri = vscode.Uri.parse(problem.uri);
			const diagnostic = this.#diagnostic(problem, taken);
			if (diagnostic === null) return [];
			taken.add(diagnostic);
			return [{ uri, diagnostic }];
		});
		if (problems.length === 0) throw new Error(words.problemsGone());
		await this.#options.fix(problems);
	}

	dispose(): void {
		this.connected();
		this.#listener.dispose();
		this.#changed.dispose();
	}

	#now(problem: Problem): vscode.Range | null {
		return this.#diagnostic(problem, new Set())?.range ?? null;
	}

	/** The same problem as VS Code knows it now, the nearest when there are several; null when it is gone. */
	#diagnostic(problem: Problem, taken: ReadonlySet<vscode.Diagnostic>): vscode.Diagnostic | null {
		const uri = vscode.Uri.parse(problem.uri);
		const same = vscode.languages.getDiagnostics(uri).filter((diagnostic) => {
			const now = toProblem(uri, diagnostic);
			return now !== null && keyOf(now) === keyOf(problem) && !taken.has(diagnostic);
		});
		const distance = ({ range }: vscode.Diagnostic) => Math.abs(range.start.line + 1 - problem.line);
		return same.toSorted((one, other) => distance(one) - distance(other))[0] ?? null;
	}

	#somethingSaid(): void {
		for (const [turnId, { settle }] of this.#watched) {
			if (settle === null) continue;
			clearTimeout(settle.quiet);
			settle.quiet = setTimeout(() => this.#finish(turnId), QUIET_MS);
		}
	}

	#forget(turnId: string): Watched | null {
		const watched = this.#watched.get(turnId) ?? null;
		this.#watched.delete(turnId);
		clearTimeout(watched?.settle?.latest);
		clearTimeout(watched?.settle?.quiet);
		return watched;
	}

	#finish(turnId: string): void {
		const watched = this.#forget(turnId);
		if (watched === null) return;
		const { threadId, before, created, deleted, changedFiles } = watched;
		const delta = compareProblems(before, problemState(), { created, deleted });
		// Of a turn that changed nothing there is nothing to say, unless something changed all the same.
		if (!changedFiles && delta.fixed === 0 && delta.added.length === 0) return;
		const stored: StoredDelta = { ...delta, added: delta.added.slice(0, MAX_ADDED), addedCount: delta.added.length, turnId, threadId };
		this.#stored = [...this.#stored.filter((other) => other.turnId !== turnId), stored].slice(-MAX_TURNS);
		void this.#options.state.update(storageKey, this.#stored);
		this.#changed.fire();
	}
}

function toPage({ before, after, fixed, added, addedCount, notCompared }: StoredDelta): TurnProblems {
	return {
		before,
		after,
		fixed,
		addedCount,
		notCompared,
		added: added.map(({ uri, line, severity, message, source }) => {
			const parsed = vscode.Uri.parse(uri);
			return { path: parsed.scheme === 'file' ? agentPath(parsed.fsPath) : parsed.path, line, severity, message, source };
		}),
	};
}
