import type { CommandItem, CommandSource } from '../../items/item.ts';
import type { ToolContext } from '../tool.ts';

export type CardFacts = Pick<CommandItem, 'id' | 'argv' | 'cwd' | 'actions'>;

export interface CardEnd {
	readonly status: 'completed' | 'failed' | 'declined';
	readonly output: string | null;
	readonly exitCode: number | null;
	readonly stopped?: true;
}

/** Live output beyond this is not sent piece by piece; the finished item has its beginning and its end. */
const LIVE_BYTES = 1024 * 1024;

/**
 * The item of one command: started once, completed once, output only in between. One that outlives its turn is completed with what there is
 * when that ends, and once more when it has ended itself.
 */
export class CommandCard {
	readonly #facts: CardFacts;
	readonly #context: ToolContext;
	#state: 'new' | 'open' | 'left' | 'closed' = 'new';
	#source: CommandSource = 'agent';
	#processId: string | null = null;
	#isRunning = false;
	#startedAt = 0;
	/** Of a clock that nobody sets. */
	#began = 0;
	#live = 0;

	constructor(facts: CardFacts, context: ToolContext) {
		this.#facts = facts;
		this.#context = context;
	}

	get id(): string {
		return this.#facts.id;
	}

	get turnId(): string {
		return this.#context.turnId;
	}

	/** Unix milliseconds; 0 before it is shown. */
	get startedAt(): number {
		return this.#startedAt;
	}

	get isOpen(): boolean {
		return this.#state === 'open';
	}

	/** Shows the command; `null` before it runs, while a person is asked. Later calls only tell the process, and its number where it has one. */
	open(process: { readonly id: number | null; readonly source: CommandSource } | null): void {
		if (process !== null) {
			this.#processId = process.id === null ? null : String(process.id);
			this.#isRunning = true;
			this.#source = process.source;
			this.#startedAt = Date.now();
			this.#began = performance.now();
		}
		if (this.#state !== 'new') return;
		this.#state = 'open';
		this.#startedAt = Date.now();
		this.#context.emit({ type: 'itemStarted', turnId: this.turnId, at: this.#startedAt, item: this.#item({ status: 'inProgress' }) });
	}

	output(delta: string): void {
		if (this.#state !== 'open' || this.#live >= LIVE_BYTES) return;
		this.#live += Buffer.byteLength(delta);
		const rest = this.#live < LIVE_BYTES ? '' : '\n[... more output: its end is shown when the command has ended ...]\n';
		this.#context.emit({ type: 'commandOutput', turnId: this.turnId, itemId: this.id, delta: delta + rest });
	}

	/** Opens the card first when nothing was shown yet; does nothing when it is closed. */
	close(end: CardEnd): void {
		if (this.#state === 'closed') return;
		this.open(null);
		this.#state = 'closed';
		this.#complete(end);
	}

	/** The turn ends, the command goes on: its end is still to come. */
	leave(output: string | null): void {
		if (this.#state !== 'open') return;
		this.#state = 'left';
		this.#complete({ status: 'completed', output, exitCode: null });
	}

	#complete(end: CardEnd): void {
		const at = Date.now();
		const durationMs = !this.#isRunning ? null : Math.round(performance.now() - this.#began);
		this.#context.emit({ type: 'itemCompleted', turnId: this.turnId, at, item: this.#item({ ...end, durationMs }) });
	}

	#item(state: Pick<CommandItem, 'status'> & Partial<CommandItem>): CommandItem {
		const base = { output: null, exitCode: null, durationMs: null, ...this.#facts, type: 'command', source: this.#source } as const;
		return { ...base, processId: this.#processId, ...state };
	}
}
