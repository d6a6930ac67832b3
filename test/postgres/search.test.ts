import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { patient } from '../support/deadline.ts';
import { respond } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { eventually } from '../support/postgresCluster.ts';
import { isListed, postgresMachines } from '../support/postgresMachines.ts';

interface Hit {
	readonly thread: { readonly id: string };
	readonly itemType: string;
	readonly turnId: string | null;
	readonly snippet: { readonly text: string };
}

describe('search over threads on PostgreSQL', function () {
	this.timeout(patient(90_000));
	const on = postgresMachines();

	/** All pages, one after the other. */
	const paged = async <T>(server: AppServerProcess, params: object): Promise<readonly T[]> => {
		const found: T[] = [];
		for (let cursor: string | null = null; ; ) {
			const page: { data: readonly T[]; nextCursor: string | null } = await server.request('thread/search', { ...params, cursor });
			found.push(...page.data);
			if (page.nextCursor === null) return found;
			cursor = page.nextCursor;
		}
	};

	it('finds threads that are here and those that are not, each once, in one order, with one cursor', async () => {
		const owner = await on.person();
		const texts = Array.from({ length: 6 }, (_, n) => `The quick badger of number ${n} jumps, déjà vu.`);
		const first = await on.machine(
			owner,
			[0, 2, 4].map((n) => respond(message(texts[n] ?? ''))),
		);
		const second = await on.machine(
			owner,
			[1, 3, 5].map((n) => respond(message(texts[n] ?? ''))),
		);
		const [a, b] = [await first.start(), await second.start()];
		const ids: string[] = [];
		for (let n = 0; n < texts.length; n++) {
			const [server, { fixture }] = n % 2 === 0 ? [a, first] : [b, second];
			const id = await server.startThread(fixture.home);
			ids.push(id);
			await server.runTurn(id, `question ${n}`);
		}
		for (const id of ids) for (const server of [a, b]) await isListed(server, id);
		await a.request('thread/name/set', { threadId: ids[4], name: 'A quick badger by name' });
		await eventually(
			'the name is there',
			async () => (await on.cluster.query('SELECT 1 FROM tiller.threads WHERE id = $1 AND name IS NOT NULL', [ids[4]])).length === 1,
		);
		const both = [ids.toReversed(), ids];
		for (const server of [a, b]) {
			for (const limit of [1, 2, 25]) {
				const hits = await paged<Hit>(server, { query: '"quick badger"', limit });
				const expected = both[0]?.flatMap((id) => (id === ids[4] ? [`${id} name`, `${id} agentMessage`] : [`${id} agentMessage`]));
				assert.deepEqual(hits.map(({ thread, itemType }) => `${thread.id} ${itemType}`).toSorted(), expected?.toSorted(), `pages of ${limit}`);
				assert.ok(hits.every(({ itemType, turnId }) => itemType === 'name' || turnId !== null));
				for (const [n, sortDirection] of (['desc', 'asc'] as const).entries()) {
					for (const sortKey of ['created_at', 'updated_at']) {
						const found = await paged<Hit>(server, { searchTerm: 'quick badger', limit, sortKey, sortDirection });
						const order = found.map(({ thread }) => thread.id);
						assert.deepEqual(order.toSorted(), ids.toSorted(), `${sortKey} ${sortDirection} in pages of ${limit}`);
						if (sortKey === 'updated_at') assert.deepEqual(order, both[n]);
					}
				}
			}
			// Folded words and beginnings are found, as here; words that do not follow each other are no phrase.
			assert.equal((await paged<Hit>(server, { query: 'DEJA badg' })).length, 6);
			assert.equal((await paged<Hit>(server, { query: '"badger quick"' })).length, 0);
			assert.equal((await paged<Hit>(server, { query: 'quick badgers' })).length, 0);
		}
		assert.match((await a.requestError('thread/search', { query: 'quick', cursor: 'no cursor' })).message, /invalid cursor/);
	});

	it('finds nothing of another person, also not by asking the functions, nor of what was deleted', async () => {
		const [one, other] = [await on.person(), await on.person()];
		const first = await on.machine(one, [respond(message('A heron stands.'))]);
		const second = await on.machine(other, []);
		const third = await on.machine(one, []);
		const [a, b, c] = [await first.start(), await second.start(), await third.start()];
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'which bird?');
		await isListed(c, id);
		const find = (role: string) => on.cluster.query('SELECT * FROM tiller.find($1, $2)', [['heron'], [true]], role);
		assert.equal((await paged<Hit>(c, { query: 'heron' })).length, 1);
		assert.equal((await find(one)).length, 1);
		assert.deepEqual(await paged<Hit>(b, { query: 'heron' }), []);
		assert.deepEqual(await find(other), []);
		await assert.rejects(on.cluster.query('SELECT 1 FROM tiller.words', [], other), /permission denied/);
		await a.request('thread/delete', { threadId: id });
		await eventually('it is gone', async () => (await find(one)).length === 0);
		assert.deepEqual(await paged<Hit>(c, { query: 'heron' }), []);
	});

	it('says that it is not complete while the database is away', async () => {
		const owner = await on.person();
		const first = await on.machine(owner, [respond(message('A lynx.'))]);
		const a = await first.start();
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'what is it?');
		await on.cluster.kill();
		try {
			await eventually('it is found here', async () => {
				const { data, isComplete } = await a.request('thread/search', { query: 'lynx' });
				return data.length === 1 && isComplete === false;
			});
		} finally {
			await on.cluster.up();
		}
	});
});
