import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { Gate, respond } from '../../support/model/fakeModelServer.ts';
import { itemAdded, message, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

interface Item {
	readonly type: string;
	readonly text?: string;
	readonly content?: readonly { readonly text: string }[];
}
const said = (turns: readonly { readonly items: readonly Item[] }[]) =>
	turns.map((turn) => turn.items.map((item) => item.text ?? item.content?.map((part) => part.text).join('') ?? item.type));
const answers = (...texts: readonly string[]) => texts.map((text, n) => respond(message(text, `msg_${n}`)));
const digest = async (file: string) =>
	createHash('sha256')
		.update(await readFile(file))
		.digest('hex');

async function threeTurns(server: AppServerProcess, fixture: ServerFixture) {
	await server.initialize();
	const { thread } = await server.request('thread/start', { cwd: fixture.home.workspace });
	const ids: string[] = [];
	for (const text of ['first', 'second', 'third']) ids.push((await server.runTurn(thread.id, text)).id);
	return { threadId: thread.id as string, file: thread.path as string, ids };
}

describe('a fork', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('also ends where newer clients say: with a turn, or before one', async () => {
		fixture = await serverFixture(answers('One.', 'Two.', 'Three.', 'Other.'));
		const server = fixture.start();
		const { threadId, ids } = await threeTurns(server, fixture);
		const fork = async (params: object) => said((await server.request('thread/fork', { threadId, ...params })).thread.turns).map(([text]) => text);
		assert.deepEqual(await fork({ lastTurnId: ids[1] }), ['first', 'second']);
		assert.deepEqual(await fork({ beforeTurnId: ids[1] }), ['first']);
		assert.deepEqual(await fork({ beforeTurnId: ids[0] }), []);
		const both = await server.requestError('thread/fork', { threadId, beforeTurnId: ids[1], lastTurnId: ids[0] });
		assert.match(both.message, /cannot be combined/);
		const { thread } = await server.request('thread/fork', { threadId, beforeTurnId: ids[2] });
		await server.runTurn(thread.id, 'otherwise');
		const input = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(input.includes('Two.') && input.includes('otherwise') && !input.includes('third'), input);
	});

	it('ends with the turn that was asked for, goes on by itself, and leaves its source as it is', async () => {
		fixture = await serverFixture(answers('One.', 'Two.', 'Three.', 'Other.'));
		const server = fixture.start();
		const { threadId, file, ids } = await threeTurns(server, fixture);
		const before = await digest(file);
		const { thread: fork } = await server.request('thread/fork', { threadId, turnId: ids[1] });
		assert.deepEqual(said(fork.turns), [
			['first', 'One.'],
			['second', 'Two.'],
		]);
		assert.equal(fork.forkedFromId, threadId);
		await server.runTurn(fork.id, 'otherwise');
		const input = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(input.includes('Two.') && !input.includes('third'), input);
		assert.equal(await digest(file), before);
		await server.close();
		const again = fixture.start();
		await again.initialize();
		const { thread } = await again.request('thread/resume', { threadId: fork.id });
		assert.deepEqual(said(thread.turns), [
			['first', 'One.'],
			['second', 'Two.'],
			['otherwise', 'Other.'],
		]);
	});

	it('of a turn that is not there is refused and leaves no file', async () => {
		fixture = await serverFixture(answers('One.', 'Two.', 'Three.'));
		const server = fixture.start();
		const { threadId, file, ids } = await threeTurns(server, fixture);
		await server.request('thread/rollback', { threadId, numTurns: 1 });
		for (const turnId of ['nonsense', ids[2]]) {
			const failure = await server.requestError('thread/fork', { threadId, turnId });
			assert.match(failure.message, /has no turn/);
		}
		assert.deepEqual(await readdir(path.dirname(file)), [path.basename(file)]);
	});

	it('of a running thread has the running turn as interrupted, tells its model so, and lets the thread run on', async () => {
		const gate = new Gate();
		const half = [itemAdded({ type: 'message', role: 'assistant', id: 'msg_1', content: [] }), textDelta('Work')];
		fixture = await serverFixture([respond(...half, gate, ...message('Work', 'msg_1').slice(2)), ...answers('In the fork.')]);
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		await server.request('turn/start', { threadId, input: [{ type: 'text', text: 'start', text_elements: [] }] });
		await server.waitForNotification('item/agentMessage/delta');
		const { thread: fork } = await server.request('thread/fork', { threadId });
		assert.deepEqual(
			fork.turns.map((turn: { status: string }) => turn.status),
			['interrupted'],
		);
		await server.runTurn(fork.id, 'go on');
		assert.match(JSON.stringify(fixture.model.requests.at(-1)?.body.input), /turn_aborted/);
		gate.open();
		const done = await server.waitForNotification('turn/completed', (params) => params.threadId === threadId);
		assert.equal(done.params.turn.status, 'completed');
	});

	it('that is ephemeral has the whole history, runs, can be rolled back, and leaves no file', async () => {
		fixture = await serverFixture(answers('One.', 'Two.', 'Three.', 'Four.', 'Five.'));
		const server = fixture.start();
		const { threadId, file } = await threeTurns(server, fixture);
		const { thread: fork } = await server.request('thread/fork', { threadId, ephemeral: true });
		await server.runTurn(fork.id, 'aside');
		const { thread } = await server.request('thread/rollback', { threadId: fork.id, numTurns: 2 });
		assert.deepEqual(said(thread.turns), [
			['first', 'One.'],
			['second', 'Two.'],
		]);
		await server.runTurn(fork.id, 'again');
		const input = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(input.includes('Two.') && !input.includes('third') && !input.includes('aside'), input);
		assert.deepEqual(await readdir(path.dirname(file)), [path.basename(file)]);
	});

	it('of a rolled back thread begins without what was taken back', async () => {
		fixture = await serverFixture(answers('One.', 'Two.', 'Three.', 'Four.'));
		const server = fixture.start();
		const { threadId } = await threeTurns(server, fixture);
		await server.request('thread/rollback', { threadId, numTurns: 2 });
		const { thread: fork } = await server.request('thread/fork', { threadId });
		assert.deepEqual(said(fork.turns), [['first', 'One.']]);
		await server.runTurn(fork.id, 'go on');
		assert.ok(!JSON.stringify(fixture.model.requests.at(-1)?.body.input).includes('second'));
	});
});

describe('a thread that was rolled back to its beginning', () => {
	it('tells its model again where it is', async () => {
		const fixture = await serverFixture(answers('One.', 'Two.', 'Three.', 'Four.'));
		try {
			const server = fixture.start();
			const { threadId } = await threeTurns(server, fixture);
			await server.request('thread/rollback', { threadId, numTurns: 3 });
			await server.runTurn(threadId, 'afresh');
			const input = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
			assert.ok(input.includes('environment_context') && !input.includes('"first"'), input);
		} finally {
			await fixture.dispose();
		}
	});
});
