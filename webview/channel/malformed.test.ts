import assert from 'node:assert/strict';
import { commandQuestion, fileChange, note, showcase, threadId, turn, userMessage } from '../../test/browser/page/fixtures.ts';
import { reduceAll } from '../state/reducer.ts';
import { fromSnapshot, type ViewState } from '../state/viewState.ts';
import { HostChannel } from './hostChannel.ts';
import type { PageEvent } from './pageEvent.ts';
import type { PageState } from './pageState.ts';

const usage = { totalTokens: 1, inputTokens: 1, cachedInputTokens: 0, outputTokens: 0, reasoningOutputTokens: 0 };
const ofItem = { threadId, turnId: 'turn-2', itemId: 'c4' };

const whole: PageState = {
	...showcase(),
	pending: [
		commandQuestion('npm test', 'c4'),
		{
			key: 'q',
			kind: 'mcpApproval',
			params: { threadId, serverName: 's', what: { type: 'call', tool: 't', description: '', arguments: [] }, persist: [] },
		},
	],
	conflicts: [{ itemId: 'f1', path: '/a', message: 'changed' }],
	turnChanges: { 'turn-1': { files: 1, undone: false } },
	turnProblems: { 'turn-1': { before: 0, after: 0, fixed: 0, added: [], addedCount: 0, notCompared: 0 } },
	agents: { a: { name: null, role: null, running: true } },
	plans: { 'turn-2': { explanation: null, steps: [{ step: 'one', status: 'pending' }] } },
	contextUsage: { usedTokens: 1, window: null, last: usage, total: usage },
	sideQuestions: [{ id: 's', question: '?', status: 'answering', answer: '', step: null, problem: null }],
	roots: [{ name: 'a', path: '/a' }],
	lostTurns: ['turn-0'],
	features: ['mcp'],
	providers: [{ id: 'openai', name: 'OpenAI' }],
};

/** One of each kind that changes what the page holds, and the notifications that carry much. */
const events: readonly PageEvent[] = [
	{ type: 'connection', connection: { type: 'restarting', attempt: 1 } },
	{ type: 'account', account: { type: 'signedIn', label: 'key' } },
	{ type: 'models', models: whole.models },
	{ type: 'settings', settings: whole.settings },
	{ type: 'pending', pending: whole.pending },
	{ type: 'turnChanges', turnChanges: whole.turnChanges },
	{ type: 'queue', queue: { available: true, messages: [], paused: false } },
	{ type: 'reveal', threadId, turnId: null, itemId: null },
	note({ method: 'turn/started', params: { threadId, turn: turn('turn-3', [], { status: 'inProgress' }) } }),
	note({ method: 'item/started', params: { threadId, turnId: 'turn-3', item: fileChange('f2'), startedAtMs: 1 } }),
	note({ method: 'item/commandExecution/outputDelta', params: { ...ofItem, delta: 'ok' } }),
	note({ method: 'item/completed', params: { threadId, turnId: 'turn-3', item: userMessage('u3', 'x'), completedAtMs: 1 } }),
	note({ method: 'turn/plan/updated', params: { threadId, turnId: 'turn-3', explanation: null, plan: [{ step: 'one', status: 'pending' }] } }),
	note({ method: 'warning', params: { threadId, message: 'careful' } }),
	note({
		method: 'error',
		params: { threadId, turnId: 'turn-3', willRetry: true, error: { message: 'm', codexErrorInfo: null, additionalDetails: null } },
	}),
	note({
		method: 'thread/tokenUsage/updated',
		params: { threadId, turnId: 'turn-3', tokenUsage: { last: usage, total: usage, modelContextWindow: null } },
	}),
	note({ method: 'thread/name/updated', params: { threadId, threadName: 'A name' } }),
];

/** A page without its drawing: what arrives is folded into its state. */
function openPage(): { readonly receive: (message: unknown) => void; readonly state: () => ViewState | null; readonly problems: string[] } {
	const problems: string[] = [];
	let state: ViewState | null = null;
	const channel = new HostChannel({
		post: () => {},
		onSnapshot: (page) => (state = fromSnapshot(page, state)),
		onEvents: (batch) => (state = state && reduceAll(state, batch)),
		onSilence: () => {},
		onRefused: (found) => problems.push(...found),
	});
	return { receive: (message) => channel.receive(message), state: () => state, problems };
}

type Place = readonly (string | number)[];

