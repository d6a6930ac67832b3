import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { patienceMs, until } from '../../test/support/deadline.ts';
import type { AgentChange, FileReview } from './fileReview.ts';
import { Reviews, type ReviewsOptions } from './reviews.ts';

const text = (value: string | null) => ({ type: 'text', text: value }) as const;
const change = (file: string, before: string | null, after: string | null, threadId = 'thread'): AgentChange => ({
	path: file,
	source: { threadId, checkpointId: 'turn' },
	before: text(before),
	after: text(after),
});

describe('the reviews of all windows', () => {
	let folder: string;
	const open: Reviews[] = [];
	const errors: unknown[] = [];
	const notKept: unknown[] = [];

	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-reviews-')));
		errors.length = 0;
		notKept.length = 0;
	});
	afterEach(() => {
		for (const reviews of open.splice(0)) reviews.dispose();
		fs.rmSync(folder, { recursive: true, force: true });
	});

	async function window(options: Partial<ReviewsOptions> = {}): Promise<Reviews> {
		const reviews = new Reviews({
			folder: path.join(folder, 'kept'),
			oldFile: null,
			roots: () => ['/p'],
			nameOf: (file) => file,
			realOf: (file) => file,
			failed: (error) => errors.push(error),
			notKept: (error) => notKept.push(error),
			...options,
		});
		open.push(reviews);
		await reviews.load();
		return reviews;
	}

	const paths = (reviews: Reviews) => reviews.list().map((review) => review.path);
	function only(reviews: Reviews): FileReview {
		const [review, ...others] = reviews.list();
		assert.ok(review !== undefined && others.length === 0, `${reviews.list().length} files are to review`);
		return review;
	}
	function close(reviews: Reviews): void {
		reviews.dispose();
		open.splice(open.indexOf(reviews), 1);
	}

	it('show in a second window of the same folder what is to review, and what is decided there', async () => {
		const first = await window();
		first.follow('thread', 0);
		first.take('thread', { changes: [change('/p/a', '1', '2'), change('/p/b', null, 'new')], from: 0, known: 2 });
		const second = await window();
		assert.deepEqual([paths(second), second.known('thread'), second.followed()], [['/p/a', '/p/b'], 2, ['thread']]);
		const told: string[] = [];
		first.onDidChange((files) => told.push(...files));
		const [a] = second.list();
		assert.ok(a !== undefined && second.replace(a, null));
		await until('the first window shows the decision', () => paths(first).join() === '/p/b');
		assert.deepEqual(told, ['/p/a']);
		first.take('thread', { changes: [change('/p/c', 'x', 'y')], from: 2, known: 3 });
		await until('the second window shows the change', () => paths(second).join() === '/p/b,/p/c');
		assert.deepEqual(errors, []);
	});

	it('take in a change once, whichever windows heard of it', async () => {
		const [first, second] = [await window(), await window()];
		for (const each of [first, second]) each.follow('thread', 4);
		const changes = [change('/p/a', '1', '2')];
		assert.ok(first.take('thread', { changes, from: 4, known: 5 }));
		const [seen] = first.list();
		assert.ok(seen !== undefined && first.replace(seen, null));
		// The second window's answer of the server comes late: what was decided meanwhile does not come back.
		assert.equal(second.take('thread', { changes, from: 4, known: 5 }), false);
		assert.deepEqual([paths(first), paths(second), second.known('thread')], [[], [], 5]);
	});

	it('refuse a decision on a review that another window has changed, and show that one', async () => {
		const [first, second] = [await window(), await window()];
		first.follow('thread', 0);
		first.take('thread', { changes: [change('/p/a', '1', '2')], from: 0, known: 1 });
		second.lookAgain();
		const stale = only(second);
		first.take('thread', { changes: [change('/p/a', '2', '3')], from: 1, known: 2 });
		assert.equal(second.replace(stale, null), false);
		assert.deepEqual([only(second).base, only(second).agent], ['1', '3']);
		assert.ok(second.replace(only(second), null));
		// The file is under review again, with the very same texts: still another review.
		const before = stale;
		second.take('thread', { changes: [change('/p/a', '1', '2')], from: 2, known: 3 });
		assert.equal(second.replace(before, null), false);
		assert.equal(only(second).agent, '2');
	});

	it('show a window the files of its folders, and those that its threads changed elsewhere', async () => {
		const first = await window();
		const other = await window({ roots: () => ['/q'] });
		const both = await window({ roots: () => ['/q', '/p'] });
		first.follow('thread', 0);
		first.take('thread', { changes: [change('/p/a', '1', '2'), change('/elsewhere/b', '1', '2')], from: 0, known: 2 });
		for (const each of [other, both]) each.lookAgain();
		assert.deepEqual([paths(first), paths(other), paths(both)], [['/elsewhere/b', '/p/a'], [], ['/p/a']]);
		// The thread is opened in the other window: from where all windows stand.
		other.follow('thread', 7);
		assert.deepEqual([paths(other), other.known('thread')], [['/elsewhere/b', '/p/a'], 2]);
	});

	it('name a file as each window does', async () => {
		const first = await window();
		const linked = await window({
			roots: () => ['/p'],
			nameOf: (file) => file.replace(/^\/p\//, '/link/'),
			realOf: (file) => file.replace(/^\/link\//, '/p/'),
		});
		linked.follow('thread', 0);
		linked.take('thread', { changes: [change('/link/a', '1', '2')], from: 0, known: 1 });
		first.lookAgain();
		assert.deepEqual([paths(first), paths(linked), linked.get('/p/a')?.path], [['/p/a'], ['/link/a'], '/link/a']);
		assert.ok(linked.replace(only(linked), null));
		first.lookAgain();
		assert.deepEqual(paths(first), []);
	});

	it('are those of before after the last window was closed', async () => {
		const first = await window();
		first.follow('thread', 3);
		first.take('thread', { changes: [change('/p/a', '1', '2')], from: 3, known: 4 });
		close(first);
		const again = await window();
		assert.deepEqual([only(again).agent, again.known('thread')], ['2', 4]);
	});

	it('take in once what an older version kept for one window', async () => {
		const oldFile = path.join(folder, 'review.json');
		const old = (file: string, agent: string): FileReview => ({
			path: file,
			base: '1',
			agent,
			opaque: false,
			sources: [{ threadId: 'old', checkpointId: 'turn' }],
			reviewed: [],
		});
		fs.writeFileSync(oldFile, JSON.stringify({ version: 1, files: [old('/p/a', '2'), old('/elsewhere/b', '3')], known: { old: 6 } }));
		const first = await window({ oldFile });
		assert.deepEqual([paths(first), first.known('old'), first.followed()], [['/elsewhere/b', '/p/a'], 6, ['old']]);
		for (const review of first.list()) assert.ok(first.replace(review, null));
		close(first);
		assert.deepEqual(paths(await window({ oldFile })), []);
		fs.writeFileSync(`${oldFile}.broken`, '{"version":1,');
		assert.deepEqual(paths(await window({ oldFile: `${oldFile}.broken` })), []);
		assert.equal(errors.length, 1);
	});

	it('set a damaged database aside, and say so', async () => {
		const kept = path.join(folder, 'kept');
		fs.mkdirSync(kept);
		fs.writeFileSync(path.join(kept, 'reviews_1.sqlite'), 'no database at all, but long enough to be read as one '.repeat(40));
		const first = await window();
		assert.equal(errors.length, 1);
		first.follow('thread', 0);
		first.take('thread', { changes: [change('/p/a', '1', '2')], from: 0, known: 1 });
		assert.deepEqual([paths(await window()), fs.existsSync(path.join(kept, 'reviews_1.sqlite.damaged'))], [['/p/a'], true]);
	});

	it('go on for as long as the window lives where nothing can be kept, and say so', async () => {
		fs.writeFileSync(path.join(folder, 'kept'), 'a file, where the folder should be');
		const first = await window();
		assert.equal(notKept.length, 1);
		first.follow('thread', 0);
		first.take('thread', { changes: [change('/p/a', '1', '2')], from: 0, known: 1 });
		assert.equal(only(first).agent, '2');
	});

	it('are whole after a window was killed at any moment', async () => {
		const worker = path.join(import.meta.dirname, '../../test/support/review/reviewWorker.ts');
		for (const round of [1, 2, 3]) {
			const workers = [0, 1].map(() =>
				spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', worker, path.join(folder, 'kept')], {
					stdio: ['ignore', 'pipe', 'inherit'],
				}),
			);
			const lines = workers.map(() => 0);
			workers.forEach((each, index) =>
				each.stdout.on('data', (chunk: Buffer) => (lines[index] = (lines[index] ?? 0) + chunk.toString().split('\n').length - 1)),
			);
			await until('both windows have taken in changes', () => lines.every((count) => count > 5 * round), patienceMs);
			for (const each of workers) {
				each.kill('SIGKILL');
				await once(each, 'exit');
			}
			const reviews = await window();
			// Each change adds a line to the file: a change that is counted is in it, and none is in it twice.
			const known = reviews.known('thread') ?? 0;
			assert.ok(known > 0);
			assert.equal(only(reviews).agent, Array.from({ length: known }, (_, index) => `${index}\n`).join(''));
			close(reviews);
		}
		assert.deepEqual(errors, []);
	});
});
