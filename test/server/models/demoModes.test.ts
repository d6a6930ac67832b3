import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('the demo model', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const started = async () => {
		fixture = await serverFixture([], { model: '"demo"', model_provider: '"demo"' });
		const server = fixture.start();
		await server.initialize();
		return { server, id: await server.startThread(fixture.home) };
	};

	it('asks a question in Plan mode and proposes a plan that follows from the answer', async () => {
		const { server, id } = await started();
		server.answer('item/tool/requestUserInput', () => ({ answers: { size: { answers: ['Thorough'] } } }));
		await server.runTurn(id, 'rename the thing', { collaborationMode: { mode: 'plan', settings: { model: 'demo' } } });
		const { thread } = await server.request('thread/read', { threadId: id, includeTurns: true });
		const plan = thread.turns[0].items.find((item: { type: string }) => item.type === 'plan');
		assert.match(plan.text, /rename the thing[\s\S]*everything that calls it/);
	});

	it('can be compacted, and goes round in circles until somebody stops it', async () => {
		const { server, id } = await started();
		server.answer('item/tool/requestUserInput', () => ({ answers: { go_on: { answers: ['Stop'] } } }));
		assert.equal((await server.runTurn(id, 'circles')).status, 'interrupted');
		const from = server.mark();
		await server.request('thread/compact/start', { threadId: id });
		const done = await server.waitForNotification('turn/completed', () => true, from);
		assert.equal(done.params.turn.status, 'completed');
		assert.equal((await server.runTurn(id, 'help')).status, 'completed');
	});
});
