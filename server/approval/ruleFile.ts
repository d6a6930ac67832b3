export type RuleDecision = 'allow' | 'prompt' | 'forbidden';

/** Speaks about every command that begins with these words; each place may have alternatives. */
export interface PrefixRule {
	readonly pattern: readonly (readonly string[])[];
	readonly decision: RuleDecision;
	readonly justification: string | null;
}

/** Speaks about connections to one host, by whatever protocol. `prompt`: a person is asked, as about a host in no list. */
export interface HostRule {
	/** As it is written; no pattern. */
	readonly host: string;
	readonly decision: 'allow' | 'prompt' | 'deny';
	readonly justification: string | null;
}

/** A rule and where it stands: `start` and `end` are offsets in the file, `nth` tells rules of the same text apart. */
export interface LocatedRule<Rule = PrefixRule> {
	readonly rule: Rule;
	/** From 1 on. */
	readonly line: number;
	readonly start: number;
	readonly end: number;
	readonly text: string;
	readonly nth: number;
}

/** A rule file that cannot be read. `message` names the line and what was expected there. */
export class RuleFileError extends Error {
	/** From 1 on. */
	readonly line: number;
	constructor(line: number, why: string) {
		super(`line ${line}: ${why}`);
		this.line = line;
	}
}

interface Token {
	readonly type: 'name' | 'string' | 'punctuation' | 'end';
	readonly text: string;
	readonly line: number;
	readonly start: number;
	readonly end: number;
}
type Value = string | readonly Value[];

const TOKEN = /([ \t\r\n]+|#[^\n]*)|([A-Za-z_][A-Za-z0-9_]*)|"((?:[^"\\\n]|\\.)*)"|'((?:[^'\\\n]|\\.)*)'|([()[\],=])/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function tokens(text: string): readonly Token[] {
	const found: Token[] = [];
	let line = 1;
	for (let at = 0; at < text.length; ) {
		TOKEN.lastIndex = at;
		const match = TOKEN.exec(text);
		if (match === null) throw new RuleFileError(line, `${JSON.stringify(text.slice(at, at + 10))} is not understood`);
		const [whole, blank, name, double, single, punctuation] = match;
		const place = { line, start: at, end: at + whole.length };
		const quoted = double ?? single;
		if (name !== undefined) found.push({ type: 'name', text: name, ...place });
		else if (quoted !== undefined) found.push({ type: 'string', text: quoted.replace(/\\(.)/g, (_, c: string) => ESCAPES[c] ?? c), ...place });
		else if (punctuation !== undefined) found.push({ type: 'punctuation', text: punctuation, ...place });
		if (blank !== undefined) line += blank.split('\n').length - 1;
		at += whole.length;
	}
	return [...found, { type: 'end', text: 'the end of the file', line, start: text.length, end: text.length }];
}

interface Call {
	readonly name: string;
	readonly line: number;
	readonly start: number;
	readonly end: number;
	readonly args: ReadonlyMap<string, Value>;
}

/** Calls with named arguments, one after the other: the part of Starlark that rule files use. */
class RuleReader {
	readonly #tokens: readonly Token[];
	#at = 0;

	constructor(text: string) {
		this.#tokens = tokens(text);
	}

