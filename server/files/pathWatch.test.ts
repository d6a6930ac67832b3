import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { PathWatch } from './pathWatch.ts';

describe('a watched path', () => {
	let root: string;
	let watches: PathWatch[];
	beforeEach(() => {
		root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'tiller-watch-')));
		watches = [];
	});
	afterEach(() => {
		for (const watch of watches) watch.close();
		rmSync(root, { recursive: true, force: true });
	});

	/** `next` resolves with the changes once one of them is the given path. */
	function watching(file: string) {
		const told: string[] = [];
		let wake = () => {};
		const watch = new PathWatch(path.join(root, file), (paths) => {
			told.push(...paths.map((each) => path.relative(root, each)));
			wake();
		});
		watches.push(watch);
		const next = async (changed: string) => {
			while (!told.includes(changed)) await new Promise<void>((resolve) => (wake = resolve));
			told.length = 0;
		};
		return { watch, told, next };
	}

	it('tells which children of a folder changed, and not those of its folders', async () => {
		mkdirSync(path.join(root, 'folder/inner'), { recursive: true });
		const { next, told } = watching('folder');
		writeFileSync(path.join(root, 'folder/inner/deep'), '1');
		writeFileSync(path.join(root, 'folder/child'), '1');
		await next('folder/child');
		rmSync(path.join(root, 'folder/child'));
		await next('folder/child');
		assert.ok(!told.some((file) => file.includes('deep')));
	});

	it('is followed when a file is replaced by another one, as editors save', async () => {
		writeFileSync(path.join(root, 'file'), '1');
		const { next } = watching('file');
		for (let i = 0; i < 3; i++) {
			writeFileSync(path.join(root, 'new'), String(i));
			renameSync(path.join(root, 'new'), path.join(root, 'file'));
			await next('file');
		}
	});

	it('may come later, with the folders above it, go, and come again', async () => {
		const { next } = watching('a/b/c');
		for (let i = 0; i < 2; i++) {
			mkdirSync(path.join(root, 'a/b/c'), { recursive: true });
			await next('a/b/c');
			writeFileSync(path.join(root, 'a/b/c/file'), '1');
			await next('a/b/c/file');
			rmSync(path.join(root, 'a'), { recursive: true });
			await next('a/b/c');
		}
	});

	it('is told without links, and is silent once it is closed', async () => {
		mkdirSync(path.join(root, 'real'));
		symlinkSync('real', path.join(root, 'link'));
		const { watch, told } = watching('link');
		assert.equal(watch.path, path.join(root, 'real'));
		const other = watching('real');
		watch.close();
		writeFileSync(path.join(root, 'real/file'), '1');
		await other.next('real/file');
		assert.deepEqual(told, []);
	});

	it('that changes in more places than anyone wants to hear of is told as a whole', async () => {
		mkdirSync(path.join(root, 'many'));
		const { next } = watching('many');
		for (let i = 0; i < 2000; i++) writeFileSync(path.join(root, `many/${i}`), '');
		await next('many');
	});
});
