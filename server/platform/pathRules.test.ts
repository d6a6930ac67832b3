import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'mocha';
import { pathRules } from './pathRules.ts';
import type { System } from './system.ts';

const [linux, macos, windows] = (['linux', 'macos', 'windows'] satisfies System[]).map(pathRules) as [
	ReturnType<typeof pathRules>,
	ReturnType<typeof pathRules>,
	ReturnType<typeof pathRules>,
];

/** Ways to write one file. */
const oneFile: readonly (readonly [System, readonly string[]])[] = [
	[
		'windows',
		[
			'C:\\Work\\a.ts',
			'c:\\work\\A.TS',
			'C:/Work/a.ts',
			'\\\\?\\C:\\Work\\a.ts',
			'\\\\.\\c:\\Work\\x\\..\\a.ts',
			'C:\\Work.\\a.ts ',
			'C:\\Work\\a.ts::$DATA',
		],
	],
	['windows', ['\\\\server\\share\\a', '//SERVER/Share/a', '\\\\?\\UNC\\server\\share\\a', '\\\\.\\UNC\\Server\\share\\A']],
	['windows', ['C:\\', 'c:', 'C:/', '\\\\?\\C:\\']],
	['windows', ['C:\\p\\.git', 'C:\\p\\.GIT.', 'C:\\p\\.git::$INDEX_ALLOCATION', 'C:\\p\\.git:$I30:$INDEX_ALLOCATION']],
	['macos', ['/Users/jo/.ssh', '/users/Jo/.SSH', '/Users/jo/./.ssh/', '/Users/jo/.s\u200csh']],
	['macos', ['/w/\u00fcber', '/w/u\u0308ber', '/W/\u00dcBER']],
	['macos', ['/w/stra\u00dfe', '/w/STRASSE']],
	['linux', ['/w/a', '/w//a', '/w/b/../a', '/w/a/.']],
];

const twoFiles: readonly (readonly [System, string, string])[] = [
	['linux', '/w/a', '/w/A'],
	['linux', '/w/\u00fc', '/w/u\u0308'],
	['macos', '/w/a', '/w/b'],
	['windows', 'C:\\a', 'D:\\a'],
	['windows', 'C:\\a', '\\\\server\\C\\a'],
	['windows', 'C:\\a', '\\\\.\\pipe\\a'],
	['windows', 'C:\\a.txt', 'C:\\a.txt:stream'],
];

describe('rules of paths', () => {
	for (const [system, [first = '', ...others]] of oneFile)
		it(`on ${system} know ${first} by every name`, () => {
			const rules = pathRules(system);
			for (const other of others) {
				assert.equal(rules.key(other), rules.key(first), other);
				assert.ok(rules.same(first, other) && rules.isInside(first, other) && rules.isInside(other, first), other);
			}
		});

	for (const [system, a, b] of twoFiles)
		it(`on ${system} tell ${a} from ${b}`, () => {
			const rules = pathRules(system);
			assert.ok(!rules.same(a, b) && !rules.isInside(a, b) && !rules.isInside(b, a));
		});

	it('say what lies inside, by whole names', () => {
		assert.ok(windows.isInside('c:\\', 'C:\\Users\\x') && windows.isInside('C:\\w', 'C:\\W\\a'));
		assert.ok(!windows.isInside('C:\\w', 'C:\\work') && !windows.isInside('C:\\w\\a', 'C:\\w'));
		assert.ok(linux.isInside('/', '/a') && linux.isInside('/a', '/a/..b') && !linux.isInside('/a', '/ab'));
		assert.ok(macos.isInside('/Work', '/work/src'));
	});

	it('give one relative form, and its key, on every system', () => {
		assert.equal(windows.relative('C:\\w', 'c:\\W\\Src\\a.ts'), 'Src/a.ts');
		assert.equal(windows.relativeKey('Src\\A.ts'), windows.relativeKey('src/a.ts'));
		assert.equal(linux.relative('/w', '/w/src/a.ts'), 'src/a.ts');
		assert.notEqual(linux.relativeKey('Src/a.ts'), linux.relativeKey('src/a.ts'));
		assert.equal(linux.relativeKey('a\\b'), 'a\\b', 'a backslash is part of a name there');
		assert.equal(windows.relative('C:\\w', 'C:\\w\\'), '');
		assert.equal(windows.relative('C:\\w', 'D:\\w'), null);
	});

	it('go up to the root and end there, however it is written', () => {
		assert.deepEqual([...windows.above('c:\\a\\b')], ['C:\\a', 'C:\\']);
		assert.deepEqual([...windows.above('C:')], []);
		assert.deepEqual([...windows.above('\\\\server\\share\\a')], ['\\\\server\\share\\']);
		assert.deepEqual([...linux.above('/a/b')], ['/a', '/']);
		assert.deepEqual([windows.depth('C:\\'), windows.depth('c:/a/b'), linux.depth('/'), linux.depth('/a')], [0, 2, 0, 1]);
	});

	it('know how programs write what they keep', () => {
		assert.deepEqual(windows.spellings('c:/Work'), ['c:/Work', 'C:\\Work', 'c:\\Work']);
		assert.deepEqual(linux.spellings('/Work'), ['/Work']);
	});

	it('put patterns and paths of Windows into one form', () => {
		assert.equal(windows.globText('c:\\w\\**\\*.env'), 'C:/w/**/*.env');
		assert.equal(windows.globText('\\\\?\\C:\\w\\.env'), 'C:/w/.env');
		assert.equal(linux.globText('/w/a\\b'), '/w/a\\b');
	});

	it('hold for any names: inside means a relative path that leads there, and keys agree with it', () => {
		const name = fc.stringMatching(/^[A-Za-z0-9\u00e4\u00fc .-]{1,6}$/).filter((each) => !/^[. ]+$/.test(each) && !/^ /.test(each));
		for (const rules of [linux, macos, windows])
			fc.assert(
				fc.property(fc.array(name, { maxLength: 4 }), fc.array(name, { minLength: 1, maxLength: 3 }), (outer, inner) => {
					const folder = rules.path.join(rules.system === 'windows' ? 'C:\\' : '/', ...outer);
					const file = rules.path.join(folder, ...inner);
					const relative = rules.relative(folder, file);
					assert.ok(relative !== null && !rules.same(folder, file));
					assert.ok(rules.same(rules.path.join(folder, relative), file));
					assert.equal(rules.relative(file, folder), null);
					assert.ok([...rules.above(file)].some((above) => rules.same(above, folder)));
					assert.equal(rules.depth(file), rules.depth(folder) + inner.length);
				}),
			);
	});
});
