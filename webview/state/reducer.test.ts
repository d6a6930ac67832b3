import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Thread } from '../../server/protocol/thread/thread.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { PageEvent } from '../channel/pageEvent.ts';
import type { PageState } from '../channel/pageState.ts';
import { reduceAll } from './reducer.ts';
import { fromSnapshot, type ViewState, withOlderTurns } from './viewState.ts';

const threadId = 't';

function page(turns: readonly Turn[]): PageState {
	const thread = { id: threadId, name: null, preview: '', cwd: '/w', modelProvider: 'demo', turns: [...turns] } as unknown as Thread;
	return {
		connection: { type: 'ready' },
		account: { type: 'unknown' },
		models: [],
		settings: { model: 'm', effort: null, approvalMode: 'auto' },
		thread,
		olderTurns: null,
		pending: [],
		conflicts: [],
		turnChanges: {},
		review: { files: 0 },
		queue: { available: true, messages: [], paused: false },
		folder: 'w',
	};
}

function turn(id: string, change: Partial<Turn> = {}): Turn {
	return { id, items: [], itemsView: 'full', status: 'inProgress', error: null, startedAt: 1, completedAt: null, durationMs: null, ...change };
}

const note = (notification: ServerNotification): PageEvent => ({ type: 'notification', notification });

function emptyItem(kind: 'agentMessage' | 'reasoning' | 'commandExecution', id: string): ThreadItem {
	switch (kind) {
		case 'agentMessage':
			return { type: kind, id, text: '', phase: null, memoryCitation: null };
		case 'reasoning':
			return { type: kind, id, summary: [], content: [] };
		case 'commandExecution':
			return {
				type: kind,
				id,
				command: 'ls',
				cwd: '/w',
				processId: null,
				source: 'agent',
				status: 'inProgress',
				commandActions: [],
				aggregatedOutput: null,
				exitCode: null,
				durationMs: null,
			};
	}
}

/** The events of one turn as a server sends them: items one after the other, each with its deltas. */
function turnEvents(
	turnId: string,
	items: readonly { readonly kind: 'agentMessage' | 'reasoning' | 'commandExecution'; readonly deltas: readonly string[] }[],
): readonly PageEvent[] {
	const events = items.flatMap(({ kind, deltas }, index) => {
		const itemId = `${turnId}-${index}`;
		const base = { threadId, turnId, itemId };
		const item = emptyItem(kind, itemId);
		const text = deltas.join('');
		const grown = deltas.map((delta): PageEvent => {
			switch (kind) {
				case 'agentMessage':
					return note({ method: 'item/agentMessage/delta', params: { ...base, delta } });
				case 'reasoning':
					return note({ method: 'item/reasoning/summaryTextDelta', params: { ...base, delta, summaryIndex: 0 } });
				case 'commandExecution':
					return note({ method: 'item/commandExecution/outputDelta', params: { ...base, delta } });
			}
		});
		const finished: ThreadItem =
			item.type === 'agentMessage'
				? { ...item, text }
				: item.type === 'reasoning'
					? { ...item, summary: deltas.length === 0 ? [] : [text] }
					: item.type === 'commandExecution'
						? { ...item, status: 'completed', aggregatedOutput: text, exitCode: 0, durationMs: 1 }
						: item;
		return [
			note({ method: 'item/started', params: { threadId, turnId, item, startedAtMs: 5 } }),
			...grown,
			note({ method: 'item/completed', params: { threadId, turnId, item: finished, completedAtMs: 6 } }),
		];
	});
	return [
		note({ method: 'turn/started', params: { threadId, turn: turn(turnId) } }),
		...events,
		note({ method: 'turn/completed', params: { threadId, turn: turn(turnId, { status: 'completed', completedAt: 2, durationMs: 1000 }) } }),
	];
}

/** What a host would read from the server at this point. */
function toSnapshot(state: ViewState): PageState {
	const turns = state.turns.map((from) =>
		turn(from.id, {
			items: from.items.map(({ item }) => item),
			status: from.status,
			error: from.error,
			startedAt: from.startedAt,
			durationMs: from.durationMs,
		}),
	);
	return page(turns);
}

/** Without what no snapshot carries. */
function shown(state: ViewState): unknown {
	return state.turns.map(({ id, status, error, items, durationMs }) => ({
		id,
		status,
		error,
		durationMs,
		items: items.map(({ item, done }) => ({ item, done })),
	}));
}

const streams = fc.array(
	fc.array(
		fc.record({
			kind: fc.constantFrom('agentMessage' as const, 'reasoning' as const, 'commandExecution' as const),
			deltas: fc.array(fc.string({ maxLength: 8 }), { maxLength: 6 }),
		}),
		{ maxLength: 4 },
	),
	{ minLength: 1, maxLength: 3 },
);
const allEvents = (turns: readonly Parameters<typeof turnEvents>[1][]): readonly PageEvent[] =>
	turns.flatMap((items, index) => turnEvents(`turn${index}`, items));
const start = fromSnapshot(page([]), null);

