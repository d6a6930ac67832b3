import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { resetMemories } from './resetMemories.ts';

describe('resetting memories', () => {
	let home: string;
	beforeEach(() => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-memories-'));
	});
	afterEach(() => fs.rmSync(home, { recursive: true, force: true }));
	const memories = () => path.join(home, 'memories');

	it('empties the folder, keeps it, and leaves what links in it lead to', async () => {
		fs.mkdirSync(path.join(memories(), 'skills', 'a'), { recursive: true });
		fs.writeFileSync(path.join(memories(), 'MEMORY.md'), 'x');
		fs.mkdirSync(path.join(home, 'elsewhere'));
		fs.writeFileSync(path.join(home, 'elsewhere', 'kept'), 'x');
		fs.symlinkSync(path.join(home, 'elsewhere'), path.join(memories(), 'link'));
		await resetMemories(home);
		assert.deepEqual(fs.readdirSync(memories()), []);
		assert.deepEqual(fs.readdirSync(path.join(home, 'elsewhere')), ['kept']);
	});

	it('makes the folder where there is none', async () => {
		await resetMemories(home);
		assert.deepEqual(fs.readdirSync(memories()), []);
	});

	it('refuses a folder that is a link', async () => {
		fs.mkdirSync(path.join(home, 'elsewhere'));
		fs.writeFileSync(path.join(home, 'elsewhere', 'kept'), 'x');
		fs.symlinkSync(path.join(home, 'elsewhere'), memories());
		await assert.rejects(resetMemories(home), /symbolic link/);
		assert.deepEqual(fs.readdirSync(path.join(home, 'elsewhere')), ['kept']);
	});
});