/** Every place in a value, the value itself left out. */
function places(value: unknown, at: Place = []): readonly Place[] {
	if (typeof value !== 'object' || value === null) return at.length === 0 ? [] : [at];
	const inside = Array.isArray(value)
		? value.flatMap((entry, index) => places(entry, [...at, index]))
		: Object.entries(value).flatMap(([name, entry]) => places(entry, [...at, name]));
	return at.length === 0 ? inside : [at, ...inside];
}

function withAt(value: unknown, [first, ...rest]: Place, put: unknown): unknown {
	if (first === undefined) return put;
	if (Array.isArray(value)) return value.with(Number(first), withAt(value[Number(first)], rest, put));
	const members: Record<string, unknown> = { ...(value as object) };
	return { ...members, [first]: withAt(members[first], rest, put) };
}

const junk = [undefined, null, 3, 'x', true, [], {}, [null], { type: 'x' }];

describe('a message of the host that is not as declared', () => {
	it('is read whole when it is as declared, without a copy', () => {
		const page = openPage();
		page.receive({ type: 'snapshot', epoch: 1, state: whole });
		page.receive({ type: 'events', epoch: 1, seq: 1, events });
		assert.deepEqual(page.problems, []);
		assert.equal(page.state()?.thread?.name, 'A name');
	});

	it('never stops the page: any place of a snapshot may hold anything', () => {
		let refused = 0;
		for (const place of places(whole)) {
			for (const put of junk) {
				const page = openPage();
				page.receive({ type: 'snapshot', epoch: 1, state: withAt(whole, place, put) });
				page.receive({ type: 'events', epoch: 1, seq: 1, events });
				refused += page.problems.length;
				// What is wrong in one item, model or request leaves the others.
				if (['turns', 'pending', 'models'].includes(String(place.at(-2)))) assert.ok(page.state() !== null, place.join('.'));
			}
		}
		assert.ok(refused > 1000, `${refused} refused`);
	});

	it('never stops the page: any place of an event may hold anything, and the events beside it count', () => {
		for (const [index, event] of events.entries()) {
			for (const place of places(event)) {
				for (const put of junk) {
					const page = openPage();
					page.receive({ type: 'snapshot', epoch: 1, state: whole });
					page.receive({ type: 'events', epoch: 1, seq: 1, events: events.with(index, withAt(event, place, put) as PageEvent) });
					page.receive({
						type: 'events',
						epoch: 1,
						seq: 2,
						events: [note({ method: 'thread/name/updated', params: { threadId, threadName: 'After' } })],
					});
					assert.equal(page.state()?.thread?.name, 'After', `${event.type} ${place.join('.')}`);
				}
			}
		}
	});

	it('is noted by the place of what is wrong, never by its value', () => {
		const page = openPage();
		const { thread } = whole;
		page.receive({ type: 'snapshot', epoch: 1, state: withAt(whole, ['thread', 'turns', 0, 'items', 6, 'changes'], 'sk-secret') });
		assert.deepEqual(page.problems, ['snapshot.state.thread.turns.0.items.6.changes is not a list']);
		assert.equal(page.state()?.turns[0]?.items.length, (thread?.turns[0]?.items.length ?? 0) - 1);
		page.receive({ type: 'events', epoch: 1, seq: 1, events: [{ type: 'attach', attachment: { kind: 'sk-secret' } }, { type: 'sk-secret' }, null] });
		assert.equal(page.problems.length, 4);
		assert.ok(page.problems.every((problem) => problem.includes('.') && !problem.includes('sk-secret')));
	});

	it('rejects the request that it answers', async () => {
		const problems: string[] = [];
		const channel = new HostChannel({
			post: () => {},
			onSnapshot: () => {},
			onEvents: () => {},
			onSilence: () => {},
			onRefused: (found) => problems.push(...found),
		});
		const found = channel.request('find', { query: 'x' });
		channel.receive({ type: 'reply', id: 1, result: { found: 3 } });
		await assert.rejects(found, /could not be read/);
		assert.deepEqual(problems, ['find.found is not a list']);
		const partly = channel.request('find', { query: 'x' });
		channel.receive({ type: 'reply', id: 2, result: { found: [{ turnId: 't' }, { turnId: 't', itemId: 'i', count: 1 }] } });
		assert.deepEqual(await partly, { found: [{ turnId: 't', itemId: 'i', count: 1 }] });
	});
});
