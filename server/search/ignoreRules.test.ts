import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { parseIgnoreRules } from './ignoreRules.ts';
import { processorMs } from '../../test/support/deadline.ts';

const PATTERNS = [
	'name',
	'/name',
	'name/',
	'/name/',
	'a/name',
	'a/name/',
	'*.log',
	'!keep.log',
	'a/**',
	'**/deep',
	'a/**/z',
	'**/a/name',
	'a/*/z',
	'*',
	'/*',
	'!/a',
	'?ame',
	'n[ab]me',
	'n[!b]me',
	'n[a-c]me',
	'[[:digit:]]x',
	'\\!bang',
	'\\#hash',
	'#comment',
	'trail ',
	'trail\\ ',
	'a**',
	'**',
	'a**b',
	'*.l?g',
	'[]x]',
	'[^a]',
	'open[',
	'back\\',
	'ü*',
	'',
	'   ',
	'!',
	'/',
	'**/',
	'x\\*y',
	'na*me*',
	'.*',
	'!.keep',
	'a/b/',
	'*/b',
	'b/../a',
	'[a',
	'[[:nope:]]',
	'[a-]',
	'[z-a]',
	'[\\]]',
	'a/**/**/z',
	'***/z',
	'a/***',
	'?',
	'[a/]b',
	'a?b',
	'a[/]b',
];
const FILES = [
	'name',
	'a/name',
	'a/b/name',
	'name/inner',
	'x.log',
	'keep.log',
	'a/keep.log',
	'deep',
	'a/deep',
	'a/b/deep/file',
	'a/z',
	'a/b/z',
	'a/b/c/z',
	'bame',
	'nbme',
	'nxme',
	'1x',
	'!bang',
	'#hash',
	'#comment',
	'trail',
	'trail ',
	'aab',
	'a1',
	'ab',
	']',
	'x',
	'open[',
	'back\\',
	'über',
	'x*y',
	'xzy',
	'nammee',
	'.hidden',
	'.keep',
	'a/.keep',
	'b/file',
	'c/b/file',
	'a-b',
	'A',
	'{x}',
	'q.lag',
];

describe('ignore rules', () => {
	let root: string;
	before(() => {
		root = mkdtempSync(path.join(os.tmpdir(), 'tiller-ignore-'));
		execFileSync('git', ['init', '-q'], { cwd: root });
	});
	after(() => rmSync(root, { recursive: true, force: true }));

	/** What git says of each file, one folder at a time as a walk would ask. */
	const byGit = (text: string): readonly string[] => {
		writeFileSync(path.join(root, '.gitignore'), text);
		try {
			const out = execFileSync('git', ['-c', 'core.excludesFile=/dev/null', 'check-ignore', '--no-index', '-z', '--stdin'], {
				cwd: root,
				input: FILES.join('\0'),
			});
			return out.toString().split('\0').filter(Boolean).sort();
		} catch (error) {
			// Status 1: nothing is ignored.
			if (error instanceof Error && 'status' in error && error.status === 1) return [];
			throw error;
		}
	};

	const byUs = (text: string): readonly string[] => {
		const rules = parseIgnoreRules(text);
		const isIgnored = (file: string) => {
			const parts = file.split('/');
			return parts.some((name, index) => {
				const kind = index === parts.length - 1 ? 'file' : 'folder';
				return rules?.verdict(parts.slice(0, index + 1).join('/'), name, kind) === 'ignored';
			});
		};
		return FILES.filter(isIgnored).sort();
	};

	it('say the same as git, alone and in every pair', () => {
		for (const folder of FILES.filter((file) => file.includes('/')).map((file) => path.dirname(file)))
			mkdirSync(path.join(root, folder.replace(/^name$/, 'name_')), { recursive: true });
		for (const pattern of PATTERNS) assert.deepEqual(byUs(pattern), byGit(pattern), pattern);
		for (const [index, first] of PATTERNS.entries()) {
			const second = PATTERNS[(index * 7 + 3) % PATTERNS.length] ?? '';
			const text = `${first}\n${second}\r\n!a/keep.log\n`;
			assert.deepEqual(byUs(text), byGit(text), JSON.stringify(text));
		}
	});

	it('that would keep an expression busy for ever do not', () => {
		const rules = parseIgnoreRules(`${'*a'.repeat(40)}b\n${'**/'.repeat(30)}x`);
		assert.ok(processorMs(() => rules?.verdict('a'.repeat(200), 'a'.repeat(200), 'file')) < 1000);
	});
});
