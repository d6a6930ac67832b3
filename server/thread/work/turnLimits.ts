import type { UserInputAnswer, UserInputQuestion } from '../../items/approver.ts';
import type { TurnEvent } from '../../items/events.ts';
import { RepeatGuard, repeatedCallNote } from '../../turn/repeatGuard.ts';
import type { ToolResult } from '../../turn/toolCalls.ts';

export interface TurnLimitPorts {
	readonly turnId: string;
	/** Tokens that a turn may spend before a person is asked; null: as many as it needs. */
	readonly tokenCap: number | null;
	/** Waits for a person, also over a reload. */
	ask(question: UserInputQuestion): Promise<UserInputAnswer>;
	emit(event: TurnEvent): void;
	/** Ends the turn as an interrupt does. */
	stop(): void;
}

const GO_ON = 'Go on';

/** Keeps one turn from going on forever: pauses it and asks whether it shall go on. */
export class TurnLimits {
	readonly #ports: TurnLimitPorts;
	readonly #repeats = new RepeatGuard();
	#spent = 0;
	#allowed: number;
	#asked = 0;

	constructor(ports: TurnLimitPorts) {
		this.#ports = ports;
		this.#allowed = ports.tokenCap ?? Number.POSITIVE_INFINITY;
	}

	/** One more request was answered; `tokens`: what it took. */
	spent(tokens: number): void {
		this.#spent += tokens;
	}

	/** Called before another request. Resolves when the turn may go on, or has been stopped. */
	async check(results: readonly ToolResult[]): Promise<void> {
		const { turnId, tokenCap } = this.#ports;
		const repeats = this.#repeats.after(results);
		if (repeats === 'tell') {
			const content = [{ type: 'input_text' as const, text: repeatedCallNote }];
			this.#ports.emit({ type: 'history', turnId, item: { type: 'message', role: 'developer', content } });
		}
		if (repeats === 'ask') await this.#ask('Repetition', 'The model makes the same call with the same result again and again. Shall it go on?');
		if (this.#spent < this.#allowed) return;
		const spent = this.#spent.toLocaleString('en');
		await this.#ask('Token limit', `This turn has used ${spent} tokens; the limit is ${this.#allowed.toLocaleString('en')}. Shall it go on?`);
		this.#allowed = this.#spent + (tokenCap ?? 0);
	}

	async #ask(header: string, question: string): Promise<void> {
		const options = [
			{ label: GO_ON, description: 'The turn continues until the limit is reached once more.' },
			{ label: 'Stop', description: 'The turn ends here. What is done stays.' },
		];
		const itemId = `${this.#ports.turnId}-limit-${++this.#asked}`;
		const answer = await this.#ports.ask({ itemId, questions: [{ id: 'go_on', header, question, isOther: false, isSecret: false, options }] });
		if (answer.type !== 'answered' || answer.answers.go_on?.[0] !== GO_ON) this.#ports.stop();
	}
}