describe("the page's state", () => {
	it('is the same whether a snapshot came in the middle or not', () => {
		fc.assert(
			fc.property(streams, fc.nat(), (turns, at) => {
				const events = allEvents(turns);
				const cut = at % (events.length + 1);
				const before = reduceAll(start, events.slice(0, cut));
				const resumed = reduceAll(fromSnapshot(toSnapshot(before), null), events.slice(cut));
				assert.deepEqual(shown(resumed), shown(reduceAll(start, events)));
			}),
		);
	});

	it('converges when finished items are told again, late deltas arrive, or deltas are lost', () => {
		fc.assert(
			fc.property(streams, fc.infiniteStream(fc.integer({ min: 0, max: 3 })), (turns, choices) => {
				const events = allEvents(turns);
				const disturbed = events.flatMap((event): readonly PageEvent[] => {
					const delta = event.type === 'notification' && event.notification.method.toLowerCase().endsWith('delta');
					const choice = choices.next().value;
					return delta ? (choice === 0 ? [] : [event]) : choice === 0 ? [event, event] : [event];
				});
				const late = [...disturbed, ...events.filter((event) => event.type === 'notification' && !event.notification.method.startsWith('turn/'))];
				assert.deepEqual(shown(reduceAll(start, late)), shown(reduceAll(start, events)));
			}),
		);
	});

	it('keeps the objects of what did not change, so that it need not be drawn again', () => {
		const events = allEvents([[{ kind: 'agentMessage', deltas: ['a', 'b'] }], [{ kind: 'agentMessage', deltas: ['c'] }]]);
		const first = reduceAll(start, events.slice(0, 6));
		const all = reduceAll(first, events.slice(6));
		assert.equal(all.turns[0], first.turns[0]);
	});

	it('shows text as it comes and ignores another thread', () => {
		const base = { turnId: 'turn0', itemId: 'turn0-0' };
		const state = reduceAll(start, [
			...allEvents([[{ kind: 'agentMessage', deltas: [] }]]).slice(0, 2),
			note({ method: 'item/agentMessage/delta', params: { ...base, threadId, delta: 'Hello' } }),
			note({ method: 'item/agentMessage/delta', params: { ...base, threadId: 'other', delta: ' nobody' } }),
		]);
		const item = state.turns[0]?.items[0]?.item;
		assert.equal(item?.type === 'agentMessage' ? item.text : '', 'Hello');
	});

	it('says why the model is asked again until something arrives, and keeps the final error', () => {
		const error = { message: 'Connection lost, attempt 2 of 5', codexErrorInfo: null, additionalDetails: 'Too many requests' };
		const events = allEvents([[{ kind: 'agentMessage', deltas: [] }]]);
		const retrying = reduceAll(start, [
			...events.slice(0, 1),
			note({ method: 'error', params: { threadId, turnId: 'turn0', error, willRetry: true } }),
		]);
		assert.deepEqual(retrying.turns[0]?.retry, { message: error.message, cause: 'Too many requests', untilMs: null });
		const going = reduceAll(retrying, events.slice(1, 2));
		assert.equal(going.turns[0]?.retry, null);
		const failed = reduceAll(going, [note({ method: 'turn/completed', params: { threadId, turn: turn('turn0', { status: 'failed', error }) } })]);
		assert.equal(failed.turns[0]?.error?.message, error.message);
		assert.equal(failed.turns[0]?.items[0]?.done, true);
	});

	it('keeps a plan and the context meter across a snapshot of the same thread, and takes those of the host', () => {
		const state = reduceAll(start, [
			note({ method: 'turn/started', params: { threadId, turn: turn('turn0') } }),
			note({ method: 'turn/plan/updated', params: { threadId, turnId: 'turn0', explanation: null, plan: [{ step: 'Look', status: 'inProgress' }] } }),
		]);
		const again = fromSnapshot(toSnapshot(state), state);
		assert.deepEqual(again.turns[0]?.plan?.steps, [{ step: 'Look', status: 'inProgress' }]);
		const told = fromSnapshot(
			{ ...toSnapshot(state), plans: { turn0: { explanation: null, steps: [] } }, contextUsage: { usedTokens: 5, window: 10 } },
			state,
		);
		assert.deepEqual([told.turns[0]?.plan?.steps, told.contextUsage], [[], { usedTokens: 5, window: 10 }]);
	});

	it('keeps the earlier turns that a reader has loaded, when a snapshot brings the newest again', () => {
		const newest = [turn('c', { status: 'completed' }), turn('d')];
		const known = withOlderTurns({ ...fromSnapshot({ ...page(newest), olderTurns: 'before-c' }, null) }, [turn('a'), turn('b')], null);
		const again = fromSnapshot({ ...page([...newest, turn('e')]), olderTurns: 'before-c' }, known);
		assert.deepEqual(
			again.turns.map(({ id }) => id),
			['a', 'b', 'c', 'd', 'e'],
		);
		assert.equal(again.olderTurns, null);
		const rolledBack = fromSnapshot(page([turn('c')]), known);
		assert.deepEqual(
			rolledBack.turns.map(({ id }) => id),
			['c'],
		);
	});
});
