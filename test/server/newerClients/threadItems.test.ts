import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand, message, textDelta, itemAdded, itemDone, messageItem } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('the items of a thread', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	let threadId: string;
	let turns: readonly string[];
	beforeEach(async () => {
		fixture = await serverFixture([
			respond(execCommand('echo hi')),
			respond(execCommand('false', { callId: 'call_2' })),
			say('First answer.'),
			say('Second answer.'),
			say('Third answer.'),
		]);
		server = fixture.start();
		await server.initialize();
		threadId = await server.startThread(fixture.home);
		const [first, second] = [await server.runTurn(threadId, 'first'), await server.runTurn(threadId, 'second')];
		turns = [first.id, second.id];
	});
	afterEach(() => fixture.dispose());

	type Entry = { readonly turnId: string; readonly item: { readonly type: string; readonly id: string } };
	const shown = (entries: readonly Entry[]) => entries.map(({ turnId, item }) => `${turns.indexOf(turnId)} ${item.type}`);
	const list = (params: object = {}) => server.request('thread/items/list', { threadId, ...params });
	const all = ['0 userMessage', '0 commandExecution', '0 commandExecution', '0 agentMessage', '1 userMessage', '1 agentMessage'];
	/** Every page of a list until its end. */
	const pages = async (method: string, params: object): Promise<Entry[][]> => {
		const found: Entry[][] = [];
		let cursor: string | null = null;
		do {
			const page: { data: Entry[]; nextCursor: string | null } = await server.request(method, { threadId, ...params, cursor });
			found.push(page.data);
			cursor = page.nextCursor;
		} while (cursor !== null && found.length < 20);
		return found;
	};

	it('are listed across turns, in pages of both directions, loaded or not', async () => {
		assert.deepEqual(shown((await list()).data), all);
		for (const limit of [1, 2, 4, 6]) {
			assert.deepEqual((await pages('thread/items/list', { limit })).map(shown).flat(), all, `pages of ${limit}`);
			assert.deepEqual((await pages('thread/items/list', { limit, sortDirection: 'desc' })).map(shown).flat(), all.toReversed());
		}
		const second = await list({ limit: 2, cursor: (await list({ limit: 3 })).nextCursor });
		assert.deepEqual(shown(second.data), all.slice(3, 5));
		const back = await list({ cursor: second.backwardsCursor, sortDirection: 'desc' });
		assert.deepEqual(shown(back.data), all.slice(0, 4).toReversed());
		const other = fixture.start();
		await other.initialize();
		assert.deepEqual(shown((await other.request('thread/items/list', { threadId })).data), all);
	});

	it('are listed of one turn, from one of its items on', async () => {
		const [turnId] = turns;
		const at = (itemId: string) => ({ type: 'item', itemId });
		assert.deepEqual(shown((await list({ turnId })).data), all.slice(0, 4));
		assert.deepEqual(shown((await list({ turnId, cursor: at('call_1') })).data), all.slice(2, 4));
		assert.deepEqual(shown((await list({ turnId, cursor: at('call_1'), sortDirection: 'desc' })).data), all.slice(0, 1));
		assert.deepEqual((await list({ turnId: 'none' })).data, []);
		const refused = async (params: object) => (await server.requestError('thread/items/list', { threadId, ...params })).message;
		assert.match(await refused({ cursor: at('call_1') }), /turnId is required/);
		assert.match(await refused({ turnId, cursor: at('none') }), /does not identify an item/);
		assert.match(await refused({ cursor: 'rubbish' }), /invalid cursor: rubbish/);
	});

	it('leave out outputs that are fetched later', async () => {
		const [turnId] = turns;
		const { data } = await list({ turnId, deferOutput: { commandExecution: true } });
		assert.deepEqual(
			data.map((entry: { outputDeferred?: boolean; item: { aggregatedOutput?: string } }) => [entry.outputDeferred, entry.item.aggregatedOutput]),
			[
				[undefined, undefined],
				[true, null],
				[undefined, null],
				[undefined, undefined],
			],
		);
		const read = await server.request('thread/items/read', { threadId, turnId, itemIds: [data[3].item.id, 'call_1', 'none'] });
		assert.deepEqual(shown(read.data), ['0 commandExecution', '0 agentMessage']);
		assert.equal(read.data[0].item.aggregatedOutput, 'hi\n');
		assert.match((await server.requestError('thread/items/read', { threadId, turnId, itemIds: [] })).message, /1 to 100/);
	});

	it('stand in a timeline between the ends of their turns, the newest page first', async () => {
		type Timed = Entry & { readonly type: string; readonly position: number };
		const shownTimes = (entries: readonly Timed[]) =>
			entries.map(({ type, turnId, item }) => `${turns.indexOf(turnId)} ${type === 'item' ? item.type : type}`);
		const whole = ['0 turnStarted', ...all.slice(0, 4), '0 turnCompleted', '1 turnStarted', ...all.slice(4), '1 turnCompleted'];
		for (const limit of [1, 3, 4, 10]) {
			const found = (await pages('thread/timeline/list', { limit })).toReversed().flat() as Timed[];
			assert.deepEqual(shownTimes(found), whole, `pages of ${limit}`);
			assert.ok(found.every(({ position }, index) => index === 0 || position > (found[index - 1]?.position ?? 0)));
		}
		// A turn in between moves nothing.
		const { nextCursor } = await server.request('thread/timeline/list', { threadId, limit: 3 });
		const third = await server.runTurn(threadId, 'third');
		turns = [...turns, third.id];
		const older = await server.request('thread/timeline/list', { threadId, limit: 3, cursor: nextCursor });
		assert.deepEqual(shownTimes(older.data), whole.slice(-6, -3));
		assert.match((await server.requestError('thread/timeline/list', { threadId, cursor: 'x' })).message, /invalid cursor/);
	});
});

describe('the items of a running turn', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture?.dispose());

	it('are in the list and in the timeline, and the end of the turn is not', async () => {
		const gate = new Gate();
		const steps = [itemAdded({ type: 'message', role: 'assistant', id: 'msg_9', content: [] }), textDelta('Half', 'msg_9'), gate];
		fixture = await serverFixture([respond(message('Done.')), respond(...steps, itemDone(messageItem('Half a word', 'msg_9')))]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.runTurn(threadId, 'first');
		await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'second', text_elements: [] }] });
		await server.waitForNotification('item/agentMessage/delta', ({ itemId }) => itemId === 'msg_9');
		const { data } = await server.request('thread/items/list', { threadId });
		assert.deepEqual(
			data.map(({ item }: { item: { text?: string; type: string } }) => item.text ?? item.type),
			['userMessage', 'Done.', 'userMessage', 'Half'],
		);
		const timeline = await server.request('thread/timeline/list', { threadId, limit: 3 });
		assert.deepEqual(
			timeline.data.map(({ type }: { type: string }) => type),
			['turnStarted', 'item', 'item'],
		);
		gate.open();
		await server.waitForNotification('turn/completed', ({ turn }) => turn.id === timeline.data[0].turnId);
	});
});
