/** A part of a glob: one character, or how many may stand there. */
type Token =
	| { readonly type: 'one'; readonly test: (character: string) => boolean }
	/** `*`: anything within a name. */
	| { readonly type: 'star' }
	/** `**` and a slash: any number of whole folders. */
	| { readonly type: 'folders' }
	/** `**` at the end: everything below. */
	| { readonly type: 'rest' };

/**
 * A glob as git understands it in its ignore files. Null for one that fits nothing. The time of a test grows with the
 * lengths of both, never faster, so that no file in a project can hold a search up.
 */
export function compileGlob(glob: string): ((text: string) => boolean) | null {
	const tokens = tokensOf(glob);
	return tokens === null ? null : (text) => matches(tokens, text);
}

function tokensOf(glob: string): readonly Token[] | null {
	const tokens: Token[] = [];
	let at = 0;
	while (at < glob.length) {
		// Two stars mean "in any folder" only between slashes; elsewhere they are like one.
		const isPart = at === 0 || glob[at - 1] === '/';
		if (glob[at] === '*') {
			const start = at;
			while (glob[at] === '*') at++;
			const isDouble = isPart && at - start > 1;
			if (isDouble && glob[at] === '/') {
				tokens.push({ type: 'folders' });
				at++;
			} else tokens.push({ type: isDouble && at === glob.length ? 'rest' : 'star' });
		} else if (glob[at] === '?') {
			tokens.push({ type: 'one', test: (character) => character !== '/' });
			at++;
		} else if (glob[at] === '[') {
			const bracket = readBracket(glob, at);
			if (bracket === null) return null;
			tokens.push({ type: 'one', test: bracket.test });
			at = bracket.end;
		} else {
			if (glob[at] === '\\') at++;
			const own = String.fromCodePoint(glob.codePointAt(at) ?? 0);
			tokens.push({ type: 'one', test: (character) => character === own });
			at += own.length;
		}
	}
	return tokens;
}

/** Follows all ways through the tokens at once. State `i`: tokens before `i` are used up. */
function matches(tokens: readonly Token[], text: string): boolean {
	const end = tokens.length;
	let states = new Set<number>();
	/** Tokens of type `folders` that are inside a folder's name. */
	let inFolder = new Set<number>();
	const enter = (set: Set<number>, state: number) => {
		for (let at = state; !set.has(at); at++) {
			set.add(at);
			const type = tokens[at]?.type;
			if (type !== 'star' && type !== 'folders') return;
		}
	};
	enter(states, 0);
	for (const character of text) {
		const next = new Set<number>();
		const nextInFolder = new Set<number>();
		for (const at of states) {
			const token = tokens[at];
			switch (token?.type) {
				case 'one':
					if (token.test(character)) enter(next, at + 1);
					break;
				case 'star':
					if (character !== '/') enter(next, at);
					break;
				case 'folders':
					if (character !== '/') nextInFolder.add(at);
					break;
				case 'rest':
					return true;
				case undefined:
			}
		}
		for (const at of inFolder) {
			if (character === '/') enter(next, at);
			else nextInFolder.add(at);
		}
		if (next.size === 0 && nextInFolder.size === 0) return false;
		states = next;
		inFolder = nextInFolder;
	}
	return states.has(end);
}

const CLASSES: Readonly<Record<string, RegExp>> = {
	alnum: /^[A-Za-z0-9]$/,
	alpha: /^[A-Za-z]$/,
	blank: /^[ \t]$/,
	digit: /^[0-9]$/,
	lower: /^[a-z]$/,
	upper: /^[A-Z]$/,
	space: /^\s$/,
	xdigit: /^[A-Fa-f0-9]$/,
	punct: /^[!-/:-@[-`{-~]$/,
};

function readBracket(glob: string, start: number): { readonly test: (character: string) => boolean; readonly end: number } | null {
	let at = start + 1;
	const isNegated = glob[at] === '!' || glob[at] === '^';
	if (isNegated) at++;
	const parts: ((character: string) => boolean)[] = [];
	const readOne = () => {
		if (glob[at] === '\\') at++;
		const one = glob.codePointAt(at) ?? 0;
		at += one > 0xffff ? 2 : 1;
		return one;
	};
	for (let isFirst = true; at < glob.length; isFirst = false) {
		if (glob[at] === ']' && !isFirst) {
			// A slash is in no bracket, as git has it.
			return { test: (character) => character !== '/' && parts.some((part) => part(character)) !== isNegated, end: at + 1 };
		}
		const named = /^\[:(\w+):\]/.exec(glob.slice(at));
		if (named !== null) {
			const expression = CLASSES[named[1] ?? ''];
			if (expression === undefined) return null;
			parts.push((character) => expression.test(character));
			at += named[0].length;
			continue;
		}
		const low = readOne();
		let high = low;
		if (glob[at] === '-' && at + 1 < glob.length && glob[at + 1] !== ']') {
			at++;
			high = readOne();
		}
		parts.push((character) => {
			const point = character.codePointAt(0) ?? 0;
			return point === low || (point >= low && point <= high);
		});
	}
	return null;
}
