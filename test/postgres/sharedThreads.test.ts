import assert from 'node:assert/strict';
import { linkSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { patient } from '../support/deadline.ts';
import { Gate, respond } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { eventually } from '../support/postgresCluster.ts';
import { isListed, postgresMachines, readAnswers, says, threadIds } from '../support/postgresMachines.ts';

describe('threads on PostgreSQL', function () {
	this.timeout(patient(60_000));
	const on = postgresMachines();

	it('a thread of one home is listed, read and gone on with in another one, and comes back to the first', async () => {
		const owner = await on.person();
		const first = await on.machine(owner, [respond(message('One.'))]);
		const second = await on.machine(owner, [respond(message('Two.', 'msg_2'))]);
		const [a, b] = [await first.start(), await second.start()];
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'hello from the first');
		await isListed(b, id);
		const [listed] = (await b.request('thread/list', {})).data;
		assert.equal(listed.preview, 'hello from the first');
		assert.ok(listed.path.startsWith(second.fixture.home.codexHome));
		await says(b, id, [['One.']]);
		await b.request('thread/resume', { threadId: id, cwd: second.fixture.home.workspace });
		await b.runTurn(id, 'hello from the second');
		const sent = JSON.stringify(second.fixture.model.requests.at(-1)?.body.input);
		for (const text of ['hello from the first', 'One.', 'hello from the second']) assert.ok(sent.includes(text), text);
		await says(a, id, [['One.'], ['Two.']]);
		const rows = await on.cluster.query<{ n: number; sum: number; size: number }>(
			'SELECT count(*)::int AS n, sum(length(line))::int AS sum, max(o.size)::int AS size FROM tiller.records r JOIN tiller.rollouts o ON o.id = r.rollout WHERE o.thread = $1',
			[id],
		);
		assert.equal(rows[0]?.sum, rows[0]?.size);
		assert.deepEqual([await threadIds(a), await threadIds(b)], [[id], [id]]);
	});

	it('nobody sees or changes the threads of another person', async () => {
		const [one, other] = [await on.person(), await on.person()];
		const first = await on.machine(one, [respond(message('One.'))]);
		const second = await on.machine(other, []);
		const [a, b] = [await first.start(), await second.start()];
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'a secret');
		await eventually('it is there', async () => (await on.cluster.query('SELECT 1 FROM tiller.threads WHERE id = $1', [id])).length === 1);
		assert.deepEqual(await threadIds(b), []);
		assert.match((await b.requestError('thread/read', { threadId: id })).message, /not found|not loaded/);
		for (const table of ['threads', 'rollouts', 'records', 'changes', 'owners'])
			assert.deepEqual(await on.cluster.query(`SELECT 1 FROM tiller.${table} WHERE owner = $1`, [one], other), [], table);
		await assert.rejects(on.cluster.query('INSERT INTO tiller.owners (owner) VALUES ($1)', [`${one}x`], other), /row-level security/);
		assert.deepEqual(await on.cluster.query('UPDATE tiller.threads SET preview = $1 RETURNING id', ['mine'], other), []);
		assert.deepEqual(await on.cluster.query('DELETE FROM tiller.records RETURNING at', [], other), []);
		await assert.rejects(on.cluster.query('UPDATE tiller.records SET chain = $1', ['other'], one), /permission denied/);
	});

	it('off line, turns go on and are handed over in order, once, when the database is back; nothing shows the password', async () => {
		const owner = await on.person();
		const first = await on.machine(owner, [respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const second = await on.machine(owner, []);
		await on.cluster.kill();
		const a = await first.start();
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'off line');
		await a.runTurn(id, 'still');
		assert.deepEqual(await threadIds(a), [id]);
		await eventually('it is said', () => Promise.resolve(/thread store at 127.0.0.1:\d+\/postgres cannot be reached/.test(a.stderr)));
		const { status } = await a.request('threadStore/read');
		assert.equal(status.state, 'away');
		assert.match(status.place, /^127\.0\.0\.1:\d+\/postgres$/);
		assert.match(status.problem, /ECONNREFUSED/);
		const from = a.mark();
		await on.cluster.up();
		await a.waitForNotification('threadStore/changed', (told) => told.status.state === 'upToDate' && told.status.problem === null, from);
		const b = await second.start();
		await isListed(b, id);
		await says(b, id, [['One.'], ['Two.']]);
		const config = JSON.stringify(await a.request('config/read', { includeLayers: true }));
		for (const text of [a.stderr, b.stderr, config]) assert.ok(!text.includes('not-a-secret-1'));
	});

	it('what two machines said off line in one thread becomes two threads, and nothing is lost', async () => {
		const owner = await on.person();
		const first = await on.machine(owner, [respond(message('One.')), respond(message('Two A.', 'msg_2'))]);
		const second = await on.machine(owner, [respond(message('Two B.', 'msg_2'))]);
		const [a, b] = [await first.start(), await second.start()];
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'together');
		await isListed(b, id);
		await b.request('thread/resume', { threadId: id, cwd: second.fixture.home.workspace });
		await on.cluster.kill();
		await Promise.all([a.runTurn(id, 'apart a'), b.runTurn(id, 'apart b')]);
		// Second names of what was written: whatever takes their place, these files are not written to.
		const written = [first, second].map(({ fixture: { home } }) => {
			const name =
				readdirSync(home.codexHome, { recursive: true })
					.map(String)
					.find((file) => file.endsWith(`${id}.jsonl`)) ?? '';
			linkSync(path.join(home.codexHome, name), path.join(home.root, 'written.jsonl'));
			return { file: path.join(home.root, 'written.jsonl'), text: readFileSync(path.join(home.codexHome, name), 'utf8') };
		});
		await on.cluster.up();
		for (const server of [a, b])
			await eventually('there are two', async () => {
				const all = await threadIds(server);
				if (all.length !== 2) return false;
				const said = await Promise.all(all.map((each) => readAnswers(server, each)));
				return JSON.stringify(said.map((turns) => turns.flat().at(-1)).sort()) === JSON.stringify(['Two A.', 'Two B.']);
			});
		const all = [await threadIds(a), await threadIds(b)].map((each) => [...each].sort());
		assert.deepEqual(all[0], all[1]);
		for (const server of [a, b]) assert.deepEqual((await readAnswers(server, id)).length, 2);
		for (const { file, text } of written) assert.ok(readFileSync(file, 'utf8').startsWith(text));
		const { fixture } = second;
		const files = readdirSync(fixture.home.codexHome, { recursive: true }).map(String);
		assert.deepEqual(
			files.filter((file) => /unfinished$/.test(file)).map((file) => path.basename(file)),
			[],
		);
	});

	it('names, the archive and deletions reach the other homes', async () => {
		const owner = await on.person();
		const first = await on.machine(owner, [respond(message('One.')), respond(message('Two.', 'msg_2'))]);
		const second = await on.machine(owner, []);
		const [a, b] = [await first.start(), await second.start()];
		const [one, two] = [await a.startThread(first.fixture.home), await a.startThread(first.fixture.home)];
		await a.runTurn(one, 'first');
		await a.runTurn(two, 'second');
		await isListed(b, one);
		await isListed(b, two);
		await readAnswers(b, one);
		await a.request('thread/name/set', { threadId: one, name: 'A name' });
		await a.request('thread/name/set', { threadId: two, name: 'Another name' });
		const names = async () => (await b.request('thread/list', {})).data.map(({ name }: { name: string | null }) => name).sort();
		await eventually('both have names', async () => JSON.stringify(await names()) === JSON.stringify(['A name', 'Another name']));
		await a.request('thread/archive', { threadId: one });
		await a.request('thread/archive', { threadId: two });
		await isListed(b, one, { archived: true });
		await isListed(b, two, { archived: true });
		assert.deepEqual(await threadIds(b), []);
		await b.request('thread/unarchive', { threadId: two });
		await isListed(a, two);
		await a.request('thread/delete', { threadId: one });
		await eventually('it is gone', async () => (await threadIds(b, { archived: true })).length === 0);
		assert.deepEqual(await on.cluster.query('SELECT 1 FROM tiller.records r WHERE rollout = $1', [one]), []);
		assert.match((await b.requestError('thread/read', { threadId: one })).message, /not found|not loaded/);
	});

	it('a turn is followed live on another machine, which is refused by name meanwhile and goes on after it; a machine that dies lets go', async () => {
		const owner = await on.person();
		const [gate, never] = [new Gate(), new Gate()];
		const first = await on.machine(owner, [respond(message('One.')), respond(gate, ...message('Two.', 'msg_2')), respond(never)]);
		const second = await on.machine(owner, [respond(message('Three.', 'msg_3')), respond(message('Four.', 'msg_4'))]);
		const [a, b] = [await first.start(), await second.start()];
		const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
		const id = await a.startThread(first.fixture.home);
		await a.runTurn(id, 'hello');
		await isListed(b, id);
		await says(b, id, [['One.']]);
		await b.request('thread/resume', { threadId: id, cwd: second.fixture.home.workspace });
		await a.request('turn/start', { threadId: id, input: input('again') });
		await gate.reached();
		await b.waitForNotification('item/completed', (params) => params.item.content?.[0]?.text === 'again');
		const refused = await b.requestError('turn/start', { threadId: id, input: input('me too') });
		assert.match(refused.message, new RegExp(`worked on by another server \\(process ${a.process.pid}`));
		gate.open();
		await b.waitForNotification('item/completed', (params) => params.item.text === 'Two.');
		await b.waitForNotification('turn/completed', (params) => params.threadId === id);
		await b.runTurn(id, 'and now?');
		const sent = JSON.stringify(second.fixture.model.requests.at(-1)?.body.input);
		for (const text of ['hello', 'One.', 'again', 'Two.', 'and now?']) assert.ok(sent.includes(text), text);
		await says(a, id, [['One.'], ['Two.'], ['Three.']]);
		const from = b.mark();
		await a.request('turn/start', { threadId: id, input: input('the last') });
		await never.reached();
		await b.waitForNotification('item/completed', (params) => params.item.content?.[0]?.text === 'the last', from);
		await a.kill();
		await b.waitForNotification('turn/completed', (params) => params.threadId === id && params.turn.status === 'interrupted', from);
		assert.equal((await b.runTurn(id, 'still there?')).status, 'completed');
		never.open();
	});
});
