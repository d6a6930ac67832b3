import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { until } from '../../test/support/deadline.ts';
import { type LogLimits, LogStore } from './logStore.ts';

describe('the kept log', () => {
	let folder: string;
	let file: string;
	const stores: LogStore[] = [];
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-logs-'));
		file = path.join(folder, 'deep', 'logs.sqlite');
	});
	afterEach(() => {
		for (const store of stores.splice(0)) store.dispose();
		fs.rmSync(folder, { recursive: true });
	});

	const open = (limits: Partial<LogLimits> = {}, at: string | null = file) => {
		const store = new LogStore({ file: () => at, redact: (text) => text.replaceAll('key', '***'), now: Date.now, limits });
		stores.push(store);
		return store;
	};
	const add = (store: LogStore, body: string, threadId: string | null = null, at = Date.now()) => store.add({ at, level: 'debug', body, threadId });
	const bodies = (text: string | null) => (text ?? '').split('\n').flatMap((line) => line.split(' DEBUG ')[1] ?? []);
	const rows = () => {
		const database = new DatabaseSync(file, { readOnly: true });
		const count = Number(database.prepare('SELECT count(*) AS n FROM logs').get()?.n);
		database.close();
		return count;
	};

	it('opens nothing until lines are written, and has them after a flush, without secrets', () => {
		const store = open();
		add(store, 'a key');
		assert.equal(fs.existsSync(file), false);
		store.flush();
		assert.equal(rows(), 1);
		assert.match(store.newest(null, 1000) ?? '', /^\d{4}-\S+Z DEBUG a \*\*\*\n$/);
		assert.equal(fs.statSync(file).mode & 0o777, 0o600);
	});

	it('writes by itself after a while, and at once when many wait', async () => {
		const store = open({ delayMs: 1, batch: 3 });
		add(store, '1');
		await until('the file to be written', () => fs.existsSync(file));
		for (const body of ['2', '3', '4']) add(store, body);
		assert.equal(rows(), 4);
	});

	it('gives those about a thread and those of the same process that are about none, the newest that fit', () => {
		const [first, second] = [open(), open()];
		add(first, 'elsewhere', null);
		first.flush();
		add(second, 'general');
		add(second, 'of the thread', 't');
		add(second, 'of another', 'u');
		add(second, 'last', 't');
		assert.deepEqual(bodies(second.newest('t', 10_000)), ['general', 'of the thread', 'last']);
		assert.deepEqual(bodies(second.newest(null, 10_000)), ['general']);
		assert.deepEqual(bodies(second.newest('t', 60)), ['last']);
		assert.deepEqual(second.newest('t', 10), null);
		add(second, 'x'.repeat(500), 't');
		add(second, 'after', 't');
		assert.deepEqual(bodies(second.newest('t', 200)), ['after']);
	});

	it('keeps no line that is too old, no more than it may, and no line that is too long', () => {
		const old = open({ ageMs: 1000 });
		add(old, 'old', 't', Date.now() - 5000);
		add(old, 'new', 't');
		assert.deepEqual(bodies(old.newest('t', 1000)), ['new']);
		const small = open({ bytes: 1300, line: 200 });
		for (let n = 0; n < 10; n++) add(small, `${n}${'x'.repeat(300)}`, 's');
		assert.deepEqual(
			bodies(small.newest('s', 100_000)).map((body) => [body[0], body.length]),
			[
				['7', 200],
				['8', 200],
				['9', 200],
			],
		);
	});

	it('keeps the newest in memory where there is no database, or none that can be used', () => {
		const none = open({ memory: 400 }, null);
		fs.writeFileSync(path.join(folder, 'broken.sqlite'), 'this is no database, whatever its name says. '.repeat(50));
		const broken = open({ memory: 400 }, path.join(folder, 'broken.sqlite'));
		const below = open({ memory: 400 }, path.join(folder, 'broken.sqlite', 'logs.sqlite'));
		for (const store of [none, broken, below]) {
			for (const body of ['1', '2', '3', '4', '5']) add(store, body, 't');
			add(store, 'of another', 'u');
			assert.deepEqual(bodies(store.newest('t', 1000)), ['4', '5']);
			assert.equal(store.newest('t', 5), null);
		}
		assert.equal(open({}, null).newest('t', 1000), null);
	});

	it('loses nothing while another process writes', () => {
		const store = open();
		add(store, 'first', 't');
		store.flush();
		const other = new DatabaseSync(file);
		other.exec('BEGIN IMMEDIATE');
		add(store, 'second', 't');
		store.flush();
		other.exec('COMMIT');
		other.close();
		assert.deepEqual(bodies(store.newest('t', 1000)), ['first', 'second']);
	});
});
