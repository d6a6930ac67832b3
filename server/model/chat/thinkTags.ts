const START = '<think>';
const END = '</think>';

export interface Piece {
	readonly kind: 'thought' | 'text';
	readonly text: string;
}

/** Some models write what they think into the answer, between tags at its start; the tags may come in pieces. */
export class ThinkTags {
	#state: 'undecided' | 'inside' | 'none' = 'undecided';
	/** Too short to know yet. */
	#held = '';

	read(text: string): readonly Piece[] {
		if (this.#state === 'none') return [{ kind: 'text', text }];
		this.#held += text;
		if (this.#state === 'undecided') {
			const start = this.#held.trimStart();
			if (start.length < START.length && START.startsWith(start)) return [];
			if (!start.startsWith(START)) {
				this.#state = 'none';
				return [{ kind: 'text', text: this.#take() }];
			}
			this.#state = 'inside';
			this.#held = start.slice(START.length);
		}
		const end = this.#held.indexOf(END);
		if (end >= 0) {
			const held = this.#take();
			this.#state = 'none';
			return pieces(['thought', held.slice(0, end)], ['text', held.slice(end + END.length).trimStart()]);
		}
		const sure = this.#held.length - END.length + 1;
		if (sure <= 0) return [];
		const thought = this.#held.slice(0, sure);
		this.#held = this.#held.slice(sure);
		return pieces(['thought', thought]);
	}

	/** What was held back when nothing more comes. */
	end(): readonly Piece[] {
		return pieces([this.#state === 'inside' ? 'thought' : 'text', this.#take()]);
	}

	#take(): string {
		const held = this.#held;
		this.#held = '';
		return held;
	}
}

function pieces(...found: readonly (readonly [Piece['kind'], string])[]): readonly Piece[] {
	return found.flatMap(([kind, text]) => (text === '' ? [] : [{ kind, text }]));
}
