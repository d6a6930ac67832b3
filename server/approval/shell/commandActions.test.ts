import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { commandActions } from './commandActions.ts';
import { TreeSitterShellParser } from './shellParser.ts';

const wasm = new URL('../../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readFile(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const parse = (script: string) => parser.parse(script);

describe('what a command does', () => {
	const cases: [string, unknown[]][] = [
		['cat notes.txt', [{ type: 'read', command: 'cat notes.txt', name: 'notes.txt', path: '/ws/notes.txt' }]],
		['sed -n 1,2p notes.txt', [{ type: 'read', command: "sed -n '1,2p' notes.txt", name: 'notes.txt', path: '/ws/notes.txt' }]],
		['ls', [{ type: 'listFiles', command: 'ls', path: null }]],
		['ls -1 sub', [{ type: 'listFiles', command: 'ls -1 sub', path: 'sub' }]],
		['ls /', [{ type: 'listFiles', command: 'ls /', path: '/' }]],
		['ls ./dist/build/', [{ type: 'listFiles', command: 'ls ./dist/build/', path: '.' }]],
		['ls dist/', [{ type: 'listFiles', command: 'ls dist/', path: 'dist' }]],
		['grep -rn alpha .', [{ type: 'search', command: 'grep -rn alpha .', query: 'alpha', path: '.' }]],
		['find . -name "n*.txt"', [{ type: 'search', command: "find . -name 'n*.txt'", query: 'n*.txt', path: '.' }]],
		['find . -type f', [{ type: 'listFiles', command: 'find . -type f', path: '.' }]],
		['cat notes.txt | head -n 1', [{ type: 'read', command: 'cat notes.txt', name: 'notes.txt', path: '/ws/notes.txt' }]],
		['cd sub && cat inner.txt', [{ type: 'read', command: 'cat inner.txt', name: 'inner.txt', path: '/ws/sub/inner.txt' }]],
		['git status', [{ type: 'unknown', command: 'git status' }]],
		['echo a && cat notes.txt', [{ type: 'read', command: 'cat notes.txt', name: 'notes.txt', path: '/ws/notes.txt' }]],
		['wc -l notes.txt', [{ type: 'unknown', command: 'wc -l notes.txt' }]],
		['echo $0', [{ type: 'unknown', command: 'echo $0' }]],
		['ls; rm -f zzz', [{ type: 'unknown', command: 'ls; rm -f zzz' }]],
		['rg --files src', [{ type: 'listFiles', command: 'rg --files src', path: 'src' }]],
		['rg -n "a b" src/x lib', [{ type: 'search', command: "rg -n 'a b' src/x lib", query: 'a b', path: 'x' }]],
		['git grep foo src', [{ type: 'search', command: 'git grep foo src', query: 'foo', path: 'src' }]],
		[
			'ls -la src | grep foo',
			[
				{ type: 'listFiles', command: 'ls -la src', path: 'src' },
				{ type: 'search', command: 'grep foo', query: 'foo', path: null },
			],
		],
		['cat a b', [{ type: 'unknown', command: 'cat a b' }]],
		['tail -n +5 a.txt | head', [{ type: 'read', command: 'tail -n +5 a.txt', name: 'a.txt', path: '/ws/a.txt' }]],
		["awk '{print}' a.txt", [{ type: 'read', command: "awk '{print}' a.txt", name: 'a.txt', path: '/ws/a.txt' }]],
		['true', [{ type: 'unknown', command: 'true' }]],
		["awk -v x=1 '{print}' a.txt", [{ type: 'read', command: "awk -v 'x=1' '{print}' a.txt", name: 'a.txt', path: '/ws/a.txt' }]],
		['tree -L 2 src', [{ type: 'listFiles', command: 'tree -L 2 src', path: 'src' }]],
		['head --bytes 10 a.txt', [{ type: 'read', command: 'head --bytes 10 a.txt', name: 'a.txt', path: '/ws/a.txt' }]],
		...['awk 1', 'column -t', 'cut -f1', 'echo x', 'head', 'printf x', 'sort', 'tail', 'tr a b', 'true', 'uniq', 'wc -l', 'yes'].map(
			(formatter): [string, unknown[]] => [`cat a.txt | ${formatter}`, [{ type: 'read', command: 'cat a.txt', name: 'a.txt', path: '/ws/a.txt' }]],
		),
		...['nl -ba a.txt | sed -n 1,3p', 'cat a.txt | sed -n "1,3p;9p" | head', 'head a.txt | sed -n 2p'].map((script): [string, unknown[]] => [
			script,
			[{ type: 'read', command: script, name: 'a.txt', path: '/ws/a.txt' }],
		]),
		['cat a.txt | sed s/a/b/g', [{ type: 'read', command: 'cat a.txt', name: 'a.txt', path: '/ws/a.txt' }]],
		['ls | sed -n 1,3p', [{ type: 'listFiles', command: 'ls', path: null }]],
		...['sed -i s/a/b/', 'sed s/a/b/w out', 'sed s/a/id/e', 'sed w out', 'sed -f x', 'sed "s/a/b/;w out"', 'sed -n 1,3p b.txt | sh'].map(
			(rest): [string, unknown[]] => [`cat a.txt | ${rest}`, [{ type: 'unknown', command: `cat a.txt | ${rest}` }]],
		),
		['sed -n 1,3p a.txt b.txt', [{ type: 'unknown', command: 'sed -n 1,3p a.txt b.txt' }]],
		['rg -n -e foo sub', [{ type: 'search', command: 'rg -n -e foo sub', query: 'foo', path: 'sub' }]],
		['rg foo -- -odd', [{ type: 'search', command: 'rg foo -- -odd', query: 'foo', path: '-odd' }]],
		['rg -- -odd sub', [{ type: 'search', command: 'rg -- -odd sub', query: '-odd', path: 'sub' }]],
		['rg --regexp foo', [{ type: 'search', command: 'rg --regexp foo', query: 'foo', path: null }]],
		['du -d 1', [{ type: 'listFiles', command: 'du -d 1', path: null }]],
		['ls -d sub', [{ type: 'listFiles', command: 'ls -d sub', path: 'sub' }]],
		['cat ~/notes.txt', [{ type: 'read', command: "cat '~/notes.txt'", name: 'notes.txt', path: path.join(os.homedir(), 'notes.txt') }]],
		['cat a.txt | tee b', [{ type: 'unknown', command: 'cat a.txt | tee b' }]],
	];
	/** Files of the folder as this system writes them. */
	const resolved = (action: unknown) =>
		JSON.parse(JSON.stringify(action), (_, value: unknown) =>
			typeof value === 'string' && value.startsWith('/ws/') ? path.resolve(value) : value,
		) as unknown;
	for (const [script, expected] of cases) {
		it(script, async () => assert.deepEqual(commandActions(script, await parse(script), '/ws'), expected.map(resolved)));
	}
});