	#next(): Token {
		const token = this.#tokens[this.#at] ?? { type: 'end', text: 'the end of the file', line: 0, start: 0, end: 0 };
		this.#at++;
		return token;
	}

	#is(text: string): boolean {
		const token = this.#tokens[this.#at];
		return token?.type === 'punctuation' && token.text === text;
	}

	#expect(text: string): Token {
		const token = this.#next();
		if (token.type !== 'punctuation' || token.text !== text) throw new RuleFileError(token.line, `expected ${text}, found ${token.text}`);
		return token;
	}

	#value(): Value {
		if (this.#is('[')) return this.#list();
		const token = this.#next();
		if (token.type !== 'string') throw new RuleFileError(token.line, `expected a string or a list, found ${token.text}`);
		return token.text;
	}

	#list(): readonly Value[] {
		this.#expect('[');
		const values: Value[] = [];
		while (!this.#is(']')) {
			values.push(this.#value());
			if (!this.#is(']')) this.#expect(',');
		}
		this.#expect(']');
		return values;
	}

	/** Null at the end. */
	call(): Call | null {
		const name = this.#next();
		if (name.type === 'end') return null;
		if (name.type !== 'name') throw new RuleFileError(name.line, `expected prefix_rule(...), found ${name.text}`);
		this.#expect('(');
		const args = new Map<string, Value>();
		while (!this.#is(')')) {
			const key = this.#next();
			if (key.type !== 'name') throw new RuleFileError(key.line, `expected the name of an argument, found ${key.text}`);
			this.#expect('=');
			args.set(key.text, this.#value());
			if (!this.#is(')')) this.#expect(',');
		}
		const { end } = this.#expect(')');
		return { name: name.text, line: name.line, start: name.start, end, args };
	}
}

function isDecision(value: Value): value is RuleDecision {
	return value === 'allow' || value === 'prompt' || value === 'forbidden';
}

function alternativesOf(value: Value, line: number): readonly string[] {
	const list = typeof value === 'string' ? [value] : value;
	if (list.length === 0) throw new RuleFileError(line, `a list of alternatives is empty`);
	return list.map((each) => {
		if (typeof each !== 'string') throw new RuleFileError(line, `alternatives must be strings`);
		return each;
	});
}

/** The rules of one file. Other calls than `prefix_rule` are for other readers. Throws `RuleFileError`. */
export function parseRuleFile(text: string): readonly PrefixRule[] {
	return locateRules(text).map(({ rule }) => rule);
}

/** The same, each with its place. Throws `RuleFileError`. */
export function locateRules(text: string): readonly LocatedRule[] {
	return located(text, 'prefix_rule', ({ line, args }) => {
		const pattern = args.get('pattern');
		const decision = args.get('decision') ?? 'allow';
		if (pattern === undefined || typeof pattern === 'string' || pattern.length === 0) {
			throw new RuleFileError(line, `prefix_rule needs pattern = [...] with at least one word`);
		}
		if (!isDecision(decision)) throw new RuleFileError(line, `decision must be "allow", "prompt" or "forbidden", not ${JSON.stringify(decision)}`);
		return { pattern: pattern.map((value) => alternativesOf(value, line)), decision, justification: justificationOf(args, line) };
	});
}

function justificationOf(args: Call['args'], line: number): string | null {
	const justification = args.get('justification') ?? null;
	if (justification !== null && typeof justification !== 'string') throw new RuleFileError(line, `justification must be a string`);
	return justification;
}

const PROTOCOLS = ['http', 'https', 'socks5_tcp', 'socks5_udp'] as const;
export type RuleProtocol = (typeof PROTOCOLS)[number];

/** The rules of one file about hosts, each with its place. Throws `RuleFileError`. */
export function locateHostRules(text: string): readonly LocatedRule<HostRule>[] {
	return located(text, 'network_rule', ({ line, args }) => {
		const host = args.get('host');
		const protocol = args.get('protocol');
		const decision = args.get('decision');
		if (typeof host !== 'string' || host.trim() === '') throw new RuleFileError(line, `network_rule needs host = "..."`);
		if (host.includes('*') || /\s/.test(host)) throw new RuleFileError(line, `host must be one host without wildcards, not ${JSON.stringify(host)}`);
		if (!PROTOCOLS.some((known) => known === protocol)) throw new RuleFileError(line, `protocol must be one of ${PROTOCOLS.join(', ')}`);
		if (decision !== 'allow' && decision !== 'prompt' && decision !== 'deny' && decision !== 'forbidden') {
			throw new RuleFileError(line, `decision must be "allow", "prompt" or "deny", not ${JSON.stringify(decision ?? null)}`);
		}
		return { host, decision: decision === 'forbidden' ? 'deny' : decision, justification: justificationOf(args, line) };
	});
}

function located<Rule>(text: string, name: string, read: (call: Call) => Rule): readonly LocatedRule<Rule>[] {
	const reader = new RuleReader(text);
	const rules: LocatedRule<Rule>[] = [];
	for (let call = reader.call(); call !== null; call = reader.call()) {
		if (call.name !== name) continue;
		const { line, start, end } = call;
		const own = text.slice(start, end);
		rules.push({ rule: read(call), line, start, end, text: own, nth: rules.filter((each) => each.text === own).length });
	}
	return rules;
}

/** The line that allows or denies connections to a host. */
export function hostRuleLine({
	host,
	protocol,
	decision,
}: {
	readonly host: string;
	readonly protocol: RuleProtocol;
	readonly decision: 'allow' | 'deny';
}): string {
	return `network_rule(host=${JSON.stringify(host)}, protocol="${protocol}", decision="${decision}")\n`;
}

/** The line that allows everything beginning with a prefix. */
export function allowRuleLine(prefix: readonly string[]): string {
	return `prefix_rule(pattern=[${prefix.map((word) => JSON.stringify(word)).join(', ')}], decision="allow")\n`;
}
