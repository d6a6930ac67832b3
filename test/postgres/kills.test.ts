import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { after, before, describe, it } from 'mocha';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { patient } from '../support/deadline.ts';
import { respond } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { eventually, PostgresCluster } from '../support/postgresCluster.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const rounds = Number(process.env['TILLER_CRASHES'] ?? 4);

interface Item {
	readonly type: string;
	readonly content?: readonly { readonly text?: string }[];
}

describe('threads on PostgreSQL, when servers and the database are killed', function () {
	this.timeout(patient(60_000 + rounds * 15_000));
	let cluster: PostgresCluster;
	const fixtures: ServerFixture[] = [];
	before(async () => {
		cluster = await PostgresCluster.start();
		await cluster.query('CREATE ROLE person LOGIN; GRANT CREATE ON DATABASE postgres TO person');
	});
	after(async () => {
		await Promise.all(fixtures.map((fixture) => fixture.dispose()));
		await cluster.dispose();
	});

	const start = async (fixture: ServerFixture): Promise<AppServerProcess> => {
		const server = fixture.start({ env: { TILLER_THREAD_STORE: cluster.address('person') } });
		await server.initialize();
		return server;
	};
	/** All of them: each round leaves some. */
	const ids = async (server: AppServerProcess): Promise<readonly string[]> => {
		const all: string[] = [];
		for (let cursor: string | null = null; ; ) {
			const page: { data: { id: string }[]; nextCursor: string | null } = await server.request('thread/list', { limit: 100, cursor });
			all.push(...page.data.map(({ id }) => id));
			cursor = page.nextCursor;
			if (cursor === null) return all;
		}
	};
	const said = async (server: AppServerProcess, threadId: string): Promise<readonly string[]> => {
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const items = (thread.turns as readonly { items: readonly Item[] }[]).flatMap((turn) => turn.items);
		return items.filter(({ type }) => type === 'userMessage').map(({ content }) => content?.[0]?.text ?? '');
	};

	it(`nothing that was said is lost or doubled, in ${rounds} rounds`, async () => {
		const answers = () => Array.from({ length: rounds * 4 + 4 }, () => respond(message('Yes.')));
		for (let n = 0; n < 2; n++) fixtures.push(await serverFixture(answers()));
		const [one, two] = fixtures;
		assert.ok(one && two);
		const kept: string[] = [];
		const first = await start(one);
		const shared = await first.startThread(one.home);
		await first.runTurn(shared, 'the beginning');
		kept.push('the beginning');
		await first.kill();
		for (let round = 0; round < rounds; round++) {
			const servers = await Promise.all([start(one), start(two)]);
			const work = servers.map(async (server, n) => {
				const fixture = n === 0 ? one : two;
				await eventually('the thread is there', async () => (await ids(server)).includes(shared));
				for (const own of [false, true]) {
					const text = `round ${round} of ${n} in ${own ? 'its own' : 'the shared'} thread`;
					const id = own ? await server.startThread(fixture.home) : shared;
					if (!own) await server.request('thread/resume', { threadId: id, cwd: fixture.home.workspace });
					const from = server.mark();
					await server.request('turn/start', { threadId: id, input: [{ type: 'text', text, text_elements: [] }] });
					await server.waitForNotification('item/completed', ({ item }) => item.type === 'userMessage' && item.content[0].text === text, from);
					kept.push(text);
				}
			});
			// Not a wait for a state: the moment of the kill is what is tried.
			const kill = delay(Math.random() * 600).then(() => (round % 2 === 0 ? cluster.kill() : servers[round % 4 === 1 ? 0 : 1]?.kill()));
			// The machine that was killed, or was refused because the other one worked in the thread, has said nothing more.
			await Promise.all([
				Promise.allSettled(work.map((each) => Promise.race([each, delay(4000).then(() => Promise.reject(new Error('killed')))]))),
				kill,
			]);
			await Promise.all(servers.map((server) => server.kill()));
			if (round % 2 === 0) await cluster.up();
		}
		assert.ok(kept.length > rounds, `only ${kept.length} messages were taken`);
		const [a, b] = [await start(one), await start(two)];
		fixtures.push(await serverFixture([]));
		const fresh = fixtures[2];
		assert.ok(fresh);
		const c = await start(fresh);
		const whole = async (server: AppServerProcess) => {
			const all = [...(await ids(server))].sort();
			return JSON.stringify(await Promise.all(all.map(async (id) => [id, await said(server, id)])));
		};
		await eventually('all three have the same', async () => {
			const [x, y, z] = [await whole(a), await whole(b), await whole(c)];
			return x === y && y === z && kept.every((text) => z.includes(JSON.stringify(text)));
		});
		for (const id of await ids(c)) {
			const texts = await said(c, id);
			assert.deepEqual(texts, [...new Set(texts)], `thread ${id} says something twice`);
		}
		const broken = await cluster.query(
			`SELECT o.id FROM tiller.rollouts o JOIN tiller.records r ON r.rollout = o.id AND r.owner = o.owner GROUP BY o.owner, o.id, o.size HAVING sum(length(r.line)) <> o.size`,
		);
		assert.deepEqual(broken, []);
	});
});
