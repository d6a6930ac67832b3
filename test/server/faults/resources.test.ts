import assert from 'node:assert/strict';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

interface ProcessRow {
	readonly kind: string;
	readonly threadId: string | null;
	readonly processId: string | null;
	readonly memoryBytes: number;
	readonly command: string | null;
}

interface UsageRow {
	readonly model: string | null;
	readonly usage: { readonly totalTokens: number };
}

describe('what the server takes', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is told of itself and of each command that runs, and of models by thread, turn and day', async () => {
		fixture = await serverFixture([
			respond(execCommand('sleep 100', { yield_time_ms: 250 })),
			respond(message('It runs.')),
			respond(message('Yes.')),
		]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const since = Math.floor(Date.now() / 1000) - 60;
		assert.deepEqual((await server.request('usage/read', { since })).since, []);
		await server.runTurn(threadId, 'go');

		const rows = async (): Promise<readonly ProcessRow[]> => (await server.request('server/resources/read', {})).data;
		const before = await rows();
		assert.ok(before.some(({ kind, memoryBytes }) => kind === 'server' && memoryBytes > 1_000_000));
		const command = before.find(({ kind }) => kind === 'command');
		assert.equal(command?.threadId, threadId);
		assert.match(command?.command ?? '', /sleep 100/);
		await server.request('thread/backgroundTerminals/terminate', { threadId, processId: command?.processId });
		assert.equal(
			(await rows()).some(({ kind }) => kind === 'command'),
			false,
		);

		await server.runTurn(threadId, 'and?');
		const { thread, since: today } = await server.request('usage/read', { threadId, since });
		const totals = (list: readonly UsageRow[]) => list.map(({ model, usage }) => [typeof model, usage.totalTokens]);
		assert.deepEqual(totals(thread.total), [['string', 330]]);
		assert.deepEqual(totals(thread.lastTurn.total), [['string', 110]]);
		assert.deepEqual(today, thread.total);
		const refused = await server.requestError('usage/read', { threadId: '00000000-0000-4000-8000-000000000000' });
		assert.match(refused.message, /thread not found/);
	});
});
