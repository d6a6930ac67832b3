interface HasThread {
	readonly thread: { readonly turns: readonly unknown[] };
}

/** An answer whose turns are texts already, as its client gets them: those of a long thread are never in memory all at once in any other form. */
export class WithTurns<Result extends HasThread = HasThread> {
	/** Without turns. */
	readonly result: Result;
	readonly turns: readonly string[];

	constructor(result: Result, turns: readonly string[]) {
		this.result = result;
		this.turns = turns;
	}
}

/** `result`, an object with a thread, as JSON with the turns in their place. */
export function textWithTurns(result: unknown, turns: readonly string[]): string {
	if (!isObject(result) || !isObject(result.thread)) throw new TypeError('an answer with turns has no thread');
	const { thread, ...others } = result;
	const { turns: _, ...ofThread } = thread;
	return withMember(others, 'thread', withMember(ofThread, 'turns', `[${turns.join(',')}]`));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null;
}

function withMember(object: object, name: string, text: string): string {
	const others = JSON.stringify(object);
	return `${others.slice(0, -1)}${others === '{}' ? '' : ','}${JSON.stringify(name)}:${text}}`;
}
