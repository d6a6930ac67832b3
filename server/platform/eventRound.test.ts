import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { setImmediate as nextRound } from 'node:timers/promises';
import { describe, it } from 'mocha';
import { lookAnew, oncePerRound } from './eventRound.ts';

describe('a look at the file system', () => {
	it('counts for the rest of the round, and no longer than until somebody says that it does not', async () => {
		const looks: string[] = [];
		const look = oncePerRound((key) => looks.push(key));
		assert.deepEqual([look('a'), look('a'), look('b')], [1, 1, 2]);
		await Promise.resolve();
		assert.equal(look('a'), 1);
		lookAnew();
		assert.equal(look('a'), 3);
		await nextRound();
		assert.equal(look('a'), 4);
		assert.deepEqual(looks, ['a', 'b', 'a', 'a']);
	});

	it('counts no longer, however long a program waits then for what happens next', async () => {
		const program = `
			import { spawn } from 'node:child_process';
			import { oncePerRound } from ${JSON.stringify(pathToFileURL(path.join(import.meta.dirname, 'eventRound.ts')).href)};
			let looks = 0;
			const look = oncePerRound(() => ++looks);
			const tell = () => process.stdout.write(String(look('a')));
			setTimeout(() => {
				tell();
				spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }).once('exit', tell);
			});
		`;
		const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', program]);
		assert.equal(stdout, '12');
	});

	it('that fails fails for the rest of the round', async () => {
		let looks = 0;
		const look = oncePerRound(() => {
			looks++;
			throw new Error('no');
		});
		for (let times = 0; times < 2; times++) assert.throws(() => look('a'), /no/);
		assert.equal(looks, 1);
		await nextRound();
		assert.throws(() => look('a'), /no/);
		assert.equal(looks, 2);
	});
});
