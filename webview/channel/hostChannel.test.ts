import assert from 'node:assert/strict';
import { pageState } from '../../test/browser/page/fixtures.ts';
import { HostChannel } from './hostChannel.ts';
import type { PageMessage } from './messages.ts';
import { emptySavedState, parseSavedState, withEntry } from './savedState.ts';

function openChannel(patience = 60_000): { channel: HostChannel; posted: PageMessage[]; seen: string[] } {
	const posted: PageMessage[] = [];
	const seen: string[] = [];
	const channel = new HostChannel({
		post: (message) => posted.push(message),
		onSnapshot: () => seen.push('snapshot'),
		onEvents: (events) => seen.push(...events.map(({ type }) => type)),
		onSilence: () => seen.push('silence'),
		onRefused: (problems) => seen.push(...problems),
		patience,
	});
	return { channel, posted, seen };
}

const snapshot = (epoch: number): unknown => ({ type: 'snapshot', epoch, state: pageState() });
const batch = (epoch: number, seq: number, type: 'models' | 'pending' = 'models'): unknown => ({
	type: 'events',
	epoch,
	seq,
	events: [{ type, [type]: [] }],
});

describe('the channel to the host', () => {
	it('takes batches in order, drops doubles and those of an older snapshot', () => {
		const { channel, posted, seen } = openChannel();
		channel.start();
		for (const message of [batch(1, 1), snapshot(1), batch(1, 1), batch(1, 1), batch(1, 2, 'pending'), batch(0, 3)]) {
			channel.receive(message);
		}
		channel.dispose();
		assert.deepEqual(seen, ['snapshot', 'models', 'pending']);
		assert.deepEqual(posted, [{ type: 'ready' }]);
	});

	it('asks for a new snapshot when a batch is missing, and goes on after it', () => {
		const { channel, posted, seen } = openChannel();
		channel.start();
		for (const message of [snapshot(1), batch(1, 1), batch(1, 3), batch(1, 4), snapshot(2), batch(2, 1, 'pending')]) {
			channel.receive(message);
		}
		channel.dispose();
		assert.deepEqual(posted, [{ type: 'ready' }, { type: 'ready' }]);
		assert.deepEqual(seen, ['snapshot', 'models', 'snapshot', 'pending']);
	});

	it('settles each request with its own reply or failure', async () => {
		const { channel, posted } = openChannel();
		const sent = channel.request('send', { id: 'm', input: [], delivery: 'now' });
		const stopped = channel.request('interrupt', {});
		const ids = posted.map((message) => (message.type === 'request' ? message.id : 0));
		channel.receive({ type: 'failure', id: ids[1], message: 'No turn runs.' });
		channel.receive({ type: 'reply', id: ids[0], result: { delivery: 'started' } });
		assert.deepEqual(await sent, { delivery: 'started' });
		await assert.rejects(stopped, /No turn runs/);
	});

	it('says when the host stays silent, and keeps asking', async () => {
		const { channel, posted, seen } = openChannel(5);
		channel.start();
		while (posted.length < 3) {
			await new Promise((resolve) => setTimeout(resolve, 2));
		}
		channel.dispose();
		assert.ok(seen.length >= 2 && seen.every((what) => what === 'silence'));
	});

	it('ignores what is no message of the host', () => {
		const { channel, seen } = openChannel();
		for (const data of [null, 'x', 3, {}, { type: 'vscode' }, { type: 'reply', id: 9 }]) {
			channel.receive(data);
		}
		assert.deepEqual(seen, []);
	});
});

describe('what the page saves', () => {
	it('reads back only what it wrote', () => {
		const image = { kind: 'image', label: 'a.png', content: 'data:image/png;base64,AA==', tokens: 85, cut: false };
		const saved = {
			thread: 'a',
			drafts: { a: { text: 'x', attachments: [image] } },
			places: { a: { row: 'r', offset: 4 } },
			unconfirmed: [{ id: 'm', thread: '', draft: { text: 'hello', attachments: [] } }],
			history: [{ text: 'before', skills: [] }],
			opened: { card: true },
		};
		assert.deepEqual(parseSavedState(structuredClone(saved)), saved);
		assert.deepEqual(
			parseSavedState({ drafts: { a: 1 }, places: { a: { row: 3 } }, unconfirmed: 'x', history: [1], opened: { card: 'x' } }),
			emptySavedState,
		);
		assert.deepEqual(parseSavedState('x'), emptySavedState);
		assert.deepEqual(parseSavedState({ history: ['of a former version'] }).history, [{ text: 'of a former version', skills: [] }]);
		assert.deepEqual(parseSavedState({ drafts: { a: 'of a former version' } }).drafts, { a: { text: 'of a former version', attachments: [] } });
	});

	it('forgets the oldest thread first', () => {
		const many = Array.from({ length: 60 }, (_, index) => `t${index}`).reduce<Readonly<Record<string, string>>>(
			(all, name) => withEntry(all, name, 'x'),
			{},
		);
		assert.equal(Object.keys(many).length, 50);
		assert.equal(many.t59, 'x');
		assert.equal(many.t0, undefined);
	});
});
