import { isDeepStrictEqual } from 'node:util';
import { parse, TomlError } from 'smol-toml';
import { type ConfigTable, isTable, type KeyPath, mergeTables, valueAt, withoutValue, withValue } from './table.ts';
import { readDocument, type TomlDocument, type TomlEntry, type TomlHeader } from './tomlDocument.ts';
import { TomlEditError, tomlKey, tomlValue } from './tomlValue.ts';

/** One change of a configuration. */
export interface ConfigEdit {
	readonly path: KeyPath;
	/** Null takes the key away. */
	readonly value: unknown;
	/** `upsert` leaves what a table has and the value does not name. */
	readonly merge: 'replace' | 'upsert';
}

/** A table with a change. Throws `TomlEditError` for a key below a value that is no table. */
export function withEdit(table: ConfigTable, { path, value, merge }: ConfigEdit): ConfigTable {
	if (value === null) return withoutKey(table, path);
	for (let length = 1; length < path.length; length++) {
		const above = valueAt(table, path.slice(0, length));
		if (above !== undefined && !isTable(above)) throw new TomlEditError('cannot set value on non-table parent');
	}
	const below = valueAt(table, path);
	return withValue(table, path, merge === 'upsert' && isTable(below) && isTable(value) ? mergeTables(below, value) : value);
}

/** Only the key itself goes: a table that is left empty was written by somebody. */
function withoutKey(table: ConfigTable, path: KeyPath): ConfigTable {
	if (valueAt(table, path) === undefined) return table;
	const parent = path.slice(0, -1);
	const without = withoutValue(table, path);
	return parent.length > 0 && valueAt(without, parent) === undefined ? withValue(without, parent, {}) : without;
}

/**
 * The text with the changes, and with every other byte as it was: comments, order, spaces and line ends. Throws `TomlEditError` for a text
 * that is no TOML, and for a change that its form does not allow.
 */
export async function editToml(source: string, edits: readonly ConfigEdit[]): Promise<string> {
	const { parseTOML } = await import('toml-eslint-parser');
	const read = (text: string) => readDocument(text, parseTOML);
	let text = source;
	for (const edit of edits) {
		const before = parsedToml(text);
		const expected = withEdit(before, edit);
		text = new Editor(text, read).change(edit.path, before, expected);
		// Never a file that says something else than was asked: the person is told instead.
		if (!isSameTable(parsedToml(text), expected))
			throw new TomlEditError(`${edit.path.join('.')} is written in a way that cannot be changed here: change it by hand`);
	}
	return text;
}

/** As plain objects, so that equal values are equal. Throws `TomlEditError` for a text that is no TOML. */
export function parsedToml(text: string): ConfigTable {
	try {
		return asPlain(parse(text));
	} catch (error) {
		if (error instanceof TomlError) throw new TomlEditError(`${error.line}:${error.column}: ${error.message.split('\n')[0]}`, { cause: error });
		throw error;
	}
}

function asPlain(table: ConfigTable): ConfigTable {
	return Object.fromEntries(Object.entries(table).map(([key, each]) => [key, plainValue(each)]));
}

function plainValue(value: unknown): unknown {
	if (Array.isArray(value)) return value.map((each: unknown) => plainValue(each));
	return isTable(value) ? asPlain(value) : value;
}

/** An empty table and none at all are the same to every reader. */
export function isSameTable(a: ConfigTable, b: ConfigTable): boolean {
	return isDeepStrictEqual(pruned(a), pruned(b));
}

function pruned(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(pruned);
	if (!isTable(value)) return value instanceof Date ? value.toISOString() : Object.is(value, -0) ? 0 : value;
	const members = Object.entries(value).map(([key, each]) => [key, pruned(each)] as const);
	return Object.fromEntries(members.filter(([, each]) => !(isTable(each) && Object.keys(each).length === 0)));
}

const startsWith = (path: KeyPath | null, prefix: KeyPath): boolean => path !== null && prefix.every((key, index) => path[index] === key);
const isAt = (path: KeyPath | null, other: KeyPath): boolean => path?.length === other.length && startsWith(path, other);

/** Makes one change, by small steps of which each looks at the text anew. */
class Editor {
	#text: string;
	readonly #read: (text: string) => TomlDocument;
	readonly #lineEnd: string;

	constructor(text: string, read: (text: string) => TomlDocument) {
		this.#text = text;
		this.#read = read;
		this.#lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
	}

	change(path: KeyPath, before: ConfigTable, after: ConfigTable): string {
		this.#to(path, valueAt(before, path), valueAt(after, path));
		return this.#text;
	}

