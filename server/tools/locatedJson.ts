/** A JSON value that knows where in its text it stands. `start` is its first character, `end` the one after its last. */
export type JsonNode = { readonly start: number; readonly end: number } & (
	| { readonly type: 'string'; readonly value: string }
	| { readonly type: 'number'; readonly value: number; readonly text: string }
	| { readonly type: 'boolean'; readonly value: boolean }
	| { readonly type: 'null' }
	| { readonly type: 'array'; readonly items: readonly JsonNode[] }
	| { readonly type: 'object'; readonly members: ReadonlyMap<string, JsonNode> }
);

/** Something is wrong at a place of the text; `at` counts the characters before the place's end. */
export class JsonTextError extends Error {
	readonly at: number;
	constructor(message: string, at: number) {
		super(message);
		this.at = at;
	}
}

/** Deeper nesting than any tool has; keeps hostile text from using up the stack. */
const MAX_DEPTH = 120;

/** Parses JSON strictly, and says what is wrong in words that models know from other tools. Throws `JsonTextError`. */
export function parseLocatedJson(text: string): JsonNode {
	const scanner = new Scanner(text);
	const node = scanner.value(0);
	scanner.skipSpace();
	if (scanner.at < text.length) throw new JsonTextError('trailing characters', scanner.at + 1);
	return node;
}

class Scanner {
	at = 0;
	readonly #text: string;

	constructor(text: string) {
		this.#text = text;
	}

	skipSpace(): void {
		while (/[ \t\r\n]/.test(this.#text[this.at] ?? '')) this.at++;
	}

	/** The next character that is not white space; throws at the end of the text. */
	#peek(inside: 'a value' | 'a list' | 'an object'): string {
		this.skipSpace();
		const next = this.#text[this.at];
		if (next === undefined) throw new JsonTextError(`EOF while parsing ${inside}`, this.#text.length);
		return next;
	}

	value(depth: number): JsonNode {
		const next = this.#peek('a value');
		if (depth > MAX_DEPTH) throw new JsonTextError('recursion limit exceeded', this.at + 1);
		if (next === '{') return this.#object(depth);
		if (next === '[') return this.#array(depth);
		const start = this.at;
		if (next === '"') return { type: 'string', value: this.#string(), start, end: this.at };
		const word = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)/.exec(this.#text.slice(start, start + 400))?.[0];
		if (word === undefined) throw new JsonTextError('expected value', start + 1);
		this.at += word.length;
		const place = { start, end: this.at };
		if (word === 'null') return { type: 'null', ...place };
		if (word === 'true' || word === 'false') return { type: 'boolean', value: word === 'true', ...place };
		return { type: 'number', value: Number(word), text: word, ...place };
	}

	#array(depth: number): JsonNode {
		const start = this.at++;
		const items: JsonNode[] = [];
		if (this.#peek('a list') !== ']') {
			for (;;) {
				items.push(this.value(depth + 1));
				const next = this.#peek('a list');
				if (next === ']') break;
				if (next !== ',') throw new JsonTextError('expected `,` or `]`', this.at + 1);
				this.at++;
				if (this.#peek('a value') === ']') throw new JsonTextError('trailing comma', this.at + 1);
			}
		}
		this.at++;
		return { type: 'array', items, start, end: this.at };
	}

	#object(depth: number): JsonNode {
		const start = this.at++;
		const members = new Map<string, JsonNode>();
		if (this.#peek('an object') !== '}') {
			for (;;) {
				if (this.#peek('a value') !== '"') throw new JsonTextError('key must be a string', this.at + 1);
				const key = this.#string();
				if (this.#peek('an object') !== ':') throw new JsonTextError('expected `:`', this.at + 1);
				this.at++;
				members.set(key, this.value(depth + 1));
				const next = this.#peek('an object');
				if (next === '}') break;
				if (next !== ',') throw new JsonTextError('expected `,` or `}`', this.at + 1);
				this.at++;
				if (this.#peek('a value') === '}') throw new JsonTextError('trailing comma', this.at + 1);
			}
		}
		this.at++;
		return { type: 'object', members, start, end: this.at };
	}

	#string(): string {
		const start = this.at++;
		for (;;) {
			const next = this.#text[this.at];
			if (next === undefined) throw new JsonTextError('EOF while parsing a string', this.#text.length);
			this.at++;
			if (next === '"') break;
			if (next < ' ') throw new JsonTextError('control character (\\u0000-\\u001F) found while parsing a string', this.at);
			if (next === '\\') this.at++;
		}
		try {
			return String(JSON.parse(this.#text.slice(start, this.at)));
		} catch {
			throw new JsonTextError('invalid escape', this.at);
		}
	}
}
