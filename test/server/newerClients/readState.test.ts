import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { itemAdded } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const newer = { experimentalApi: true, requestAttestation: false };

describe('what of a thread is read', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	let threadId: string;
	let gate: Gate;
	beforeEach(async () => {
		gate = new Gate();
		const endless = respond(itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }), gate);
		fixture = await serverFixture([say('One.'), say('Two.'), endless]);
		server = fixture.start();
		await server.initialize(newer);
		threadId = await server.startThread(fixture.home);
	});
	afterEach(async () => {
		gate.open();
		await fixture.dispose();
	});

	const state = async (from = server) => (await from.request('thread/read', { threadId })).readState;
	const mark = (type: string, expectedRevision: string, from = server) =>
		from.request('thread/readState/update', { threadId, operation: { type }, expectedRevision });

	it('begins at the first turn that ended unseen, is told, kept, and the same for all', async () => {
		assert.equal(await state(), null, 'nothing was said yet');
		const first = await server.runTurn(threadId, 'first');
		const { params } = await server.waitForNotification('thread/readState/changed');
		assert.deepEqual(params.readState.firstUnread, { type: 'turn', turnId: first.id });
		await server.runTurn(threadId, 'second');
		const unread = await state();
		assert.deepEqual(unread.firstUnread, { type: 'turn', turnId: first.id });
		const other = fixture.start();
		await other.initialize(newer);
		assert.deepEqual((await other.request('thread/list', {})).readStates, { [threadId]: unread });
		const { readState } = await mark('read', unread.revision, other);
		assert.equal(readState.firstUnread, null);
		assert.deepEqual(await state(), readState);
		const stale = await server.requestError('thread/readState/update', {
			threadId,
			operation: { type: 'unread' },
			expectedRevision: unread.revision,
		});
		assert.deepEqual(stale.data, { reason: 'readStateConflict', readState });
		assert.deepEqual((await mark('unread', readState.revision)).readState.firstUnread, { type: 'threadStart' });
	});

	it('does not change when a person stops a turn, and goes with its thread', async () => {
		await server.runTurn(threadId, 'first');
		const { revision } = (await mark('read', (await state()).revision)).readState;
		await server.runTurn(threadId, 'second');
		await mark('read', (await state()).revision);
		const from = server.mark();
		await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'third', text_elements: [] }] });
		await gate.reached();
		await server.request('turn/interrupt', { threadId, turnId: '' });
		await server.waitForNotification('turn/completed', () => true, from);
		assert.equal((await state()).firstUnread, null);
		assert.notEqual((await state()).revision, revision);
		await server.request('thread/delete', { threadId });
		assert.deepEqual((await server.request('thread/list', {})).readStates, {});
	});

	it('is nothing that clients of older releases hear of', async () => {
		const older = fixture.start();
		await older.initialize();
		const id = await older.startThread(fixture.home);
		await older.runTurn(id, 'hi');
		const list: Message['result'] = await older.request('thread/list', {});
		assert.ok(!('readStates' in list) && !('readState' in (await older.request('thread/read', { threadId: id }))));
		assert.ok(older.received.every(({ method }) => method !== 'thread/readState/changed'));
	});
});