	#to(path: KeyPath, before: unknown, after: unknown): void {
		if (isDeepStrictEqual(before, after)) return;
		if (after === undefined) return this.#remove(path);
		const entry = this.#entryAt(path);
		if (entry !== null && !(isTable(after) && entry.members !== null)) return this.#splice(entry.value.start, entry.value.end, tomlValue(after));
		if (isTable(before) && isTable(after)) {
			for (const key of Object.keys(before)) if (!Object.hasOwn(after, key)) this.#remove([...path, key]);
			for (const [key, value] of Object.entries(after)) this.#to([...path, key], before[key], value);
			return;
		}
		if (Array.isArray(before) && Array.isArray(after) && this.#changeList(path, before, after)) return;
		if (before !== undefined) this.#remove(path);
		this.#insert(path, after);
	}

	/** Every list of tables that has headers keeps those of its elements that stay. False where the list has another form. */
	#changeList(path: KeyPath, before: readonly unknown[], after: readonly unknown[]): boolean {
		const isWritten = this.#read(this.#text).headers.some(({ list }) => isAt(list, path));
		if (!isWritten || after.length === 0 || !after.every(isTable)) return false;
		const kept = before.filter((element) => after.some((each) => isDeepStrictEqual(each, element)));
		// New ones can only be put behind those that stay.
		if (!isDeepStrictEqual(after.slice(0, kept.length), kept)) return false;
		for (let index = before.length - 1; index >= 0; index--) if (!kept.includes(before[index])) this.#removeElement(path, index);
		for (const element of after.slice(kept.length)) this.#append(element, `[[${path.map(tomlKey).join('.')}]]`);
		return true;
	}

	#entries(): readonly TomlEntry[] {
		const { entries, headers } = this.#read(this.#text);
		const withMembers = (entry: TomlEntry): readonly TomlEntry[] => [entry, ...(entry.members ?? []).flatMap(withMembers)];
		return [...entries, ...headers.flatMap((header) => header.entries)].flatMap(withMembers);
	}

	#entryAt(path: KeyPath): TomlEntry | null {
		return this.#entries().find((entry) => isAt(entry.path, path)) ?? null;
	}

	#remove(path: KeyPath): void {
		for (;;) {
			const header = this.#read(this.#text).headers.findLast(
				({ resolved }) => path.every((key, index) => resolved[index] === key) && resolved.length >= path.length,
			);
			if (header !== undefined) {
				this.#removeBlock(header);
				continue;
			}
			const entries = this.#entries();
			const entry = entries.find((each) => startsWith(each.path, path));
			if (entry === undefined) return;
			const holder = entries.find(({ members }) => members?.includes(entry) === true);
			if (holder === undefined) this.#removeLine(entry);
			else this.#removeMember(entry, holder);
		}
	}

	/** With what belongs to it: its own tables. The last first, so that the places of the others stay right. */
	#removeElement(path: KeyPath, index: number): void {
		const own = this.#read(this.#text).headers.filter(
			({ resolved }) => path.every((key, at) => resolved[at] === key) && resolved[path.length] === index,
		);
		for (const header of own.toReversed()) this.#removeBlock(header);
	}

	/** From its header to its last entry, with one of the empty lines around it. */
	#removeBlock(header: TomlHeader): void {
		let { start } = header;
		const end = this.#lineAfter(header.end);
		const isBlankBefore = /(?:^|\n)[ \t]*\r?\n$/.test(this.#text.slice(0, start));
		const isBlankAfter = end >= this.#text.length || /^[ \t]*\r?\n/.test(this.#text.slice(end));
		const isFirst = this.#text.slice(0, start).trim() === '' && isBlankAfter;
		if (isFirst) return this.#splice(this.#lineBefore(start), end < this.#text.length ? this.#lineAfter(end) : end, '');
		if (isBlankBefore && isBlankAfter) start = this.#text.slice(0, start).replace(/[ \t]*\r?\n$/, '').length;
		this.#splice(this.#lineBefore(start), end, '');
	}

	#removeLine(entry: TomlEntry): void {
		this.#splice(this.#lineBefore(entry.start), this.#lineAfter(entry.end), '');
	}

	#removeMember(entry: TomlEntry, { members }: TomlEntry): void {
		const all = members ?? [];
		const index = all.indexOf(entry);
		const next = all[index + 1];
		const previous = all[index - 1];
		if (next !== undefined) this.#splice(entry.start, next.start, '');
		else if (previous !== undefined) this.#splice(previous.end, entry.end, '');
		else this.#splice(entry.start, entry.end, '');
	}

	#insert(path: KeyPath, value: unknown): void {
		const [parent, key] = [path.slice(0, -1), path.at(-1) ?? ''];
		if (this.#insertInline(path, value)) return;
		if (
			Array.isArray(value) &&
			value.length > 0 &&
			value.every(isTable) &&
			value.every((each) => Object.keys(each).length > 0) &&
			parent.length > 0
		) {
			if (!this.#isDotted(parent)) {
				for (const element of value) this.#append(element, `[[${path.map(tomlKey).join('.')}]]`);
				return;
			}
		}
		if (isTable(value) && !this.#isDotted(parent)) return this.#insertTable(path, value);
		this.#insertLine(parent, key, value);
	}

	/** Into the inline table that it lies in; false where it lies in none. */
	#insertInline(path: KeyPath, value: unknown): boolean {
		const holder = this.#entries().findLast(
			(entry) => entry.members !== null && entry.path !== null && entry.path.length < path.length && startsWith(path, entry.path),
		);
		if (holder?.path === null || holder?.path === undefined) return false;
		const line = `${path.slice(holder.path.length).map(tomlKey).join('.')} = ${tomlValue(value)}`;
		const last = holder.members?.at(-1);
		if (last === undefined) this.#splice(holder.value.start, holder.value.end, `{ ${line} }`);
		else this.#splice(last.end, last.end, `, ${line}`);
		return true;
	}

	/** Whether a table has been made by dotted keys: then it can have no header. */
	#isDotted(path: KeyPath): boolean {
		return (
			path.length > 0 &&
			this.#entries().some(
				(entry) =>
					entry.path !== null &&
					entry.table !== null &&
					entry.table.length < path.length &&
					entry.path.length > path.length &&
					startsWith(entry.path, path),
			)
		);
	}

	#insertTable(path: KeyPath, table: ConfigTable): void {
		const members = Object.entries(table);
		const plain = members.filter(([, value]) => !isTable(value));
		if (plain.length > 0 || members.length === 0) this.#append(Object.fromEntries(plain), `[${path.map(tomlKey).join('.')}]`);
		for (const [key, value] of members) if (isTable(value)) this.#insert([...path, key], value);
	}

	#insertLine(parent: KeyPath, key: string, value: unknown): void {
		const { entries, headers } = this.#read(this.#text);
		const line = (from: KeyPath) => `${[...parent.slice(from.length), key].map(tomlKey).join('.')} = ${tomlValue(value)}`;
		const header = headers.find(({ path }) => isAt(path, parent));
		if (header !== undefined)
			return this.#insertAfter(header.entries.at(-1)?.end ?? header.headerEnd, line(parent), header.entries.at(-1)?.start ?? header.start);
		if (parent.length > 0) {
			const dotted = [...entries, ...headers.flatMap((each) => each.entries)].findLast(
				(entry) => entry.path !== null && entry.path.length > parent.length && startsWith(entry.path, parent),
			);
			if (dotted?.table !== undefined && dotted.table !== null && this.#isDotted(parent))
				return this.#insertAfter(dotted.end, line(dotted.table), dotted.start);
			return this.#append({ [key]: value }, `[${parent.map(tomlKey).join('.')}]`);
		}
		const last = entries.at(-1);
		if (last !== undefined) return this.#insertAfter(last.end, line([]), last.start);
		const mark = this.#text.startsWith('\uFEFF') ? 1 : 0;
		this.#splice(mark, mark, `${line([])}${this.#lineEnd}${this.#text.length > mark ? this.#lineEnd : ''}`);
	}

	/** On a line of its own behind a place, as far to the right as what stands there. */
	#insertAfter(end: number, line: string, sample: number): void {
		const indent = /[ \t]*$/.exec(this.#text.slice(0, sample))?.[0] ?? '';
		const at = this.#lineAfter(end);
		const isOpen = at === this.#text.length && !this.#text.endsWith('\n');
		this.#splice(at, at, isOpen ? `${this.#lineEnd}${indent}${line}${this.#lineEnd}` : `${indent}${line}${this.#lineEnd}`);
	}

	#append(table: ConfigTable, header: string): void {
		const lines = [header, ...Object.entries(table).map(([key, value]) => `${tomlKey(key)} = ${tomlValue(value)}`)];
		const text = this.#text;
		const gap =
			text === '' || text === '\uFEFF'
				? ''
				: text.endsWith('\n')
					? /\n[ \t]*\r?\n$/.test(text)
						? ''
						: this.#lineEnd
					: this.#lineEnd + this.#lineEnd;
		this.#splice(text.length, text.length, `${gap}${lines.join(this.#lineEnd)}${this.#lineEnd}`);
	}

	#lineBefore(offset: number): number {
		return this.#text.lastIndexOf('\n', offset - 1) + 1;
	}

	/** The start of the next line. */
	#lineAfter(offset: number): number {
		const end = this.#text.indexOf('\n', offset);
		return end < 0 ? this.#text.length : end + 1;
	}

	#splice(start: number, end: number, by: string): void {
		this.#text = this.#text.slice(0, start) + by + this.#text.slice(end);
	}
}
