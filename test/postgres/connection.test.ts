import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { certificate, certificateKey } from '../support/certificate.ts';
import { patient } from '../support/deadline.ts';
import { respond } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { eventually } from '../support/postgresCluster.ts';
import { isListed, postgresMachines, says, threadIds } from '../support/postgresMachines.ts';

describe('the line to PostgreSQL', function () {
	this.timeout(patient(90_000));
	const on = postgresMachines();

	it('that gives no answer keeps nobody waiting: turns go on, and are handed over when it does', async () => {
		const owner = await on.person();
		const first = await on.machine(owner, [respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const second = await on.machine(owner, []);
		const a = await first.start();
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'before');
		const count = () => on.cluster.query('SELECT 1 FROM tiller.rollouts WHERE id = $1', [id]).then((rows) => rows.length);
		await eventually('it is there', async () => (await count().catch(() => 0)) === 1);
		on.cluster.freeze(true);
		try {
			await a.runTurn(id, 'meanwhile');
			assert.deepEqual(await threadIds(a), [id]);
			await eventually('it is said', () =>
				Promise.resolve(/thread store at 127.0.0.1:\d+\/postgres cannot be reached: it does not answer/.test(a.stderr)),
			);
		} finally {
			on.cluster.freeze(false);
		}
		const b = await second.start();
		await isListed(b, id);
		await says(b, id, [['One.'], ['Two.']]);
	});

	it('that is away is the reason said for a thread that is not here', async () => {
		const { start } = await on.machine(await on.person(), []);
		await on.cluster.kill();
		try {
			const server = await start();
			const { message: said } = await server.requestError('thread/resume', { threadId: '01890000-0000-7000-8000-000000000001' });
			assert.match(
				said,
				/: no rollout found for thread id 01890000\S+, and the thread store at 127\.0\.0\.1:\d+\/postgres cannot be reached: connect ECONNREFUSED/,
			);
		} finally {
			await on.cluster.up();
		}
		const server = await start();
		assert.match((await server.requestError('thread/resume', { threadId: '01890000-0000-7000-8000-000000000001' })).message, /000000000001$/);
	});

	it('is encrypted, and only with the server that the address names', async () => {
		const owner = await on.person();
		const { fixture, start } = await on.machine(owner, [respond(message('One.'))]);
		const authority = path.join(fixture.home.root, 'authority.pem');
		writeFileSync(authority, certificate);
		await on.cluster.kill();
		await on.cluster.requireTls({ certificate, key: certificateKey });
		await on.cluster.up();
		const at = (query: string, host = '127.0.0.1') => ({ TILLER_THREAD_STORE: `${on.cluster.address(owner).replace('127.0.0.1', host)}?${query}` });
		const refused = async (env: Readonly<Record<string, string>>, words: RegExp) => {
			const server = await start(env);
			await server.request('thread/list', {});
			await eventually('it is said', () => Promise.resolve(words.test(server.stderr)));
			await server.kill();
		};
		await refused(at('sslmode=disable'), /no encryption \(add sslmode=verify-full\)/);
		await refused(at('sslmode=verify-full'), /self-signed certificate.*name the file of its certificate authority: sslrootcert=FILE/);
		await refused(at(`sslmode=verify-full&sslrootcert=${authority}`, '127.0.0.2'), /127\.0\.0\.2.* not in the cert/);
		await refused(at('sslmode=prefer'), /sslmode=prefer is not supported/);
		const server = await start(at(`sslmode=verify-full&sslrootcert=${authority}`));
		const id = await server.startThread(fixture.home);
		await server.runTurn(id, 'over TLS');
		await eventually(
			'it is there',
			async () => (await on.cluster.query('SELECT 1 FROM tiller.rollouts WHERE id = $1', [id]).catch(() => [])).length === 1,
		);
		const ssl = await on.cluster.query<{ ssl: boolean }>('SELECT s.ssl FROM pg_stat_ssl s JOIN pg_stat_activity a USING (pid) WHERE a.usename = $1', [
			owner,
		]);
		assert.ok(ssl.length > 0 && ssl.every((each) => each.ssl));
	});
});
