import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parse } from 'smol-toml';
import { TomlEditError } from './tomlValue.ts';
import { type ConfigTable, isTable, leafPaths, valueAt } from './table.ts';
import { type ConfigEdit, editToml, withEdit } from './editToml.ts';

const set = (key: string, value: unknown, merge: ConfigEdit['merge'] = 'replace'): ConfigEdit => ({ path: key.split('.'), value, merge });

describe('editing a configuration', () => {
	const cases: readonly (readonly [what: string, source: string, edit: ConfigEdit, result: string])[] = [
		['a value on its line', 'a = 1 # one\nb = 2\n', set('a', 3), 'a = 3 # one\nb = 2\n'],
		['a first key', '# mine\n\n[t]\nx = 1\n', set('a', 'b'), 'a = "b"\n\n# mine\n\n[t]\nx = 1\n'],
		['a key after the others', 'a = 1\n\n[t]\nx = 1\n', set('b', true), 'a = 1\nb = true\n\n[t]\nx = 1\n'],
		['a key in a table', '[t]\nx = 1\n\n[u]\n', set('t.y', [1, 'z']), '[t]\nx = 1\ny = [1, "z"]\n\n[u]\n'],
		['a key in an empty table', '[t] # here\n', set('t.y', 1), '[t] # here\ny = 1\n'],
		['a table at the end', 'a = 1', set('t.u', { x: 1, y: 'z' }), 'a = 1\n\n[t.u]\nx = 1\ny = "z"\n'],
		['a key in a new table', '', set('t.x', 1), '[t]\nx = 1\n'],
		['a key of an inline table', 't = { x = 1 }\n', set('t.y', 2), 't = { x = 1, y = 2 }\n'],
		['a key of an empty inline table', 't = {}\n', set('t.y', 2), 't = { y = 2 }\n'],
		['a key beside dotted ones', 't.x = 1\nb = 2\n', set('t.y', 2), 't.x = 1\nt.y = 2\nb = 2\n'],
		['a table below dotted keys', '[a]\nt.x = 1\n', set('a.t.u', { z: 1 }), '[a]\nt.x = 1\nt.u = { z = 1 }\n'],
		['the removal of a key', 'a = 1\nb = 2 # two\nc = 3\n', set('b', null), 'a = 1\nc = 3\n'],
		['the removal of what is not there', 'a = 1\n', set('x.y', null), 'a = 1\n'],
		['the removal of a table', 'a = 1\n\n[t]\nx = 1\n\n[t.u]\ny = 1\n\n[z]\n', set('t', null), 'a = 1\n\n[z]\n'],
		['the removal of a member', 't = { x = 1, y = 2 }\n', set('t.y', null), 't = { x = 1 }\n'],
		['a table in place of another', '[t]\nx = 1 # one\ny = 2\n', set('t', { x: 1, z: 3 }), '[t]\nx = 1 # one\nz = 3\n'],
		['a table over another', '[t]\nx = 1\ny = 2\n', set('t', { y: 3 }, 'upsert'), '[t]\nx = 1\ny = 3\n'],
		['line ends of Windows', 'a = 1\r\n[t]\r\nx = 1\r\n', set('t.y', 2), 'a = 1\r\n[t]\r\nx = 1\r\ny = 2\r\n'],
		[
			'one more element',
			'[[s.c]]\nn = 1 # one\n\n[u]\nx = 1\n',
			set('s.c', [{ n: 1 }, { n: 2 }]),
			'[[s.c]]\nn = 1 # one\n\n[u]\nx = 1\n\n[[s.c]]\nn = 2\n',
		],
		['one element less', '[[s.c]]\nn = 1\n\n[[s.c]]\nn = 2 # two\n', set('s.c', [{ n: 2 }]), '[[s.c]]\nn = 2 # two\n'],
	];
	for (const [what, source, edit, result] of cases) it(`changes ${what}`, async () => assert.equal(await editToml(source, [edit]), result));

	it('quotes keys that need it', async () => {
		assert.equal(
			await editToml('', [{ path: ['projects', '/a b', 'trust_level'], value: 'trusted', merge: 'replace' }]),
			'[projects."/a b"]\ntrust_level = "trusted"\n',
		);
	});

	it('refuses what TOML cannot say, and keys below values', async () => {
		await assert.rejects(editToml('', [set('a', { b: null })]), TomlEditError);
		await assert.rejects(editToml('', [set('a', '\ud800')]), TomlEditError);
		await assert.rejects(editToml('a = 1\n', [set('a.b', 1)]), /cannot set value on non-table parent/);
		await assert.rejects(editToml('[[a]]\nb = 1\n', [set('a.b', 1)]), /cannot set value on non-table parent/);
	});

	it('makes of any file what was asked, and leaves the comments of all else', async () => {
		for (let seed = 1; seed <= 400; seed++) {
			const random = randomFrom(seed);
			const source = randomSource(random);
			const edit = randomEdit(random, parse(source));
			const expected = withEdit(parse(source), edit);
			const text = await editToml(source, [edit]);
			assert.deepEqual(pruned(parse(text)), pruned(expected), `seed ${seed}\n${source}\n--- ${JSON.stringify(edit)}\n${text}`);
			for (const comment of source.match(/# keep \d+/g) ?? [])
				assert.ok(text.includes(comment), `seed ${seed}: ${comment} is gone\n${source}\n---\n${text}`);
			assert.equal(await editToml(text, [edit]), text, `seed ${seed}: the same again changes nothing`);
		}
	});

	it('leaves every byte alone but the lines of the value itself', async () => {
		let looked = 0;
		for (let seed = 1; seed <= 400; seed++) {
			const random = randomFrom(seed);
			const source = randomSource(random);
			const table = parse(source);
			const edit = randomEdit(random, table);
			const before = valueAt(table, edit.path);
			// A table or a list in its place may lie in many places of the file.
			if (isTable(before) || Array.isArray(before) || isTable(edit.value)) continue;
			looked++;
			const [was, is] = [linesOf(source), linesOf(await editToml(source, [edit]))];
			const first = was.findIndex((line, index) => line !== is[index]);
			const start = first < 0 ? was.length : first;
			const limit = Math.min(was.length, is.length) - start;
			let same = 0;
			while (same < limit && was.at(-1 - same) === is.at(-1 - same)) same++;
			const touched = was.slice(start, was.length - same);
			const most = typeof before === 'string' && before.includes('\n') ? before.split('\n').length + 1 : 1;
			assert.ok(touched.length <= most, `seed ${seed} ${JSON.stringify(edit)}: ${JSON.stringify(touched)}\n${source}`);
		}
		assert.ok(looked > 100, `${looked} edits`);
	});
});

/** With their ends. */
function linesOf(text: string): readonly string[] {
	return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function randomFrom(seed: number): (below: number) => number {
	let state = seed * 2_654_435_761;
	return (below) => {
		state = (state * 1_664_525 + 1_013_904_223) >>> 0;
		return Math.floor((state / 2 ** 32) * below);
	};
}

/** A file in all the forms that people write, with comments on lines of their own. */
function randomSource(random: (below: number) => number): string {
	const lines: string[] = [];
	let comments = 0;
	const comment = () => {
		if (random(3) === 0) lines.push(`# keep ${comments++}`);
	};
	const value = () => ['1', '"text"', 'true', '[1, 2]', '{ p = 1, "q r" = "s" }', "'''\nlong\n'''", '2020-01-01T00:00:00Z'][random(7)] ?? '0';
	for (let index = 0; index < random(4); index++) {
		comment();
		lines.push(`k${index} = ${value()}`);
	}
	if (random(2) === 0) lines.push(`d.e${random(2)} = 1`, `d."f g" = ${value()}`);
	for (let index = 0; index < random(4); index++) {
		comment();
		lines.push('', `[t${index}${random(3) === 0 ? '.sub' : ''}]${random(2) === 0 ? ' # head' : ''}`);
		for (let key = 0; key < random(3); key++) lines.push(`${random(2) === 0 ? '  ' : ''}k${key} = ${value()}`);
	}
	for (let index = 0; index < random(3); index++) lines.push('[[list]]', `n = ${index}`);
	comment();
	const end = random(3) === 0 ? '\r\n' : '\n';
	return lines.join(end) + (random(4) === 0 ? '' : end);
}

function randomEdit(random: (below: number) => number, table: ConfigTable): ConfigEdit {
	const paths = leafPaths(table);
	const known = paths[random(Math.max(1, paths.length))] ?? ['new'];
	const base = random(2) === 0 ? known.slice(0, 1 + random(known.length)) : [`k${random(5)}`, ...(random(2) === 0 ? ['x'] : [])];
	const path = random(4) === 0 && isTable(valueAt(table, base)) ? [...base, 'added'] : base;
	const values: readonly unknown[] = [null, 7, 'seven', false, [1, 'a'], { a: 1, b: { c: 'd' } }, {}, [{ n: 0 }, { n: 9 }]];
	const above = path
		.slice(0, -1)
		.some((_, index) => valueAt(table, path.slice(0, index + 1)) !== undefined && !isTable(valueAt(table, path.slice(0, index + 1))));
	return { path: above ? path.slice(0, 1) : path, value: values[random(values.length)], merge: random(2) === 0 ? 'replace' : 'upsert' };
}

function pruned(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(pruned);
	if (!isTable(value)) return value instanceof Date ? value.toISOString() : value;
	const members = Object.entries(value).map(([key, each]) => [key, pruned(each)] as const);
	return Object.fromEntries(members.filter(([, each]) => !(isTable(each) && Object.keys(each).length === 0)));
}
