import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { TurnViews } from './turnViews.ts';
import { parseRolloutLine } from '../store/rollout/rolloutLine.ts';
import type { TurnEvent } from '../items/events.ts';
import type { TurnItem } from '../items/item.ts';
import { ItemStarts } from '../thread/itemStarts.ts';
import { historyOf, type RecordForm, RecordReader, toEntries } from '../records/records.ts';

const text = fc.string({ unit: 'binary', maxLength: 30 });
const path = fc.string({ minLength: 1, maxLength: 10 }).map((name) => `/ws/${name}`);
const status = fc.constantFrom('completed', 'failed', 'declined') as fc.Arbitrary<'completed' | 'failed' | 'declined'>;

const action = fc.oneof(
	fc.record({ type: fc.constant('read' as const), command: text, name: text, path }),
	fc.record({ type: fc.constant('listFiles' as const), command: text, path: fc.option(path) }),
	fc.record({ type: fc.constant('search' as const), command: text, query: fc.option(text), path: fc.option(path) }),
	fc.record({ type: fc.constant('unknown' as const), command: text }),
);
const change = fc.record({
	path,
	kind: fc.oneof(
		fc.constant({ type: 'add' } as const),
		fc.constant({ type: 'delete' } as const),
		fc.record({ type: fc.constant('update' as const), movePath: fc.option(path) }),
	),
	diff: text,
});
const input = fc.oneof(
	fc.record({ type: fc.constant('text' as const), text: text.filter((value) => value !== ''), textElements: fc.constant([]) }),
	fc.record({ type: fc.constant('image' as const), url: text }),
	fc.record({ type: fc.constant('localImage' as const), path }),
	fc.record({ type: fc.constant('mention' as const), name: text, path }),
);
const ended = fc.constantFrom('completed' as const, 'failed' as const);
const item: fc.Arbitrary<TurnItem> = fc.oneof(
	fc.record({ type: fc.constant('userMessage' as const), id: fc.uuid(), content: fc.array(input, { minLength: 1, maxLength: 3 }) }),
	fc.record({
		type: fc.constant('agentMessage' as const),
		id: fc.uuid(),
		text,
		phase: fc.constantFrom(null, 'commentary' as const, 'final_answer' as const),
	}),
	fc.record({
		type: fc.constant('reasoning' as const),
		id: fc.uuid(),
		summary: fc.array(text, { minLength: 1, maxLength: 3 }),
		content: fc.array(text, { maxLength: 2 }),
	}),
	fc
		.tuple(
			fc.record({
				type: fc.constant('command' as const),
				id: fc.uuid(),
				argv: fc.array(text, { minLength: 1, maxLength: 3 }),
				cwd: path,
				processId: fc.option(text),
				source: fc.constantFrom('agent' as const, 'userShell' as const, 'unifiedExecStartup' as const, 'unifiedExecInteraction' as const),
				actions: fc.array(action, { maxLength: 2 }),
				status,
				output: fc.option(text),
				exitCode: fc.option(fc.integer({ min: 0, max: 255 })),
				durationMs: fc.option(fc.nat()),
			}),
			fc.boolean(),
		)
		.map(([item, stopped]) => (stopped ? { ...item, stopped: true as const } : item)),
	fc.record({
		type: fc.constant('fileChange' as const),
		id: fc.uuid(),
		changes: fc.uniqueArray(change, { maxLength: 3, selector: (each) => each.path }),
		status,
		stdout: text,
		stderr: text,
	}),
	fc.record({ type: fc.constant('webSearch' as const), id: fc.uuid(), query: text, action: fc.constant({ type: 'search', query: 'q' }) }),
	fc.record({ type: fc.constant('imageView' as const), id: fc.uuid(), path }),
	fc.record({ type: fc.constant('plan' as const), id: fc.uuid(), text }),
	fc.record({
		type: fc.constant('dynamicToolCall' as const),
		id: fc.uuid(),
		namespace: fc.option(text),
		tool: text,
		arguments: fc.constant({ a: [1, null, 'x'] }),
		status: ended,
		contentItems: fc.option(
			fc.array(
				fc.oneof(
					fc.record({ type: fc.constant('inputText' as const), text }),
					fc.record({ type: fc.constant('inputImage' as const), imageUrl: fc.constant('data:image/png;base64,AAAA') }),
				),
				{ maxLength: 3 },
			),
		),
		success: fc.option(fc.boolean()),
		durationMs: fc.option(fc.nat()),
	}),
	fc.record({
		type: fc.constant('agentToolCall' as const),
		id: fc.uuid(),
		tool: fc.constantFrom('spawnAgent' as const, 'sendInput' as const, 'resumeAgent' as const, 'wait' as const, 'closeAgent' as const),
		status: ended,
		senderThreadId: fc.uuid(),
		receiverThreadIds: fc.array(fc.uuid(), { maxLength: 2 }),
		prompt: fc.option(text),
		model: fc.option(text),
		effort: fc.constantFrom(null, 'low' as const),
		states: fc.dictionary(
			fc.uuid(),
			fc.oneof(
				fc.record({ status: fc.constantFrom('completed' as const, 'errored' as const), message: fc.option(text) }),
				fc.record({ status: fc.constantFrom('running' as const, 'notFound' as const), message: fc.constant(null) }),
			),
			{ noNullPrototype: true },
		),
	}),
	fc.record({ type: fc.constant('enteredReviewMode' as const), id: fc.uuid(), review: text }),
	fc.record({ type: fc.constant('exitedReviewMode' as const), id: fc.uuid(), review: text }),
	fc.record({ type: fc.constant('contextCompaction' as const), id: fc.uuid(), status: fc.constantFrom('completed' as const, 'failed' as const) }),
);

