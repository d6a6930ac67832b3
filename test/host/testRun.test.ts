import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, rmdirSync } from 'node:fs';
import path from 'node:path';
import { readLines } from '../support/jsonLines.ts';
import { until, within } from '../support/deadline.ts';
import { listProcesses, processesIn } from './processTree.ts';
import { testEnvironment } from './testEnvironment.ts';

/** A run that leaves everything lying: processes in groups of their own, one of them with neither our environment nor a telling name. */
const script = `
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { startTestRun } from './test/host/testRun.ts';
const run = startTestRun();
const env = run.env('part');
const sleep = (options) => spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore', detached: true, ...options }).pid;
const pids = [sleep({ env }), sleep({ env: {}, cwd: path.join(run.folder, 'part') })];
writeFileSync(path.join(run.folder, 'part', 'left.txt'), 'left');
console.log(JSON.stringify({ folder: run.folder, pids, guardian: run.guardianPid }));
process.on('message', () => run.end().then(() => process.exit()));
setInterval(() => {}, 1000);
`;

interface Started {
	readonly folder: string;
	readonly pids: readonly number[];
	readonly guardian: number;
}

describe('a run of tests', () => {
	const runners: ChildProcess[] = [];
	const start = async (): Promise<{ readonly runner: ChildProcess; readonly said: Started }> => {
		const args = ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--input-type=module', '-e', script];
		const runner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
		runners.push(runner);
		const said = new Promise<Started>((resolve) => runner.stdout && readLines(runner.stdout, (line) => resolve(JSON.parse(line) as Started)));
		return { runner, said: await within('the run to start', said) };
	};
	const living = async (pids: readonly number[]) => (await listProcesses()).filter(({ pid }) => pids.includes(pid)).length;
	const allGone = async ({ folder, pids, guardian }: Started) => {
		await until('every process to end', async () => (await living([...pids, guardian])) === 0);
		await until('the folder to go', () => !existsSync(folder));
	};

	before(function () {
		if (process.platform !== 'linux') this.skip();
	});
	afterEach(() => {
		for (const runner of runners.splice(0)) runner.kill('SIGKILL');
	});

	it('leaves no process and no folder when it has ended', async () => {
		const { runner, said } = await start();
		assert.equal(await living(said.pids), 2);
		runner.send('end');
		await allGone(said);
	});

	it('leaves none when its runner is killed', async () => {
		const { runner, said } = await start();
		runner.kill('SIGKILL');
		await allGone(said);
	});

	it('is cleared up by the next one when its guardian was killed too', async () => {
		const { runner, said } = await start();
		process.kill(said.guardian, 'SIGKILL');
		runner.kill('SIGKILL');
		await until('the guardian to end', async () => (await living([said.guardian])) === 0);
		const next = await start();
		await allGone(said);
		assert.ok(existsSync(next.said.folder), 'the folder of the run that goes on');
		assert.equal(await living(next.said.pids), 2);
	});

	it('finds what works in a folder, and not what works beside it', async () => {
		const { said } = await start();
		const beside = `${said.folder}-beside`;
		mkdirSync(beside);
		const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { cwd: beside, stdio: 'ignore' });
		try {
			const found = await processesIn(path.join(said.folder, 'part'));
			assert.deepEqual(
				said.pids.map((pid) => found.includes(pid)),
				[true, true],
			);
			assert.equal(found.includes(other.pid ?? 0), false);
		} finally {
			other.kill('SIGKILL');
			rmdirSync(beside);
		}
	});

	it('takes nothing from the surroundings but what a person sets for tests', () => {
		const hostile = {
			PATH: `relative:/odd folder:${path.dirname(process.execPath)}`,
			HOME: '/home/somebody',
			LANG: 'tr_TR.ISO-8859-9',
			LC_ALL: 'ar_EG',
			CODEX_HOME: '/home/somebody/.codex',
			OPENAI_API_KEY: 'sk-1',
			GIT_DIR: '/x/.git',
			HTTPS_PROXY: 'http://proxy',
			NODE_OPTIONS: '--require /x.js',
			npm_config_prefix: '/x',
			CI: '1',
			TILLER_CRASHES: '7',
		};
		const env = testEnvironment('/tmp/run', hostile);
		const plain = testEnvironment('/tmp/run', { PATH: '/usr/bin', CI: '1', TILLER_CRASHES: '7' });
		assert.deepEqual(env, plain);
		assert.equal(env['HOME'], '/tmp/run/home');
		assert.equal(env['TILLER_CRASHES'], '7');
	});
});
