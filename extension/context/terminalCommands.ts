import { stripVTControlCharacters } from 'node:util';
import * as vscode from 'vscode';
import { plainOutput, type TerminalContext } from './contextText.ts';

/** Characters that are kept of what the newest command of a terminal wrote. */
const KEPT = 64 * 1024;

interface Command {
	readonly execution: vscode.TerminalShellExecution;
	raw: string;
	exitCode: number | null;
	running: boolean;
}

/**
 * The newest command of each terminal with what it wrote, as far as the shell integration tells where it begins and ends.
 * Kept in memory only, until the next command; the terminal's own text cannot be read by an extension. What a command writes in the very
 * moment it starts, VS Code does not hand over.
 */
export class TerminalCommands implements vscode.Disposable {
	readonly #commands = new Map<vscode.Terminal, Command>();
	readonly #owned: readonly vscode.Disposable[];

	constructor() {
		this.#owned = [
			vscode.window.onDidStartTerminalShellExecution(({ terminal, execution }) => {
				// Without its output a command is still known.
				this.#follow(terminal, execution).catch(() => {});
			}),
			vscode.window.onDidEndTerminalShellExecution(({ terminal, execution, exitCode }) => {
				const command = this.#commands.get(terminal);
				if (command?.execution !== execution) return;
				command.running = false;
				command.exitCode = exitCode ?? null;
			}),
			vscode.window.onDidCloseTerminal((terminal) => this.#commands.delete(terminal)),
		];
	}

	/** Null when no command is known. */
	newest(terminal: vscode.Terminal): TerminalContext | null {
		const command = this.#commands.get(terminal);
		if (command === undefined) return null;
		const { execution, raw, exitCode, running } = command;
		return {
			terminal: terminal.name,
			command: execution.commandLine.value,
			output: plainOutput(raw, stripVTControlCharacters),
			exitCode,
			running,
		};
	}

	dispose(): void {
		for (const part of this.#owned) part.dispose();
		this.#commands.clear();
	}

	async #follow(terminal: vscode.Terminal, execution: vscode.TerminalShellExecution): Promise<void> {
		const command: Command = { execution, raw: '', exitCode: null, running: true };
		this.#commands.set(terminal, command);
		for await (const data of execution.read()) {
			const raw = command.raw + data;
			// Cut seldom, so that a command that writes much is not copied with each piece.
			command.raw = raw.length > 2 * KEPT ? raw.slice(-KEPT) : raw;
		}
	}
}