const end = fc.oneof(
	fc.constant({ status: 'completed' as const }),
	fc.constant({ status: 'interrupted' as const }),
	text.map((message) => ({ status: 'failed' as const, error: { message, kind: 'unauthorized' as const, httpStatusCode: 401, details: null } })),
);

const usage = { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, reasoningOutputTokens: 0, totalTokens: 2 };
const modelMessage = text.map((each) => ({
	type: 'message' as const,
	role: 'user' as const,
	content: [{ type: 'input_text' as const, text: each }],
}));
/** What happens beside the items, and what the model sees of them: none of it may change what people are shown. */
const beside = fc.oneof(
	fc.record({
		type: fc.constant('planUpdated' as const),
		explanation: fc.option(text),
		plan: fc.array(fc.record({ step: text, status: fc.constantFrom('pending' as const, 'inProgress' as const, 'completed' as const) }), {
			maxLength: 2,
		}),
	}),
	fc.record({ type: fc.constant('compacted' as const), message: text, history: fc.array(modelMessage, { maxLength: 2 }) }),
	fc.record({ type: fc.constant('history' as const), item: modelMessage }),
	fc.constant({
		type: 'history' as const,
		item: { type: 'function_call' as const, name: 'exec_command', call_id: 'call', arguments: '{"cmd":"ls"}' },
	}),
	fc.constant({ type: 'tokenUsage' as const, total: usage, last: usage, contextWindow: 1000 }),
	fc.constant({
		type: 'error' as const,
		error: { message: 'again', kind: 'other' as const, httpStatusCode: null, details: null },
		willRetry: true,
	}),
);

/**
 * A turn as it happens: commands and patches start before they complete, a failure is told before the end, and an interrupt leaves what
 * had begun.
 */
