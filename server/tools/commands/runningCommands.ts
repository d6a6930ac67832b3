import type { ExitStatus } from '../../exec/process.ts';
import type { Terminal, Terminals } from '../../exec/terminals.ts';
import type { CommandCard, CardFacts } from './commandCard.ts';

/** A started command: the process, and the card that shows it at present. */
export interface RunningCommand {
	readonly terminal: Terminal;
	readonly facts: CardFacts;
	/** The connections that were refused since the last call, a line each. */
	readonly takeRefusals: () => readonly string[];
	card: CommandCard;
}

/** How long an ended process may take to hand over its last output. */
const LAST_OUTPUT_MS = 1000;

/** Told of what has no code of its own: a signal ended it. */
const KILLED = -1;

export function toldExitCode(exit: ExitStatus): number {
	return exit.signal === null ? exit.exitCode : KILLED;
}

/** Shows the end of a command, or how far it is when its turn ends before it. */
export function closeCard({ terminal, card }: Pick<RunningCommand, 'terminal' | 'card'>): void {
	const output = terminal.captured.text() || null;
	if (terminal.stopped) {
		card.close({ status: 'failed', output, exitCode: terminal.exit === null ? KILLED : toldExitCode(terminal.exit), stopped: true });
	} else if (terminal.exit === null) {
		card.leave(output);
	} else {
		const exitCode = toldExitCode(terminal.exit);
		card.close({ status: exitCode === 0 ? 'completed' : 'failed', output, exitCode });
	}
}

function within(ms: number, promise: Promise<unknown>): Promise<unknown> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise((resolve) => {
		timer = setTimeout(resolve, ms);
	});
	return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

/** The commands that the model can still talk to, by session number. */
export class RunningCommands {
	readonly #terminals: Terminals;
	readonly #commands = new Map<number, RunningCommand>();

	constructor(terminals: Terminals) {
		this.#terminals = terminals;
	}

	add(command: RunningCommand): void {
		this.#commands.set(command.terminal.id, command);
	}

	/** For a command that outlives its call, and maybe its turn: the end of its process ends its card. */
	closeAtExit(command: RunningCommand): void {
		const { terminal, card } = command;
		void terminal.exited.then(() => closeCard({ terminal, card }));
	}

	get(threadId: string, id: number): RunningCommand | null {
		return this.#terminals.get(threadId, id) === null ? null : (this.#commands.get(id) ?? null);
	}

	/** The model knows that it has ended. */
	forget(id: number): void {
		this.#terminals.forget(id);
		this.#commands.delete(id);
	}

	async kill(command: RunningCommand): Promise<void> {
		await this.#terminals.kill(command.terminal);
		await within(LAST_OUTPUT_MS, command.terminal.exited);
		closeCard(command);
		this.forget(command.terminal.id);
	}

	/** Every card of a turn is closed before the turn ends; the processes live on. */
	endTurn(turnId: string): void {
		for (const command of this.#commands.values()) {
			if (command.card.turnId === turnId && command.card.isOpen) closeCard(command);
		}
		for (const [id, command] of this.#commands) if (command.terminal.exit !== null && !this.#isKept(command)) this.#commands.delete(id);
	}

	/** Whether the model may still come back for the last output. */
	#isKept(command: RunningCommand): boolean {
		return this.#terminals.get(command.terminal.threadId, command.terminal.id) !== null;
	}

	/** The commands of a thread that still run, the oldest first. */
	list(threadId: string): readonly RunningCommand[] {
		return [...this.#commands.values()].filter(({ terminal }) => terminal.threadId === threadId && terminal.exit === null);
	}

	get threads(): readonly string[] {
		return [...this.#commands.values()].map(({ terminal }) => terminal.threadId);
	}

	/** Ends those of a thread beyond a number, the ones that nobody used for longest; gives them. */
	async endBeyond(threadId: string, most: number): Promise<readonly RunningCommand[]> {
		const byUse = this.list(threadId).toSorted((a, b) => a.terminal.lastUsed - b.terminal.lastUsed);
		const ended = byUse.slice(0, Math.max(0, byUse.length - most));
		await Promise.all(ended.map((command) => this.kill(command)));
		return ended;
	}

	/** Ends all commands of a thread. */
	async endThread(threadId: string): Promise<void> {
		const own = [...this.#commands.values()].filter(({ terminal }) => terminal.threadId === threadId);
		await Promise.all(own.map((command) => this.kill(command)));
		await this.#terminals.killAll(threadId);
	}
}
