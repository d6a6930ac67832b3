import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { until, within } from '../../test/support/deadline.ts';
import { thisMachine } from './leaseHolder.ts';
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
	const alive = { pid: process.ppid, host: os.hostname(), machine: null, since: Date.now(), start: null, sign: null };

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

	it('is told by the machine, whatever its name is now, and of other machines by a person', () => {
		const machine = thisMachine();
		const ours = { ...alive, machine: { ...machine, id: 'ours' }, host: 'earlier-name' };
		write(ours);
		const leases = new ThreadLeases(home);
		assert.equal(leases.holder('t')?.canBeTakenOver, machine.boot === null);
		write({ ...ours, pid: ended() });
		if (machine.boot !== null) assert.equal(leases.holder('t'), null);
		write({ ...ours, machine: { id: 'theirs', boot: 'theirs', processes: null } });
		assert.throws(() => leases.acquire('t'), /on earlier-name.*`takeOver`/);
		leases.takeOver('t');
		leases.acquire('t');
	});

	describe('of a container whose processes are not to be seen', () => {
		const lease = (sign: string | null) => ({ ...alive, pid: ended(), machine: { ...thisMachine(), processes: 'another' }, sign });
		/** A process that gives a sign of its life and says its name. */
		const giver = async () => {
			const module = path.join(import.meta.dirname, 'lifeSign.ts');
			const script = `import { LifeSign } from ${JSON.stringify(module)}; console.log(LifeSign.give(process.argv[1]).name); setInterval(() => {}, 1000);`;
			const args = ['--no-warnings', '--input-type=module', '-e', script, path.join(home, 'tiller/alive')];
			const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
			const name = await within('the sign', new Promise<string>((resolve) => child.stdout.once('data', (line) => resolve(String(line).trim()))));
			return { name, kill: () => within('its end', new Promise((resolve) => child.once('exit', resolve) && child.kill('SIGKILL'))) };
		};

		it('holds while its process gives a sign of life', async () => {
			const { name, kill } = await giver();
			try {
				write(lease(name));
				const leases = new ThreadLeases(home);
				assert.equal(leases.holder('t')?.canBeTakenOver, false);
				assert.throws(() => leases.takeOver('t'), ThreadHeldError);
			} finally {
				await kill();
			}
			assert.equal(new ThreadLeases(home).holder('t'), null);
		});

		it('is a question to the person without such a sign, also without a right one', () => {
			for (const sign of [null, '../../../etc/passwd']) {
				write(lease(sign));
				assert.equal(new ThreadLeases(home).holder('t')?.canBeTakenOver, true);
			}
		});

		it('leaves no sign behind, nor what a crash left', () => {
			const folder = path.join(home, 'tiller/alive');
			const left = path.join(folder, '0a1b2c3d-1111-4222-8333-444455556666');
			fs.mkdirSync(folder, { recursive: true });
			fs.writeFileSync(left, '');
			fs.utimesSync(left, 1, 1);
			const leases = new ThreadLeases(home);
			leases.acquire('t');
			assert.equal(fs.readdirSync(folder).length, 1);
			assert.ok(!fs.existsSync(left));
			leases.release('t');
			leases.dispose();
			assert.deepEqual(fs.readdirSync(folder), []);
		});
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

	it('that a process which has ended left keeps nobody from the file', () => {
		write({ ...alive, pid: ended() });
		let done = 0;
		assert.equal(
			new ThreadLeases(home).whileFree('t', () => done++),
			true,
		);
		assert.equal(fs.existsSync(file()), false);
		write(alive);
		assert.equal(
			new ThreadLeases(home).whileFree('t', () => done++),
			false,
		);
		assert.equal(done, 1);
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