const turn = fc
	.record({ id: fc.uuid(), items: fc.array(item, { maxLength: 6 }), beside: fc.array(beside, { maxLength: 6 }), end, left: fc.option(item) })
	.map(({ id, items, beside: others, end: ending, left }): TurnEvent[] => {
		const at = 1_700_000_000_000;
		const unfinished = (each: TurnItem): TurnItem =>
			each.type === 'command'
				? { ...each, status: 'inProgress', output: null }
				: each.type === 'fileChange'
					? { ...each, status: 'inProgress', stdout: '', stderr: '' }
					: each;
		return [
			{ type: 'turnStarted', turnId: id, at, contextWindow: 1000, mode: 'plan' },
			...items.flatMap((each, index): TurnEvent[] => [
				...(index % 3 === 2 ? [] : [{ type: 'itemStarted' as const, turnId: id, at: at + index * 100, item: unfinished(each) }]),
				{ type: 'itemCompleted', turnId: id, at: at + index * 100 + 50, item: each },
				...others.slice(index, index + 1).map((other): TurnEvent => ({ ...other, turnId: id })),
			]),
			...(ending.status === 'interrupted' && (left?.type === 'command' || left?.type === 'fileChange')
				? [{ type: 'itemStarted' as const, turnId: id, at, item: unfinished(left) }]
				: []),
			...(ending.status === 'failed' ? [{ type: 'error' as const, turnId: id, error: ending.error, willRetry: false }] : []),
			{ type: 'turnEnded', turnId: id, at: at + 5000, durationMs: 5000, end: ending, lastMessage: null },
		];
	});

const rollback = fc.integer({ min: 1, max: 2 }).map((count): TurnEvent[] => [{ type: 'turnsRolledBack', count }]);

function viewsOf(events: readonly TurnEvent[]) {
	const views = new TurnViews();
	for (const event of events) views.apply(event);
	// Generated objects have no prototype; values are what is compared.
	return structuredClone(views.turns);
}

/** Through the text of a file and back. Lines of the newer form are numbered. */
function replayed(events: readonly TurnEvent[], form: RecordForm) {
	const reader = new RecordReader();
	const file = events
		.flatMap((event) => toEntries(event, form))
		.map((entry, ordinal) => JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', ...(form.paged ? { ordinal } : {}), ...entry }));
	return file.flatMap((raw) => {
		const line = parseRolloutLine(raw);
		return line ? reader.read(line) : [];
	});
}

describe('records', () => {
	for (const form of [{ paged: false }, { paged: true, threadId: 't' }] as const)
		it(`give back exactly what was streamed, in the ${form.paged ? 'newer' : 'usual'} form`, () => {
			fc.assert(
				fc.property(fc.array(fc.oneof({ weight: 5, arbitrary: turn }, { weight: 1, arbitrary: rollback }), { maxLength: 5 }), (turns) => {
					const starts = new ItemStarts();
					const events = turns.flat().map((event) => starts.timed(event));
					assert.deepEqual(viewsOf(replayed(events, form)), viewsOf(events));
				}),
				{ numRuns: 300 },
			);
		});

	it('keep items of the model that are not understood', () => {
		const raw = { type: 'future_item', id: 'x', payload: { deep: [1, { a: null }] } };
		const line = { timestamp: '', type: 'response_item', payload: raw };
		assert.deepEqual(historyOf([line]), [{ type: 'opaque', raw }]);
		const [entry] = toEntries({ type: 'history', turnId: 't', item: { type: 'opaque', raw } });
		assert.deepEqual(entry, { type: 'response_item', payload: raw });
	});

	it('show a thread of another program that has no turn boundaries', () => {
		const line = (payload: Record<string, unknown>) => ({ timestamp: '2026-01-02T03:04:05.000Z', type: 'event_msg', payload });
		const reader = new RecordReader();
		const events = [
			line({ type: 'user_message', message: 'one', images: [] }),
			line({ type: 'agent_reasoning', text: 'a' }),
			line({ type: 'agent_reasoning', text: 'b' }),
			line({ type: 'agent_message', message: 'answer' }),
			line({ type: 'user_message', message: 'two' }),
		].flatMap((each) => reader.read(each));
		const turns = viewsOf(events).map((view) => view.items.map((each) => (each.type === 'reasoning' ? each.summary.join('+') : each.type)));
		assert.deepEqual(turns, [['userMessage', 'a+b', 'agentMessage'], ['userMessage']]);
	});
});
