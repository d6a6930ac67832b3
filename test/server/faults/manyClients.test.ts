import assert from 'node:assert/strict';
import { afterEach, describe, it } from 'mocha';
import type { Message } from '../../support/appServerProcess.ts';
import { Gate, respond, say } from '../../support/model/fakeModelServer.ts';
import { itemAdded, itemDone, messageItem, textDelta } from '../../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';
import { SocketClient } from '../../support/socketClient.ts';

const THREADS = 10;
/** More small messages than a websocket client may leave unread, in parts of which each may be. */
const FLOOD = Array.from({ length: 8 }, (_, part) => Array.from({ length: 250 }, (__, n) => `${part}.${n} ${'x'.repeat(16_000)}\n`));

const input = (text: string) => [{ type: 'text', text, text_elements: [] }];
const threadOf = ({ params }: Message): unknown => params?.threadId ?? params?.thread?.id;

describe('twenty clients of one server', () => {
	let fixture: ServerFixture;
	let clients: readonly SocketClient[] = [];
	afterEach(async () => {
		for (const client of clients) client.terminate();
		await fixture.dispose();
	});

	it('hear only of their own threads; one that never reads is cut off, and nobody else waits for it', async () => {
		fixture = await serverFixture(Array.from({ length: THREADS }, () => say('Hello.')));
		const server = fixture.start({ args: ['app-server', '--listen', 'ws://127.0.0.1:0'] });
		await server.waitUntilReady(() => /listening/.test(server.stderr));
		const url = /ws:\/\/127\.0\.0\.1:\d+/.exec(server.stderr)?.[0] ?? '';
		clients = await Promise.all(Array.from({ length: 2 * THREADS }, (_, n) => SocketClient.connect(url, `client-${n}`)));
		const starters = clients.slice(0, THREADS);
		const followers = clients.slice(THREADS);

		// All with the same request ids, at once.
		const ids = await Promise.all(
			starters.map(async (client) => {
				const { thread } = await client.request('thread/start', { cwd: fixture.home.workspace });
				await client.request('turn/start', { threadId: thread.id, input: input('hi') });
				await client.waitFor('turn/completed', (each) => each.method === 'turn/completed');
				return String(thread.id);
			}),
		);
		assert.equal(new Set(ids).size, THREADS);
		await Promise.all(followers.map((client, n) => client.request('thread/resume', { threadId: ids[n] })));

		// The follower of the first thread does not read any more, while its thread says much.
		const [reader, stuck] = [starters[0], followers[0]];
		assert.ok(reader && stuck);
		stuck.stopReading();
		const begun = itemAdded({ type: 'message', role: 'assistant', id: 'msg_flood', content: [] });
		const gates = FLOOD.map(() => new Gate());
		const parts = FLOOD.flatMap((part, n) => [part.map((piece) => textDelta(piece, 'msg_flood')), ...(gates[n] ? [gates[n]] : [])]);
		fixture.model.add(respond(begun, ...parts, itemDone(messageItem('That was much.', 'msg_flood'))));
		await reader.request('turn/start', { threadId: ids[0], input: input('say much') });
		// The reader is not to be the slow one, however slow this machine is: each part comes when it has the one before.
		let isOver = false;
		const flooded = (async () => {
			for (const [n, gate] of gates.entries()) {
				await reader.waitFor(`part ${n}`, (each) => String(each.params?.delta).startsWith(`${n}.${(FLOOD[n]?.length ?? 0) - 1} `));
				gate.open();
			}
			await reader.waitFor('the end of the flood', (each) => each.method === 'turn/completed' && deltasOf(reader).length > FLOOD.flat().length);
		})().finally(() => {
			isOver = true;
		});
		let answers = 0;
		while (!isOver) {
			const others = [...starters.slice(1), ...followers.slice(1)];
			answers += (await Promise.all(others.map((client) => client.request('thread/loaded/list')))).length;
		}
		await flooded;
		assert.ok(answers > 0, 'the others were answered meanwhile');
		await server.waitUntil('the cut', () => /a connection was closed .*client-10.*MiB unread/.test(server.stderr) || undefined);
		assert.equal(server.stderr.match(/a connection was closed/g)?.length, 1, 'only that one was cut off');
		assert.equal(
			deltasOf(reader)
				.filter((delta) => delta !== 'Hello.')
				.join(''),
			FLOOD.flat().join(''),
		);

		for (const [n, client] of clients.entries()) {
			const own = ids[n % THREADS];
			const foreign = client.received.filter((each) => /^(turn|item)\//.test(each.method ?? '') && threadOf(each) !== own);
			assert.deepEqual(foreign, [], `client ${n} heard of a thread of others`);
		}
	});
});

const deltasOf = (client: SocketClient): readonly string[] =>
	client.received.flatMap((each) => (each.method === 'item/agentMessage/delta' ? [String(each.params.delta)] : []));
