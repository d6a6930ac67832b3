import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { until } from '../../test/support/deadline.ts';
import { ThreadHeldError, ThreadLeases } from './threadLease.ts';

describe('the lease of a thread', () => {
	let home: string;
	beforeEach(() => (home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-lease-'))));
	afterEach(() => fs.rmSync(home, { recursive: true }));

	const file = () => path.join(home, 'tiller/leases/t.json');
	const write = (lease: string | object) => {
		fs.mkdirSync(path.dirname(file()), { recursive: true });
		fs.writeFileSync(file(), typeof lease === 'string' ? lease : JSON.stringify(lease));
	};
	/** A process that has ended. */
	const ended = () => spawnSync(process.execPath, ['-e', '']).pid;
	const alive = { pid: process.ppid, host: os.hostname(), since: Date.now(), start: null };

	it('is one process at a time, and free when that one lets go', () => {
		const leases = new ThreadLeases(home);
		leases.acquire('t');
		leases.acquire('t');
		assert.equal(leases.holder('t'), null, 'not another process');
		assert.equal(new ThreadLeases(home, alive).holder('t')?.pid, process.pid);
		assert.throws(() => new ThreadLeases(home, alive).acquire('t'), ThreadHeldError);
		leases.release('t');
		assert.equal(fs.existsSync(file()), false);
		new ThreadLeases(home, alive).acquire('t');
	});

	for (const [what, lease] of [
		['of a process that has ended', () => ({ ...alive, pid: ended() })],
		['of an earlier process with the number of a living one', () => ({ ...alive, start: 'long ago' })],
		['from before the computer was started', () => ({ ...alive, since: Date.now() - os.uptime() * 1000 - 3_600_000 })],
	] as const) {
		it(`${what} is taken`, () => {
			write(lease());
			const leases = new ThreadLeases(home);
			assert.equal(leases.holder('t'), null);
			leases.acquire('t');
			assert.equal(new ThreadLeases(home, alive).holder('t')?.pid, process.pid);
		});
	}

	it('of a process whose parent has not asked for its end is taken', async function () {
		if (process.platform !== 'linux') this.skip();
		// The shell becomes a program that never asks for its children; only then may the child end, or the shell itself would ask.
		const parent = spawn('sh', ['-c', 'exec 3<&0; cat <&3 & echo $!; exec sleep 60'], { stdio: ['pipe', 'pipe', 'inherit'] });
		try {
			const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (line) => resolve(Number(line))));
			await until('the shell has become another program', () => fs.readFileSync(`/proc/${parent.pid}/comm`, 'utf8') === 'sleep\n');
			parent.stdin.end();
			await until('the child has ended', () => / Z /.test(fs.readFileSync(`/proc/${pid}/stat`, 'utf8')));
			write({ ...alive, pid });
			assert.equal(new ThreadLeases(home).holder('t'), null);
		} finally {
			parent.kill();
		}
	});

	it('that cannot be read is taken, unless it has just been made', () => {
		write('no JSON');
		assert.throws(() => new ThreadLeases(home).acquire('t'), ThreadHeldError);
		fs.utimesSync(file(), 1, 1);
		new ThreadLeases(home).acquire('t');
	});

	it('without content is none, and none of ours is ever seen without', () => {
		fs.mkdirSync(path.dirname(file()), { recursive: true });
		fs.writeFileSync(file(), '');
		const leases = new ThreadLeases(home);
		assert.equal(leases.holder('t'), null);
		leases.acquire('t');
		assert.notEqual(fs.readFileSync(file(), 'utf8'), '');
		assert.deepEqual(fs.readdirSync(path.dirname(file())), [path.basename(file())]);
	});

	it('is left to who took it over', () => {
		const leases = new ThreadLeases(home);
		leases.acquire('t');
		write(alive);
		leases.release('t');
		assert.ok(fs.existsSync(file()));
	});

	it('is not needed where none can be written', () => {
		fs.writeFileSync(path.join(home, 'tiller'), 'a file where a folder belongs');
		const leases = new ThreadLeases(home);
		leases.acquire('t');
		assert.equal(leases.holder('t'), null);
		leases.release('t');
	});
});
