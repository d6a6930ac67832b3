import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ActivityFiles } from './activityFiles.ts';

const ID = '01890000-0000-7000-8000-000000000001';
const by = { pid: 7, since: 5 };
const asks = [{ kind: 'command', text: 'npm test', askedAt: 3 }] as const;
const turn = { turnId: 't', startedAt: 1, step: null, plan: { step: 'Build', completed: 1, total: 2 }, tokens: 5, tokensBefore: null };

describe('what servers of a home tell each other of their threads', () => {
	let home: string;
	let folder: string;
	let files: ActivityFiles;
	beforeEach(() => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'activity-'));
		folder = path.join(home, 'tiller', 'activity');
		files = new ActivityFiles(home);
	});
	afterEach(() => fs.rmSync(home, { recursive: true }));

	it('is read as it was written, by nobody else', () => {
		files.write(ID, by, { turn, asks });
		assert.deepEqual(files.read(ID), { ...by, turn, asks });
		assert.deepEqual(files.ids(), [ID]);
		if (process.platform !== 'win32') {
			assert.equal(fs.statSync(folder).mode & 0o777, 0o700);
			assert.equal(fs.statSync(path.join(folder, `${ID}.json`)).mode & 0o777, 0o600);
		}
		files.remove(ID);
		assert.equal(files.read(ID), null);
		assert.deepEqual(fs.readdirSync(folder), []);
	});

	it('counts as nothing when it is no file of ours', () => {
		files.write(ID, by, { turn, asks });
		const file = path.join(folder, `${ID}.json`);
		const good = fs.readFileSync(file, 'utf8');
		const bad = ['', '{', '[]', 'null', good.replace('"command"', '"coffee"'), good.replace('"tokens":5', '"tokens":-1'), good.replace('"t"', '7')];
		for (const text of [...bad, good.replace('npm test', 'x'.repeat(70_000))]) {
			fs.writeFileSync(file, text);
			assert.equal(files.read(ID), null, text.slice(0, 60));
		}
		fs.rmSync(file);
		fs.mkdirSync(file);
		assert.equal(files.read(ID), null);
	});

	it('leaves out names that are no threads', () => {
		files.write(ID, by, { turn: null, asks: [] });
		for (const name of ['x.json', `${ID}.json.7.new`, 'changed', `${ID.toUpperCase()}.json`]) fs.writeFileSync(path.join(folder, name), '');
		assert.deepEqual(files.ids(), [ID]);
	});
});
