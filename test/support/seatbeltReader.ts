/**
 * Reads profiles of macOS' sandbox and decides by them, written apart from what makes our profiles: a reader of the language's expressions,
 * a list of the operations and filters that we know Apple's own profiles to use, and the rule that the last match wins. Strict: whatever is
 * not known here is an error.
 */
type Expression = string | { readonly text: string } | { readonly regex: string } | readonly Expression[];

const OPERATIONS = new Set([
	...['file-ioctl', 'file-read*', 'file-read-data', 'file-read-metadata', 'file-write*', 'file-write-data', 'file-write-unlink'],
	...['ipc-posix-sem', 'ipc-posix-shm*', 'ipc-posix-shm-read*', 'mach-lookup', 'network-bind', 'network-inbound', 'network-outbound'],
	...['process-exec', 'process-fork', 'process-info*', 'pseudo-tty', 'signal', 'sysctl-read', 'system-socket', 'user-preference-read'],
]);
/** What may stand behind the name of a filter. */
const FILTERS: Readonly<Record<string, (given: readonly Expression[]) => boolean>> = {
	literal: isOneText,
	subpath: isOneText,
	'global-name': isOneText,
	'ipc-posix-name': isOneText,
	'ipc-posix-name-prefix': isOneText,
	extension: isOneText,
	regex: (given) => given.length === 1 && isRegex(given[0]),
	target: (given) => given.length === 1 && given[0] === 'same-sandbox',
	remote: ([kind, address]) =>
		(kind === 'unix-socket' && address === undefined) || (kind === 'ip' && isText(address) && /^(localhost|\*):(\d+|\*)$/.test(address.text)),
	'require-all': (given) => given.length > 0 && given.every(isFilter),
};

function isText(given: Expression | undefined): given is { readonly text: string } {
	return typeof given === 'object' && 'text' in given;
}
function isRegex(given: Expression | undefined): given is { readonly regex: string } {
	return typeof given === 'object' && 'regex' in given;
}
function isOneText(given: readonly Expression[]): boolean {
	return given.length === 1 && isText(given[0]);
}
function isList(given: Expression | undefined): given is readonly Expression[] {
	return Array.isArray(given);
}
function isFilter(given: Expression): boolean {
	if (!isList(given)) return false;
	const [name, ...rest] = given;
	return typeof name === 'string' && Object.hasOwn(FILTERS, name) && (FILTERS[name]?.(rest) ?? false);
}

interface SeatbeltRule {
	readonly decision: 'allow' | 'deny';
	readonly operations: readonly string[];
	readonly filters: readonly (readonly Expression[])[];
}

export interface SeatbeltReading {
	readonly rules: readonly SeatbeltRule[];
	/** Whether an operation on a file is allowed; only filters by path count. */
	allows(operation: 'file-read-data' | 'file-write-data' | 'file-write-unlink', file: string): boolean;
}

/** Throws with what is wrong and where. */
export function readSeatbelt(profile: string): SeatbeltReading {
	const [version, base, ...rest] = readExpressions(profile);
	if (JSON.stringify(version) !== '["version","1"]') throw new Error('a profile begins with (version 1)');
	if (JSON.stringify(base) !== '["deny","default"]') throw new Error('what nothing is said of has to be denied');
	const rules = rest.map(ruleOf);
	return {
		rules,
		allows: (operation, file) =>
			rules.findLast(({ operations, filters }) => operations.some((each) => covers(each, operation)) && matches(filters, file))?.decision === 'allow',
	};
}

function ruleOf(given: Expression): SeatbeltRule {
	if (!isList(given)) throw new Error(`no rule: ${JSON.stringify(given)}`);
	const [decision, ...rest] = given;
	if (decision !== 'allow' && decision !== 'deny') throw new Error(`neither allow nor deny: ${JSON.stringify(given)}`);
	const operations = rest.filter((each) => typeof each === 'string');
	const filters = rest.filter(isList);
	if (
		operations.length === 0 ||
		operations.length + filters.length !== rest.length ||
		rest.slice(0, operations.length).some((each) => typeof each !== 'string')
	)
		throw new Error(`a rule is a decision, operations, filters: ${JSON.stringify(given)}`);
	for (const each of operations) if (!OPERATIONS.has(each)) throw new Error(`no known operation: ${each}`);
	for (const each of filters) if (!isFilter(each)) throw new Error(`no known filter: ${JSON.stringify(each)}`);
	return { decision, operations, filters };
}

/** `file-write*` is every operation that begins so. */
function covers(rule: string, operation: string): boolean {
	return rule.endsWith('*') ? operation.startsWith(rule.slice(0, -1)) : rule === operation;
}

function matches(filters: SeatbeltRule['filters'], file: string): boolean {
	return filters.length === 0 || filters.some((filter) => matchesOne(filter, file));
}

function matchesOne([name, given, ...more]: readonly Expression[], file: string): boolean {
	switch (name) {
		case 'literal':
			return isText(given) && given.text === file;
		case 'subpath':
			return isText(given) && (file === given.text || given.text === '/' || file.startsWith(`${given.text}/`));
		case 'regex':
			return isRegex(given) && new RegExp(given.regex, 's').test(file);
		case 'require-all':
			return [given, ...more].every((each) => isList(each) && matchesOne(each, file));
		default:
			// An extension that was given to the process, or something that is no file.
			return false;
	}
}

/** `name`, `"text"` in which `\` escapes, `#"expression"` in which only the quote is escaped, and lists of them. */
function readExpressions(source: string): readonly Expression[] {
	const token = /\s+|([()])|"((?:[^"\\]|\\["\\])*)"|#"((?:[^"\\]|\\[^])*)"|([^\s()"#;]+)/y;
	const open: Expression[][] = [[]];
	while (token.lastIndex < source.length) {
		const at = token.lastIndex;
		const found = token.exec(source);
		if (found === null) throw new Error(`cannot be read at ${at}: ${source.slice(at, at + 40)}`);
		const [, bracket, text, regex, name] = found;
		if (bracket === '(') open.push([]);
		else if (bracket === ')') {
			const list = open.pop();
			const outer = open.at(-1);
			if (list === undefined || outer === undefined) throw new Error(`one bracket too many at ${at}`);
			outer.push(list);
		} else if (text !== undefined) open.at(-1)?.push({ text: text.replaceAll(/\\(.)/gs, '$1') });
		else if (regex !== undefined) open.at(-1)?.push({ regex });
		else if (name !== undefined) open.at(-1)?.push(name);
	}
	if (open.length !== 1) throw new Error('a bracket is not closed');
	return open[0] ?? [];
}
