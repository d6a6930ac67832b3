const OPEN = '<proposed_plan>';
const CLOSE = '</proposed_plan>';

export interface PlanSegment {
	readonly kind: 'text' | 'plan';
	readonly text: string;
}

/**
 * Cuts the plan out of a message that streams in. The tags count when they are alone on their line; they and their line breaks belong
 * to neither side. What could still become a tag is held back until it is known. A plan that is not closed goes to the end.
 */
export class ProposedPlanParser {
	#inPlan = false;
	/** Text of the current line that may be the beginning of a tag; null in a line that is none. */
	#held: string | null = '';

	push(delta: string): PlanSegment[] {
		const segments: PlanSegment[] = [];
		let rest = delta;
		while (rest !== '') {
			const end = rest.indexOf('\n') + 1;
			const piece = end === 0 ? rest : rest.slice(0, end);
			rest = rest.slice(piece.length);
			this.#piece(piece, segments);
		}
		return segments;
	}

	/** The message is complete. */
	finish(): PlanSegment[] {
		const segments: PlanSegment[] = [];
		if (this.#held !== null) this.#line(this.#held, segments);
		this.#held = '';
		return segments;
	}

	/** A line, or a part of one: only its last part has a line break. */
	#piece(piece: string, segments: PlanSegment[]): void {
		const isWhole = piece.endsWith('\n');
		if (this.#held === null) {
			this.#put(piece, segments);
		} else {
			const line = this.#held + piece;
			if (isWhole) this.#line(line, segments);
			else if (this.#mayBecomeTag(line)) {
				this.#held = line;
				return;
			} else this.#put(line, segments);
		}
		this.#held = isWhole ? '' : null;
	}

	#line(line: string, segments: PlanSegment[]): void {
		if (line.trim() === this.#tag) {
			this.#inPlan = !this.#inPlan;
			if (this.#inPlan) segments.push({ kind: 'plan', text: '' });
		} else this.#put(line, segments);
	}

	get #tag(): string {
		return this.#inPlan ? CLOSE : OPEN;
	}

	#mayBecomeTag(line: string): boolean {
		const text = line.trimStart();
		return text.startsWith(this.#tag) ? text.slice(this.#tag.length).trim() === '' : this.#tag.startsWith(text);
	}

	#put(text: string, segments: PlanSegment[]): void {
		if (text === '') return;
		const kind = this.#inPlan ? 'plan' : 'text';
		const last = segments.at(-1);
		if (last?.kind === kind) segments[segments.length - 1] = { kind, text: last.text + text };
		else segments.push({ kind, text });
	}
}

/** A finished message: what is said, and the plan in it; null when there is none. */
export function splitPlan(message: string): { readonly text: string; readonly plan: string | null } {
	const parser = new ProposedPlanParser();
	const segments = [...parser.push(message), ...parser.finish()];
	const joined = (kind: PlanSegment['kind']) => segments.filter((each) => each.kind === kind).map((each) => each.text);
	const plan = joined('plan');
	return { text: joined('text').join(''), plan: plan.length === 0 ? null : plan.join('') };
}
