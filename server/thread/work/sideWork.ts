import { takesInput } from '../messages.ts';
import { compactionWork } from './modelWork.ts';
import type { ActiveTurn, TurnChanges, TurnHost, TurnWork } from './turnRun.ts';
import { runBesideTurn, userShellWork } from './userShellWork.ts';
import { l10n, TextError } from '../../words/l10n.ts';

/** Another turn runs. */
export class TurnRunningError extends TextError {}

export interface SideWorkHost {
	readonly turnHost: TurnHost;
	active(): ActiveTurn | null;
	/** Begins a turn without a message. */
	begin(work: TurnWork): void;
	/** Nobody is told of anything until the returned function is called. */
	hold(): () => void;
}

/** Called once the answer is on its way: from then on clients are told. */
export interface Begun {
	begin(): void;
}

const underWay: Begun = { begin: () => {} };

/** What people ask of a thread besides sending messages: in a turn of its own, or beside or within the one that runs. */
export class SideWork {
	readonly #host: SideWorkHost;

	constructor(host: SideWorkHost) {
		this.#host = host;
	}

	/** Makes room in the context. Throws `TurnRunningError` during a review, whose history is its own. */
	async compact(): Promise<Begun> {
		const turn = await this.#runningTurn();
		if (turn) {
			turn.compactionWanted = true;
			return underWay;
		}
		return this.#begin(compactionWork);
	}

	/** Runs a command of the person. Throws `TurnRunningError` during a review. */
	async shellCommand(command: string): Promise<Begun> {
		const turn = await this.#runningTurn();
		if (!turn) return this.#begin(userShellWork(command));
		runBesideTurn(this.#host.turnHost, turn, command);
		return underWay;
	}

	/** For the requests of a turn from the next one on. False when it does not run. */
	changeTurn(turnId: string, changes: TurnChanges): boolean {
		const turn = this.#host.active();
		if (turn?.id !== turnId) return false;
		turn.changes = { ...turn.changes, ...changes };
		return true;
	}

	#begin(work: TurnWork): Begun {
		const begin = this.#host.hold();
		this.#host.begin(work);
		return { begin };
	}

	/** The turn that runs and goes on; null once there is none. */
	async #runningTurn(): Promise<ActiveTurn | null> {
		for (let turn = this.#host.active(); turn; turn = this.#host.active()) {
			if (turn.kind === 'review') {
				throw new TurnRunningError(l10n`a review is running in thread ${this.#host.turnHost.id}: wait for its end or interrupt it first`);
			}
			if (takesInput(turn)) return turn;
			await turn.done;
		}
		return null;
	}
}
