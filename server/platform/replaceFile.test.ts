import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { pathRules } from './pathRules.ts';
import { renameFile, renameFileLater } from './replaceFile.ts';

const [linux, macos, windows] = [pathRules('linux'), pathRules('macos'), pathRules('windows')];
const failure = (code: string) => Object.assign(new Error(code), { code });

describe('a file that takes the place of another', () => {
	/** Fails so many times; says what was renamed in the end. */
	const disk = (code: string, times: number) => {
		const done: string[] = [];
		let left = times;
		const rename = (from: string, to: string) => {
			if (left-- > 0) throw failure(code);
			done.push(`${from} > ${to}`);
		};
		return { done, rename, later: (from: string, to: string) => Promise.resolve().then(() => rename(from, to)) };
	};

	it('gets there on Windows as soon as nobody else has it open, and not never', async () => {
		for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
			const now = disk(code, 3);
			const pauses: number[] = [];
			renameFile('C:\\a', 'C:\\b', { paths: windows, rename: now.rename, pause: (ms) => pauses.push(ms) });
			assert.deepEqual([now.done, pauses], [['C:\\a > C:\\b'], [5, 10, 20]]);
			const later = disk(code, 2);
			await renameFileLater('C:\\a', 'C:\\b', { paths: windows, rename: later.later });
			assert.deepEqual(later.done, ['C:\\a > C:\\b']);
		}
		const pauses: number[] = [];
		assert.throws(() => renameFile('C:\\a', 'C:\\b', { paths: windows, rename: disk('EBUSY', 99).rename, pause: (ms) => pauses.push(ms) }), /EBUSY/);
		assert.ok(pauses.length > 5 && pauses.length < 20);
	});

	it('does not try again where that cannot help', async () => {
		assert.throws(() => renameFile('C:\\a', 'C:\\b', { paths: windows, rename: disk('ENOENT', 1).rename, pause: () => assert.fail() }), /ENOENT/);
		assert.throws(() => renameFile('/a', '/b', { paths: linux, rename: disk('EACCES', 1).rename, pause: () => assert.fail() }), /EACCES/);
		await assert.rejects(renameFileLater('/a', '/b', { paths: linux, rename: disk('EPERM', 1).later }), /EPERM/);
	});

	it('gets another size of letters by a third name where a disk would see one file', () => {
		for (const [paths, from, to] of [
			[windows, 'C:\\a.ts', 'C:\\A.ts'],
			[macos, '/w/u\u0308', '/w/\u00dc'],
		] as const) {
			const { done, rename } = disk('', 0);
			renameFile(from, to, { paths, rename });
			assert.equal(done.length, 2);
			assert.ok(done[0]?.startsWith(`${from} > ${to}.`) && done[1]?.endsWith(`> ${to}`), done.join());
		}
		const { done, rename } = disk('', 0);
		renameFile('/w/a', '/w/A', { paths: linux, rename });
		assert.deepEqual(done, ['/w/a > /w/A']);
	});
});
