import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import { RpcFailure } from '../../support/appServerProcess.ts';
import { Gate, respond } from '../../support/model/fakeModelServer.ts';
import { itemAdded, message, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
const halfAnswer = [itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }), textDelta('Working')];

describe('what is sent while a turn runs', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is kept when the turn is stopped before the model saw it', async () => {
		fixture = await serverFixture([respond(...halfAnswer, new Gate()), respond(message('Both seen.', 'msg_2'))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId, input: input('start') });
		await server.waitForNotification('item/agentMessage/delta');
		// S043: the turn that runs may be named, and need not be.
		await server.request('turn/steer', { threadId, input: input('and mind the tests') });
		await server.request('turn/interrupt', { threadId, turnId: turn.id });
		const { thread } = await server.request('thread/read', { threadId, includeTurns: true });
		const said = thread.turns[0].items.filter((item: { type: string }) => item.type === 'userMessage');
		assert.deepEqual(
			said.map((item: { content: { text: string }[] }) => item.content[0]?.text),
			['start', 'and mind the tests'],
		);
		await server.runTurn(threadId, 'go on');
		assert.ok(JSON.stringify(fixture.model.requests.at(-1)?.body.input).includes('and mind the tests'));
	});

	it('is seen by the model, or refused, also in the moment in which the turn ends', async () => {
		const gate = new Gate();
		const more = Array.from({ length: 60 }, (_, n) => respond(message('More.', `msg_more_${n}`)));
		fixture = await serverFixture([respond(...halfAnswer, gate, ...message('Working', 'msg_1').slice(2)), ...more]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const { turn } = await server.request('turn/start', { threadId, input: input('start') });
		await gate.reached();
		gate.open();
		const accepted: string[] = [];
		for (let n = 0; n < 50; n++) {
			const text = `remark ${n}.`;
			const outcome: unknown = await server
				.request('turn/steer', { threadId, expectedTurnId: turn.id, input: input(text) })
				.catch((error: unknown) => error);
			if (outcome instanceof RpcFailure) break;
			accepted.push(text);
		}
		await server.waitForNotification('turn/completed');
		const seen = JSON.stringify(fixture.model.requests.map((request) => request.body.input));
		for (const text of accepted) assert.ok(seen.includes(text), text);
	});
});
