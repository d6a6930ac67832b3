import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { itemAdded, itemDone, messageItem } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];

describe('the queue of a thread, as newer clients name it', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	let threadId: string;
	let gate: Gate;
	beforeEach(async () => {
		gate = new Gate();
		const held = respond(itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }), gate, itemDone(messageItem('One.')));
		fixture = await serverFixture([held, say('Two.'), say('Three.'), say('Four.')]);
		server = fixture.start();
		await server.initialize();
		threadId = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId, input: input('first') });
		await gate.reached();
	});
	afterEach(async () => {
		gate.open();
		await fixture.dispose();
	});

	const queue = (what: string, params: object = {}) => server.request(`thread/queue/${what}`, { threadId, ...params });
	const add = (text: string, more: object = {}) => queue('add', { input: input(text), clientUserMessageId: `client-${text}`, ...more });
	const texts = async (params: object = {}) =>
		(await queue('list', params)).data.map((each: { input: { text: string }[] }) => each.input.map(({ text }) => text).join());
	const refusal = async (what: string, params: object) => (await server.requestError(`thread/queue/${what}`, { threadId, ...params })).message;
	const told = (from: number) => server.received.slice(from).filter(({ method }) => method === 'thread/queue/changed').length;
	const turnsDone = (count: number) =>
		server.waitUntil(`${count} turns to end`, () => server.received.filter(({ method }) => method === 'turn/completed').length >= count || undefined);

	it('takes, changes, orders and gives back messages, and says so', async () => {
		const from = server.mark();
		const { queuedSubmission: a } = await add('a', { responsesapiClientMetadata: { origin: 'test' } });
		assert.deepEqual(a, { id: a.id, input: input('a'), clientUserMessageId: 'client-a', responsesapiClientMetadata: { origin: 'test' } });
		const { queuedSubmission: b } = await add('b');
		assert.equal((await add('b')).queuedSubmission.id, b.id, 'a message that is sent again is not queued again');
		assert.deepEqual(await texts(), ['a', 'b']);
		const page = await queue('list', { limit: 1 });
		assert.deepEqual([page.data.length, await texts({ cursor: page.nextCursor })], [1, ['b']]);
		const { queuedSubmission: changed } = await queue('update', { queuedSubmissionId: a.id, input: input('a2') });
		assert.deepEqual(changed, { ...a, input: input('a2') });
		await queue('reorder', { queuedSubmissionIds: [b.id, a.id] });
		assert.deepEqual(await texts(), ['b', 'a2']);
		assert.match(await refusal('reorder', { queuedSubmissionIds: [b.id] }), /every queued submission exactly once/);
		assert.match(await refusal('reorder', { queuedSubmissionIds: [b.id, b.id] }), /every queued submission exactly once/);
		assert.deepEqual(await queue('delete', { queuedSubmissionId: b.id }), { deleted: true });
		assert.deepEqual(await queue('delete', { queuedSubmissionId: b.id }), { deleted: false });
		assert.match(await refusal('update', { queuedSubmissionId: b.id, input: input('x') }), /queued submission not found/);
		assert.match(await refusal('start', {}), /already has an active/);
		assert.match(await refusal('list', { cursor: '-1' }), /invalid cursor/);
		assert.equal(told(from), 5, 'each change is told once');
	});

	it('is the one of turn/queue, and goes on by itself with what was given with a message', async () => {
		await add('a', { responsesapiClientMetadata: { origin: 'test' } });
		await server.request('turn/queue/add', { threadId, input: input('b') });
		const { messages } = await server.request('turn/queue/list', { threadId });
		assert.deepEqual(
			messages.map((each: { input: { text: string }[] }) => each.input[0]?.text),
			await texts(),
		);
		gate.open();
		await turnsDone(3);
		assert.deepEqual(await texts(), []);
		const sent = fixture.model.requests.map(({ headers }) => String(headers['x-codex-turn-metadata']));
		assert.deepEqual(
			sent.map((text) => text.includes('"origin":"test"')),
			[false, true, false],
		);
	});

	it('waits after an interrupt, also over a restart, until a message is started', async () => {
		const { queuedSubmission: a } = await add('a', { responsesapiClientMetadata: { origin: 'test' } });
		const { queuedSubmission: b } = await add('b');
		await server.request('turn/interrupt', { threadId, turnId: '' });
		await server.close();
		server = fixture.start();
		await server.initialize();
		await server.request('thread/resume', { threadId });
		assert.deepEqual((await queue('list')).data, [a, b]);
		assert.match(await refusal('start', { queuedSubmissionId: 'none' }), /queued submission not found: none/);
		const { turn } = await queue('start', { queuedSubmissionId: b.id });
		assert.equal(turn.status, 'inProgress');
		await turnsDone(2);
		const users = server.received.flatMap(({ method, params }) =>
			method === 'item/completed' && params.item.type === 'userMessage' ? [params.item.content[0].text] : [],
		);
		assert.deepEqual(users, ['b', 'a']);
		assert.match(await refusal('start', {}), /queue is empty/);
	});
});
