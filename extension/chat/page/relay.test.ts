import assert from 'node:assert/strict';
import type { HostMessage } from '../../../webview/channel/messages.ts';
import type { PageEvent } from '../../../webview/channel/pageEvent.ts';
import type { PageState } from '../../../webview/channel/pageState.ts';
import { Relay } from './relay.ts';

const state: PageState = {
	connection: { type: 'ready' },
	account: { type: 'unknown' },
	models: [],
	settings: { model: 'm', effort: null, approvalMode: 'auto' },
	thread: null,
	olderTurns: null,
	pending: [],
	conflicts: [],
	turnChanges: {},
	review: { files: 0 },
	queue: { available: true, messages: [], paused: false },
	folder: null,
};

function delta(itemId: string, text: string): PageEvent {
	return { type: 'notification', notification: { method: 'item/agentMessage/delta', params: { threadId: 't', turnId: 'u', itemId, delta: text } } };
}

function fixture() {
	const posted: HostMessage[] = [];
	const frames: (() => void)[] = [];
	const relay = new Relay(
		(message) => posted.push(message),
		(run) => {
			frames.push(run);
			return { dispose: () => frames.splice(frames.indexOf(run), 1) };
		},
	);
	return { posted, frames, relay };
}

describe('relay', () => {
	it('says nothing before the first snapshot', () => {
		const { posted, frames, relay } = fixture();
		relay.push({ type: 'focusComposer' });
		assert.equal(frames.length, 0);
		relay.snapshot(state);
		assert.deepEqual(posted, [{ type: 'snapshot', epoch: 1, state }]);
	});

	it('sends one numbered batch a frame', () => {
		const { posted, frames, relay } = fixture();
		relay.snapshot(state);
		relay.push({ type: 'connection', connection: { type: 'starting' } });
		relay.push({ type: 'focusComposer' });
		assert.equal(frames.length, 1);
		frames[0]?.();
		relay.push({ type: 'focusComposer' });
		frames[0]?.();
		assert.deepEqual(
			posted.slice(1).map((message) => (message.type === 'events' ? [message.epoch, message.seq, message.events.length] : message)),
			[
				[1, 1, 2],
				[1, 2, 1],
			],
		);
	});

	it('joins the pieces of one text and keeps the order of the rest', () => {
		const { posted, relay } = fixture();
		relay.snapshot(state);
		for (const event of [delta('a', '1'), delta('a', '2'), delta('b', '3'), delta('a', '4')]) relay.push(event);
		relay.flush();
		assert.deepEqual(posted[1], { type: 'events', epoch: 1, seq: 1, events: [delta('a', '12'), delta('b', '3'), delta('a', '4')] });
	});

	it('drops what a new snapshot contains already, and keeps what none contains', () => {
		const { posted, frames, relay } = fixture();
		relay.snapshot(state);
		relay.push(delta('a', '1'));
		relay.push({ type: 'focusComposer' });
		relay.snapshot(state);
		assert.equal(frames.length, 1);
		relay.flush();
		assert.deepEqual(posted.at(-1), { type: 'events', epoch: 2, seq: 1, events: [{ type: 'focusComposer' }] });
	});
});
