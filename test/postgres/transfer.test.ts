import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
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
