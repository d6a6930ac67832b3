import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { FileTree } from './fileTree.ts';
import { foldUnit } from './fold.ts';
import { searchTrees } from './searchTrees.ts';

describe('a search for files', () => {
	let root: string;
	let tree: FileTree;
	beforeEach(() => {
		root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'tiller-search-')));
		tree = new FileTree(path.join(root, 'project'));
		mkdirSync(tree.root);
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));

	const write = (files: Readonly<Record<string, string>>) => {
		for (const [file, text] of Object.entries(files)) {
			mkdirSync(path.dirname(path.join(tree.root, file)), { recursive: true });
			writeFileSync(path.join(tree.root, file), text);
		}
	};
	const find = (query: string) => {
		for (const _ of tree.refresh());
		return searchTrees([tree], query);
	};
	const paths = (query: string) => find(query).map((found) => found.path);

	it('puts names before folders, whole words before scattered letters, short before long', () => {
		write({ 'src/config/loader.ts': '', 'src/configLoader.ts': '', 'test/cold/of/nodes/x.ts': '', 'src/config.ts': '', 'src/config.test.ts': '' });
		assert.deepEqual(paths('config').slice(0, 3), ['src/config', 'src/config.ts', 'src/config.test.ts']);
		assert.equal(paths('confload')[0], 'src/configLoader.ts');
		assert.deepEqual(paths('loader config').slice(0, 2).sort(), ['src/config/loader.ts', 'src/configLoader.ts']);
		assert.deepEqual(find('cL').find((found) => found.path === 'src/configLoader.ts')?.indices, [4, 10]);
	});

	it('finds letters whatever their case or accent, and counts characters', () => {
		write({ 'Übergröße/😀 Café.md': '' });
		const found = find('cafe')[0];
		assert.deepEqual([found?.path, found?.indices], ['Übergröße/😀 Café.md', [12, 13, 14, 15]]);
		assert.equal(paths('ubergro')[0], 'Übergröße');
	});

	it('leaves out what git or .ignore files ignore, with the rules of every level', () => {
		write({
			'.git/HEAD': '',
			'.gitignore': '*.log\n/out\n',
			'a.log': '',
			'out/x': '',
			'sub/.gitignore': '!keep.log\nlocal\n',
			'sub/keep.log': '',
			'sub/local': '',
			'sub/out/y': '',
			'.ignore': 'secret*',
			'secret.txt': '',
			'.git/info/exclude': 'mine\n',
			mine: '',
		});
		const all = new Set(['x', 'log', 'local', 'secret', 'mine', 'y', 'out', 'head'].flatMap(paths));
		for (const ignored of ['a.log', 'out', 'out/x', 'sub/local', 'secret.txt', 'mine', '.git/HEAD', '.git']) assert.ok(!all.has(ignored), ignored);
		for (const kept of ['sub/keep.log', 'sub/out/y']) assert.ok(all.has(kept), kept);
	});

	it('knows the rules of a repository around the root, but none outside of repositories', () => {
		writeFileSync(path.join(root, '.gitignore'), 'project/generated\n');
		write({ 'generated/file': '', '.gitignore': 'here', here: '' });
		assert.deepEqual(paths('file').length, 1);
		assert.deepEqual(paths('here'), ['here']);
		mkdirSync(path.join(root, '.git'));
		assert.deepEqual(paths('file'), []);
		assert.deepEqual(paths('here'), []);
	});

	it('sees what was made, removed, renamed or newly ignored since', () => {
		write({ 'a/b/one.txt': '', 'a/two.txt': '', '.git/HEAD': '', '.gitignore': '' });
		assert.deepEqual(paths('txt').sort(), ['a/b/one.txt', 'a/two.txt']);
		write({ 'a/b/three.txt': '' });
		rmSync(path.join(tree.root, 'a/two.txt'));
		assert.deepEqual(paths('txt').sort(), ['a/b/one.txt', 'a/b/three.txt']);
		writeFileSync(path.join(tree.root, '.gitignore'), 'one.txt\n');
		assert.deepEqual(paths('txt'), ['a/b/three.txt']);
		rmSync(path.join(tree.root, 'a'), { recursive: true });
		assert.deepEqual(paths('txt'), []);
	});

	it('reads a folder again only when it changed', () => {
		write({ 'a/one.txt': '' });
		const old = new Date(Date.now() - 60_000);
		utimesSync(path.join(tree.root, 'a'), old, old);
		paths('one');
		const before = [...tree.folders()].find((folder) => folder.path === 'a')?.names;
		paths('one');
		assert.equal([...tree.folders()].find((folder) => folder.path === 'a')?.names, before);
	});

	it('follows links to folders once, and never in circles', () => {
		write({ 'real/file.txt': '', 'nested/deep/file2.txt': '' });
		mkdirSync(path.join(root, 'outside'));
		writeFileSync(path.join(root, 'outside/file3.txt'), '');
		for (const [target, link] of [
			['real', 'again'],
			['..', 'nested/up'],
			['.', 'self'],
			['/', 'disk'],
			['../outside', 'out'],
			['../outside', 'out2'],
			['gone', 'nothing'],
			['circle', 'circle'],
		] as const) {
			symlinkSync(target, path.join(tree.root, link));
		}
		for (let i = 0; i < 2; i++) {
			const found = paths('file').sort();
			assert.equal(found.length, 3, found.join());
			assert.ok(found.some((file) => /^out2?\/file3.txt$/.test(file)));
		}
		rmSync(path.join(tree.root, 'out'));
		assert.ok(paths('file').includes('out2/file3.txt'));
	});

	it('passes over folders that may not be read, pipes, and a root that is a file or is missing', () => {
		write({ 'closed/file.txt': '', 'file.txt': '' });
		chmodSync(path.join(tree.root, 'closed'), 0);
		assert.ok(paths('file').includes('file.txt'));
		chmodSync(path.join(tree.root, 'closed'), 0o700);
		tree = new FileTree(path.join(tree.root, 'file.txt'));
		assert.deepEqual(paths('file'), []);
		tree = new FileTree(path.join(root, 'missing'));
		assert.deepEqual(paths('file'), []);
	});

	it('marks exactly characters that spell the query, in order, for any names', () => {
		const name = fc.stringMatching(/^[a-cA-C_.\-é😀]{1,12}$/u).filter((each) => !/^\.+$/.test(each));
		fc.assert(
			fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), fc.stringMatching(/^[a-ce.😀]{1,4}$/u), (names, query) => {
				rmSync(tree.root, { recursive: true });
				mkdirSync(tree.root);
				write(Object.fromEntries(names.map((each) => [`d.${each}/${each}`, ''])));
				tree = new FileTree(tree.root);
				const folded = (text: string) => [...text].map((each) => (each.length === 1 ? String.fromCharCode(foldUnit(each.charCodeAt(0))) : each));
				for (const found of find(query)) {
					const characters = folded(found.path);
					assert.deepEqual(
						found.indices.map((index) => characters[index]),
						folded(query),
					);
					assert.deepEqual(
						[...found.indices].sort((a, b) => a - b),
						found.indices,
					);
				}
			}),
			{ numRuns: 60 },
		);
	});
});
