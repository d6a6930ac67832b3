import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, it } from 'mocha';
import { type WebSocket, WebSocketServer } from 'ws';
import { respond } from '../support/model/fakeModelServer.ts';
import { message } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

interface ServiceMessage {
	readonly type: string;
	readonly item?: { readonly type: string; readonly call_id?: string; readonly content?: readonly { readonly text: string }[] };
}

describe('realtime sessions', () => {
	let fixture: ServerFixture;
	let service: WebSocketServer;
	afterEach(async () => {
		await fixture.dispose();
		for (const socket of service.clients) socket.terminate();
		service.close();
	});

	async function started() {
		service = new WebSocketServer({ host: '127.0.0.1', port: 0 });
		await once(service, 'listening');
		const heard: ServiceMessage[] = [];
		let socket: WebSocket | null = null;
		service.on('connection', (opened) => {
			socket = opened;
			opened.on('message', (data) => {
				const received = JSON.parse(String(data)) as ServiceMessage;
				heard.push(received);
				if (received.type === 'session.update') opened.send(JSON.stringify({ type: 'session.updated' }));
			});
		});
		const address = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
		fixture = await serverFixture([respond(message('The bug is fixed.'))], {
			experimental_realtime_ws_base_url: JSON.stringify(address),
			'features.realtime_conversation': 'true',
		});
		const server = fixture.start();
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		return { server, threadId, heard, say: (event: object) => socket?.send(JSON.stringify(event)), cut: () => socket?.terminate() };
	}

	it('hand work to the agent and hear what came of it', async () => {
		const { server, threadId, heard, say } = await started();
		await server.request('thread/realtime/start', { threadId, outputModality: 'text' });
		await server.waitForNotification('thread/realtime/started');
		say({ type: 'conversation.item.input_audio_transcription.completed', item_id: 'in', transcript: 'Please fix it.' });
		say({
			type: 'conversation.item.done',
			item: { type: 'function_call', id: 'fc', call_id: 'bg', name: 'background_agent', arguments: '{"prompt":"fix it"}' },
		});
		await server.waitForNotification('turn/completed');
		const answer = await server.waitUntil('the answer to the call', () => heard.find(({ item }) => item?.call_id === 'bg'));
		assert.equal(answer.item?.type, 'function_call_output');
		assert.ok(heard.some(({ item }) => item?.content?.[0]?.text === '[BACKEND] The bug is fixed.'));
		assert.match(JSON.stringify(fixture.model.requests[0]), /Please fix it/);
	});

	it('end with their thread, and a cut connection leaves the thread as it was', async () => {
		const { server, threadId, cut } = await started();
		await server.request('thread/realtime/start', { threadId, outputModality: 'audio' });
		await server.waitForNotification('thread/realtime/started');
		cut();
		assert.equal((await server.waitForNotification('thread/realtime/closed')).params.reason, 'error');
		await server.runTurn(threadId, 'hello');
		await assert.rejects(server.request('thread/realtime/appendText', { threadId, text: 'x' }), /no realtime session/);
		assert.deepEqual(await server.request('thread/realtime/stop', { threadId }), {});
	});
});
