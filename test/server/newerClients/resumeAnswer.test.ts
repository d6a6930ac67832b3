import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const NEWER = { experimentalApi: true, requestAttestation: false };

describe('a thread that a newer client opens', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	let threadId: string;
	beforeEach(async () => {
		fixture = await serverFixture([respond(execCommand('echo hi')), say('First.'), say('Second.')]);
		server = fixture.start();
		await server.initialize(NEWER);
		threadId = await server.startThread(fixture.home, { historyMode: 'paginated' });
		await server.runTurn(threadId, 'one');
		const settings = { model: 'gpt-5.4', reasoning_effort: null, developer_instructions: null };
		await server.runTurn(threadId, 'two', { collaborationMode: { mode: 'plan', settings } });
	});
	afterEach(() => fixture.dispose());

	const types = (items: readonly { readonly type: string }[]) => items.map(({ type }) => type);

	for (const loaded of [true, false])
		it(`says where its end is and has the page that was asked for${loaded ? '' : ', also when nobody had it loaded'}`, async () => {
			const asked = loaded ? server : fixture.start();
			if (!loaded) await asked.initialize(NEWER);
			for (const excludeTurns of [true, false]) {
				const resumed = await asked.request('thread/resume', { threadId, excludeTurns, initialTurnsPage: { limit: 1, itemsView: 'full' } });
				const { thread, initialTurnsPage, turnsBackwardsCursor, itemsBackwardsCursor } = resumed;
				assert.equal(thread.turns.length, excludeTurns ? 0 : 2);
				assert.deepEqual(types(initialTurnsPage.data[0].items), ['userMessage', 'agentMessage']);
				const older = await asked.request('thread/turns/list', { threadId, cursor: initialTurnsPage.nextCursor, itemsView: 'full' });
				assert.deepEqual(types(older.data[0].items), ['userMessage', 'commandExecution', 'agentMessage']);
				const newest = await asked.request('thread/turns/list', { threadId, cursor: turnsBackwardsCursor, sortDirection: 'desc' });
				assert.equal(newest.data[0].id, initialTurnsPage.data[0].id);
				const items = await asked.request('thread/items/list', { threadId, cursor: itemsBackwardsCursor, sortDirection: 'desc', limit: 2 });
				assert.deepEqual(types(items.data.map(({ item }: { item: { type: string } }) => item)), ['agentMessage', 'userMessage']);
			}
		});

	it('tells how it goes on and where it works', async () => {
		const resumed = await server.request('thread/resume', { threadId, excludeTurns: true });
		assert.equal(resumed.collaborationMode.mode, 'plan');
		assert.equal(resumed.initialTurnsPage, null);
		const { workspace } = fixture.home;
		assert.deepEqual(resumed.thread.environments, [{ environmentId: 'local', cwd: workspace, runtimeWorkspaceRoots: [workspace] }]);
		const { model, originator, canAcceptDirectInput, historyMode } = resumed.thread;
		assert.deepEqual([model, originator, canAcceptDirectInput, historyMode], ['gpt-5.4', 'tiller-test', true, 'paginated']);
		const other = fixture.start();
		await other.initialize(NEWER);
		const { thread } = await other.request('thread/read', { threadId });
		assert.deepEqual([thread.environments, thread.model, thread.canAcceptDirectInput], [null, null, null]);
	});

	it('has the same times of its items live, listed and read again', async () => {
		const told = server.received.flatMap(({ method, params }) => (method === 'item/completed' ? [params.item] : []));
		const times = ({ id, startedAtMs, completedAtMs }: { id: string; startedAtMs: number; completedAtMs: number }) => [
			id,
			startedAtMs,
			completedAtMs,
		];
		for (const item of told) assert.ok(item.startedAtMs > 0 && item.completedAtMs >= item.startedAtMs, JSON.stringify(item));
		const other = fixture.start();
		await other.initialize(NEWER);
		const { data } = await other.request('thread/items/list', { threadId });
		assert.deepEqual(
			data.map(({ item, startedAtMs, completedAtMs }: { item: { id: string }; startedAtMs: number; completedAtMs: number }) =>
				times({ id: item.id, startedAtMs, completedAtMs }),
			),
			told.map(times),
		);
		const { thread } = await other.request('thread/read', { threadId, includeTurns: true });
		assert.deepEqual(
			thread.turns.flatMap(({ items }: { items: typeof told }) => items.map(times)),
			told.map(times),
		);
	});

	it('is told to base clients in their own words', async () => {
		const base = fixture.start();
		await base.initialize({ experimentalApi: true });
		const resumed = await base.request('thread/resume', { threadId, initialTurnsPage: { limit: 1 } });
		for (const member of ['collaborationMode', 'turnsBackwardsCursor', 'initialTurnsPage', 'disabledPluginIds', 'runtimeWorkspaceRoots'])
			assert.ok(!(member in resumed), member);
		for (const member of ['environments', 'model', 'recencyAt', 'originator', 'historyMode']) assert.ok(!(member in resumed.thread), member);
		for (const item of resumed.thread.turns.flatMap(({ items }: { items: object[] }) => items)) assert.ok(!('startedAtMs' in item));
	});
});
