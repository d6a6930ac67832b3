import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { serverFile } from '../support/appServerProcess.ts';
import { patient } from '../support/deadline.ts';
import { respond } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { type Machine, postgresMachines, readAnswers, threadIds } from '../support/postgresMachines.ts';

describe('threads import and export', function () {
	this.timeout(patient(60_000));
	const on = postgresMachines();

	const threads = ({ fixture: { home } }: Machine, ...args: readonly string[]) =>
		new Promise<{ readonly code: number; readonly out: string; readonly error: string }>((resolve) => {
			execFile(process.execPath, [serverFile, 'threads', ...args], { env: home.env, cwd: home.workspace }, (failed, out, error) =>
				resolve({ code: failed === null ? 0 : Number(failed.code), out, error }),
			);
		});

	it('bring threads from the files to a database and from there to another home, with names and archive, nothing twice', async () => {
		const owner = await on.person();
		const address = on.cluster.address(owner);
		const first = await on.machine(owner, [respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const second = await on.machine(owner, []);
		const local = { TILLER_THREAD_STORE: '' };
		const a = await first.start(local);
		const [one, two] = [await a.startThread(first.fixture.home), await a.startThread(first.fixture.home)];
		await a.runTurn(one, 'first');
		await a.runTurn(two, 'second');
		await a.request('thread/name/set', { threadId: one, name: 'A name' });
		await a.request('thread/archive', { threadId: two });
		await a.kill();
		assert.deepEqual(await threads(first, 'export', address), { code: 0, out: '2 threads exported, 0 already there, 0 left out.\n', error: '' });
		assert.equal((await threads(first, 'export', address)).out, '0 threads exported, 2 already there, 0 left out.\n');
		assert.deepEqual(await threads(second, 'import', address), { code: 0, out: '2 threads imported, 0 already there, 0 left out.\n', error: '' });
		assert.equal((await threads(second, 'import', address)).out, '0 threads imported, 2 already there, 0 left out.\n');
		const b = await second.start(local);
		const { data } = await b.request('thread/list', {});
		assert.deepEqual(
			data.map(({ id, name }: { id: string; name: string | null }) => [id, name]),
			[[one, 'A name']],
		);
		assert.deepEqual(await threadIds(b, { archived: true }), [two]);
		assert.deepEqual([await readAnswers(b, one), await readAnswers(b, two)], [[['One.']], [['Two.']]]);
		const [records] = await on.cluster.query<{ n: number; size: number }>(
			'SELECT sum(length(line))::int AS n, (SELECT sum(size)::int FROM tiller.rollouts WHERE owner = $1) AS size FROM tiller.records WHERE owner = $1',
			[owner],
		);
		assert.equal(records?.n, records?.size);
	});

	it('that are killed on the way go on where they ended: nothing is lost, torn or there twice', async () => {
		const many = 150;
		const owner = await on.person();
		const address = on.cluster.address(owner);
		const first = await on.machine(owner, [respond(message('One.'))]);
		const second = await on.machine(owner, []);
		const a = await first.start({ TILLER_THREAD_STORE: '' });
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'first');
		await a.kill();
		multiply(first, id, many);
		const count = async () => {
			const rows = await on.cluster.query<{ n: number }>('SELECT count(*)::int AS n FROM tiller.rollouts WHERE owner = $1', [owner]).catch(() => []);
			return rows[0]?.n ?? 0;
		};
		await killWhen(first, ['export', address], async () => (await count()) > 3);
		const exported = await count();
		assert.ok(exported < many, `${exported} were there before it was killed`);
		const again = await threads(first, 'export', address);
		assert.match(again.out, new RegExp(`^(\\d+) threads exported, (\\d+) already there, 0 left out\\.\\n$`));
		assert.equal(await count(), many);
		const sizes = await on.cluster.query(
			`SELECT o.id FROM tiller.rollouts o JOIN tiller.records r ON r.rollout = o.id AND r.owner = o.owner GROUP BY o.owner, o.id, o.size HAVING sum(length(r.line)) <> o.size`,
		);
		assert.deepEqual(sizes, []);

		await killWhen(second, ['import', address], async () => rollouts(second).length > 3);
		assert.ok(rollouts(second).length < many);
		assert.match((await threads(second, 'import', address)).out, / threads imported, \d+ already there, 0 left out\.\n$/);
		const texts = (machine: Machine) =>
			rollouts(machine)
				.map((file) => [path.basename(file), readFileSync(file, 'utf8')])
				.sort();
		assert.deepEqual(texts(second), texts(first));
	});

	/** Runs it until something is so, and kills it then. */
	const killWhen = async ({ fixture: { home } }: Machine, args: readonly string[], isTime: () => Promise<boolean>) => {
		const child = spawn(process.execPath, [serverFile, 'threads', ...args], { env: home.env, cwd: home.workspace, stdio: 'ignore' });
		const ended = new Promise((resolve) => child.once('exit', resolve));
		while (!(await isTime())) assert.equal(child.exitCode, null, 'it was over before it could be killed');
		child.kill('SIGKILL');
		await ended;
	};
	const rollouts = ({ fixture: { home } }: Machine): readonly string[] => {
		const folder = path.join(home.codexHome, 'sessions');
		const files = existsSync(folder) ? readdirSync(folder, { recursive: true }).map(String) : [];
		return files.filter((file) => file.endsWith('.jsonl')).map((file) => path.join(folder, file));
	};
	/** As many threads as wanted, which differ in their ids. */
	const multiply = (machine: Machine, id: string, wanted: number) => {
		const [file = ''] = rollouts(machine);
		const text = readFileSync(file, 'utf8');
		const lines = text.split('\n');
		const longer = `${text}${Array.from({ length: 100 }, () => `${lines.findLast((line) => line.includes('agent_message'))}\n`).join('')}`;
		for (let n = 1; n < wanted; n++) {
			const other = `${id.slice(0, -6)}${n.toString(16).padStart(6, '0')}`;
			writeFileSync(file.replace(id, other), longer.replaceAll(id, other));
		}
	};

	it('say what is wrong, without the password', async () => {
		const machine = await on.machine(await on.person(), []);
		const nowhere = await threads(machine, 'export');
		assert.deepEqual([nowhere.code, nowhere.out], [1, '']);
		assert.match(nowhere.error, /^say where: an address of the form postgres:/);
		assert.match((await threads(machine, 'export', 'mysql://x')).error, /none of the form postgres:/);
		const closed = await threads(machine, 'import', 'postgres://me:not-a-secret-2@127.0.0.1:1/threads');
		assert.equal(closed.code, 1);
		assert.match(closed.error, /^the thread store at 127\.0\.0\.1:1\/threads cannot be reached: connect ECONNREFUSED/);
		assert.doesNotMatch(closed.error, /not-a-secret-2/);
		assert.equal((await threads(machine, 'move')).code, 2);
	});
});
