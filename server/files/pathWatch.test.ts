import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, realpathSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { within } from '../../test/support/deadline.ts';
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

	/** `next` resolves once the given path is told after what `next` waited for before; `told` is all that was told, in order. */
	function watching(file: string) {
		const told: string[] = [];
		let seen = 0;
		let wake = () => {};
		const watch = new PathWatch(path.join(root, file), (paths) => {
			told.push(...paths.map((each) => path.relative(root, each).replaceAll('\\', '/')));
			wake();
		});
		watches.push(watch);
		const comes = async (changed: string) => {
			while (!told.slice(seen).includes(changed)) await new Promise<void>((resolve) => (wake = resolve));
			seen = told.length;
		};
		const next = (changed: string) => within(`the change of ${changed}`, comes(changed), { detail: () => `Told: ${told.join(', ')}` });
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
		// The folder within may count as changed; what is in it does not.
		assert.deepEqual(
			told.filter((file) => file !== 'folder/inner'),
			['folder/child', 'folder/child'],
		);
	});

	it('is followed when a file is replaced by another one, as editors save', async () => {
		writeFileSync(path.join(root, 'file'), '1');
		const { next, told } = watching('file');
		for (let i = 0; i < 3; i++) {
			writeFileSync(path.join(root, 'new'), String(i));
			renameSync(path.join(root, 'new'), path.join(root, 'file'));
			await next('file');
		}
		assert.deepEqual(new Set(told), new Set(['file']), 'nothing is told of the file beside it');
	});

	it('may come later, with the folders above it, go, and come again', async () => {
		const { next, told } = watching('a/b/c');
		for (let i = 0; i < 2; i++) {
			mkdirSync(path.join(root, 'a/b/c'), { recursive: true });
			await next('a/b/c');
			writeFileSync(path.join(root, 'a/b/c/file'), '1');
			await next('a/b/c/file');
			rmSync(path.join(root, 'a'), { recursive: true });
			await next('a/b/c');
		}
		assert.deepEqual(new Set(told), new Set(['a/b/c', 'a/b/c/file']), 'nothing is told of the folders above it');
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
		const { next, told } = watching('many');
		for (let i = 0; i < 2000; i++) writeFileSync(path.join(root, `many/${i}`), '');
		await next('many');
		assert.ok(told.length < 1000, `${told.length} paths were told`);
	});
});
