import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { protocolV1 } from './protocolV1.ts';
import { protocolV2 } from './protocolV2.ts';
import type { RealtimeProtocol } from './realtimeEvent.ts';
import { callsUrl, realtimeSettings, socketUrl } from './realtimeSettings.ts';
import { RealtimeSession, type SocketListener } from './realtimeSession.ts';

interface Sent {
	readonly type: string;
	readonly item?: { readonly type: string; readonly call_id?: string; readonly content?: readonly { readonly text: string }[] };
}

describe('a realtime session', () => {
	async function begin({
		protocol = protocolV2,
		refuse,
		isSetUp = false,
		early = [],
	}: {
		readonly protocol?: RealtimeProtocol;
		readonly refuse?: string;
		readonly isSetUp?: boolean;
		readonly early?: readonly object[];
	} = {}) {
		const told: unknown[][] = [];
		const sent: Sent[] = [];
		let listener: SocketListener | null = null;
		let closed = 0;
		const tell =
			(name: string) =>
			(...values: unknown[]) =>
				void told.push([name, ...values]);
		const session = new RealtimeSession({
			protocol,
			setup: { instructions: 'Be kind.', modality: 'audio', voice: 'marin' },
			setupTimeoutMs: 60_000,
			isSetUp,
			observer: {
				started: tell('started'),
				itemAdded: tell('itemAdded'),
				transcriptDelta: tell('delta'),
				transcriptDone: tell('done'),
				audio: tell('audio'),
				handoff: tell('handoff'),
				error: tell('error'),
				closed: tell('closed'),
			},
			openSocket: (given) => {
				if (refuse !== undefined) return Promise.reject(new Error(refuse));
				listener = given;
				for (const event of early) given.message(JSON.stringify(event));
				return Promise.resolve({ send: (text) => void sent.push(JSON.parse(text) as Sent), close: () => void closed++ });
			},
		});
		await session.start();
		const hear = (message: unknown) => listener?.message(typeof message === 'string' ? message : JSON.stringify(message));
		return { session, told, sent, hear, lose: (problem: string | null) => listener?.closed(problem), closedSockets: () => closed };
	}
	const open = async () => {
		const all = await begin();
		all.hear({ type: 'session.updated' });
		return all;
	};

	it('starts when the service has accepted it, and drops what it does not understand', async () => {
		const { told, sent, hear } = await begin();
		hear({ type: 'response.output_text.delta', delta: 'too early' });
		assert.deepEqual(told, []);
		hear('no json');
		hear({ type: 'session.updated' });
		hear({ type: 'session.updated' });
		hear({ type: 'not.known' });
		assert.deepEqual(told, [['started']]);
		assert.equal(sent[0]?.type, 'session.update');
	});

	it('tells of a service that cannot be reached or says no, and closes nothing that never began', async () => {
		const { told } = await begin({ refuse: 'refused (401)' });
		assert.deepEqual(told, [['error', 'refused (401)']]);
		const early = await begin();
		early.hear({ type: 'error', error: { message: 'no such voice' } });
		early.lose(null);
		assert.deepEqual(early.told, [['error', 'no such voice']]);
	});

	it('ends once, with the reason', async () => {
		const requested = await open();
		requested.session.stop();
		requested.session.stop();
		requested.lose('late');
		requested.hear({ type: 'response.output_text.delta', delta: 'late' });
		assert.deepEqual(requested.told.slice(1), [['closed', 'requested']]);
		assert.equal(requested.closedSockets(), 1);
		const closed = await open();
		closed.lose(null);
		assert.deepEqual(closed.told.at(-1), ['closed', 'transport_closed']);
		const cut = await open();
		cut.lose('the connection was cut');
		assert.deepEqual(cut.told.slice(1), [
			['error', 'the connection was cut'],
			['closed', 'error'],
		]);
	});

	it('hands over what was said since the last handoff, once', async () => {
		const { told, hear } = await open();
		const call = (n: number) =>
			hear({
				type: 'conversation.item.done',
				item: { type: 'function_call', id: `fc_${n}`, call_id: `bg_${n}`, name: 'background_agent', arguments: '{"prompt":"fix"}' },
			});
		hear({ type: 'conversation.item.input_audio_transcription.completed', item_id: 'in_1', transcript: 'Please fix it.' });
		call(1);
		hear({ type: 'conversation.item.input_audio_transcription.completed', item_id: 'in_2', transcript: 'And docs.' });
		call(2);
		const handoffs = told.flatMap(([name, value]) => (name === 'handoff' ? [(value as { transcript: unknown }).transcript] : []));
		assert.deepEqual(handoffs, [[{ role: 'user', text: 'Please fix it.' }], [{ role: 'user', text: 'And docs.' }]]);
	});

	it('asks for one answer at a time', async () => {
		const { session, sent, hear } = await open();
		const answers = () => sent.filter(({ type }) => type === 'response.create').length;
		session.addText('hello');
		assert.equal(answers(), 1);
		hear({ type: 'response.created' });
		session.tell('Done.');
		session.answerHandoff('bg_1', 'done');
		session.addText('more');
		assert.equal(answers(), 1);
		hear({ type: 'response.done' });
		assert.equal(answers(), 2);
		const texts = sent.flatMap(({ item }) => item?.content?.map(({ text }) => text) ?? []);
		assert.deepEqual(texts, ['[USER] hello', '[BACKEND] Done.', '[USER] more']);
	});

	it('hears what came with the handshake', async () => {
		const { told } = await begin({ isSetUp: true, early: [{ type: 'response.output_text.delta', delta: 'Hi' }] });
		assert.deepEqual(told, [['delta', 'assistant', 'Hi']]);
	});

	it('of a call is open at once and is not set up twice', async () => {
		const { told, sent, hear, session } = await begin({ isSetUp: true });
		hear({ type: 'response.output_text.delta', delta: 'Hi' });
		session.stop();
		assert.deepEqual(told, [
			['delta', 'assistant', 'Hi'],
			['closed', 'requested'],
		]);
		assert.deepEqual(sent, []);
	});

	it('speaks the first version too, which answers by itself', async () => {
		const { session, sent, hear } = await begin({ protocol: protocolV1 });
		hear({ type: 'session.updated' });
		session.addText('hello');
		session.answerHandoff('x', 'y');
		assert.deepEqual(
			sent.map(({ type }) => type),
			['session.update', 'conversation.item.create'],
		);
	});

	it('is found below any spelling of the service', () => {
		for (const base of ['http://h:1', 'ws://h:1/', 'http://h:1/v1', 'http://h:1/v1/realtime']) {
			assert.equal(socketUrl(base, { model: 'm' }).href, 'ws://h:1/v1/realtime?model=m');
			assert.equal(callsUrl(base).href, 'http://h:1/v1/realtime/calls');
		}
		assert.equal(socketUrl('https://h/x', {}).href, 'wss://h/x/v1/realtime');
		assert.throws(() => socketUrl('file:///x', {}), /no address/);
		assert.throws(() => realtimeSettings({ realtime: { version: 'v9' } }), /realtime\.version/);
	});
});
