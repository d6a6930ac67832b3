import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { TurnLog } from '../store/turns/turnLog.ts';
import { toEntries } from '../records/records.ts';
import type { TurnEvent } from '../items/events.ts';
import type { TurnItem } from '../items/item.ts';
import { KeptTexts } from './keptTexts.ts';
import { allTurns, allTurnTexts, turnOf, turnPage, type TurnSource } from './threadTurns.ts';
import { toTurn, TurnViews } from './turnViews.ts';

const at = 1_700_000_000_000;
const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 12 });
const item: fc.Arbitrary<TurnItem> = fc.oneof(
	fc.record({ type: fc.constant('agentMessage' as const), id: fc.uuid(), text, phase: fc.constant(null) }),
	text.chain((words) => fc.uuid().map((id): TurnItem => ({ type: 'userMessage', id, content: [{ type: 'text', text: words, textElements: [] }] }))),
	fc.record({
		type: fc.constant('reasoning' as const),
		id: fc.uuid(),
		summary: fc.array(text, { minLength: 1, maxLength: 2 }),
		content: fc.constant([]),
	}),
	fc.record({ id: fc.uuid(), output: fc.oneof(text, fc.constant('o'.repeat(70_000))), exitCode: fc.nat({ max: 3 }) }).map(
		({ id, output, exitCode }): TurnItem => ({
			type: 'command',
			id,
			argv: ['sh', '-c', 'x'],
			cwd: '/',
			processId: null,
			source: 'agent',
			actions: [],
			status: exitCode === 0 ? 'completed' : 'failed',
			output,
			exitCode,
			durationMs: 1,
		}),
	),
	fc.record({
		type: fc.constant('fileChange' as const),
		id: fc.uuid(),
		changes: fc.constant([{ path: '/a', kind: { type: 'add' as const }, diff: 'd' }]),
		status: fc.constantFrom('completed' as const, 'failed' as const, 'declined' as const),
		stdout: fc.constant(''),
		stderr: fc.constant(''),
	}),
	fc.record({ type: fc.constant('contextCompaction' as const), id: fc.uuid(), status: fc.constantFrom('completed' as const, 'failed' as const) }),
	fc.record({ type: fc.constant('plan' as const), id: fc.uuid(), text }),
);

/** How a turn goes: what happens in it, which of its items complete only while the next turn runs, and how it ends. */
const turn = fc.record({
	id: fc.uuid(),
	items: fc.array(item, { maxLength: 5 }),
	late: fc.nat({ max: 1 }),
	end: fc.constantFrom('completed', 'interrupted', 'failed', 'crash'),
});
type GeneratedTurn = typeof turn extends fc.Arbitrary<infer T> ? T : never;
const step = fc.oneof({ weight: 5, arbitrary: turn }, { weight: 1, arbitrary: fc.nat({ max: 2 }).map((n) => n + 1) });

function eventsOf(steps: readonly (GeneratedTurn | number)[]): TurnEvent[] {
	const events: TurnEvent[] = [];
	let waiting: TurnEvent[] = [];
	for (const each of steps) {
		if (typeof each === 'number') {
			events.push(...waiting, { type: 'turnsRolledBack', count: each });
			waiting = [];
			continue;
		}
		const { id: turnId, items, end } = each;
		events.push({ type: 'turnStarted', turnId, at, contextWindow: null, mode: 'default' }, ...waiting);
		waiting = [];
		const lateFrom = items.length - each.late;
		for (const [index, done] of items.entries()) {
			const begins = done.type === 'command' || done.type === 'fileChange';
			if (begins) events.push({ type: 'itemStarted', turnId, at, item: { ...done, status: 'inProgress' } });
			events.push({ type: 'history', turnId, item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] } });
			const completed: TurnEvent = { type: 'itemCompleted', turnId, at, item: done };
			if (begins && index >= lateFrom && end !== 'crash') waiting.push(completed);
			else events.push(completed);
		}
		if (end === 'crash') continue;
		const error = { message: 'm', kind: 'unauthorized' as const, httpStatusCode: 401, details: null };
		if (end === 'failed') events.push({ type: 'error', turnId, error, willRetry: false });
		events.push({
			type: 'turnEnded',
			turnId,
			at,
			durationMs: 5,
			lastMessage: null,
			end: end === 'failed' ? { status: 'failed', error } : { status: end === 'interrupted' ? 'interrupted' : 'completed' },
		});
	}
	return [...events, ...waiting];
}

describe('the turns of a thread', () => {
	let folder: string;
	let file: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-turns-'));
		file = path.join(folder, 'rollout.jsonl');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const write = (events: readonly TurnEvent[], broken: readonly string[] = []) => {
		const lines = events.flatMap((event) => toEntries(event)).map((entry) => JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', ...entry }));
		for (const [index, line] of broken.entries()) lines.splice((index * 7) % (lines.length + 1), 0, line);
		fs.writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
	};
	const stored = (log: TurnLog) => {
		const answer = log.listTurns({ path: file });
		assert.equal(answer.type, 'turns');
		return answer.type === 'turns' ? answer.turns : null;
	};
	const wire = (views: readonly Parameters<typeof toTurn>[0][]) => structuredClone(views.map((view) => toTurn(view, 'full')));

	async function paged(source: TurnSource, { newestFirst, limit }: { newestFirst: boolean; limit: number }) {
		const views: Parameters<typeof toTurn>[0][] = [];
		for (let anchor: { id: string; inclusive: boolean } | null = null; ; ) {
			const page = await turnPage(source, { anchor, newestFirst, limit });
			assert.ok(page);
			views.push(...page.turns);
			const last = page.turns.at(-1);
			if (!page.more || !last) return newestFirst ? views.toReversed() : views;
			anchor = { id: last.id, inclusive: false };
		}
	}

	it('are read back as they were streamed: at once, in pages either way, and one by one', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(step, { maxLength: 9 }),
				fc.nat({ max: 99 }),
				fc.integer({ min: 1, max: 4 }),
				fc.subarray(['{"torn', 'not json', '[]', '{"timestamp":"","type":"future_record","payload":{}}']),
				async (steps, cut, limit, broken) => {
					const events = eventsOf(steps);
					const log = new TurnLog();
					// What happened up to some event was told and saved; a client reads then, and again at the end.
					const told = new TurnViews();
					const unsaved = new TurnViews();
					for (const event of events.slice(0, cut)) {
						told.apply(event);
						unsaved.apply(event);
						if (event.type === 'turnEnded') unsaved.forgetEnded();
					}
					write(events.slice(0, cut), broken);
					const running: TurnSource = { stored: () => stored(log), live: () => unsaved.turns, damaged: () => {} };
					if (steps.every((each) => typeof each === 'number' || each.end !== 'crash')) {
						assert.deepEqual(wire(await allTurns(running)), wire(told.turns));
						assert.deepEqual(wire(await paged(running, { newestFirst: true, limit })), wire(told.turns));
					}

					const streamed = new TurnViews();
					for (const event of events) streamed.apply(event);
					streamed.closeUnfinished();
					write(events, broken);
					const cold: TurnSource = { stored: () => stored(log), live: () => [], damaged: () => {} };
					const expected = wire(streamed.turns);
					assert.deepEqual(wire(await allTurns(cold)), expected);
					assert.deepEqual(wire(await paged(cold, { newestFirst: true, limit })), expected);
					assert.deepEqual(wire(await paged(cold, { newestFirst: false, limit })), expected);
					for (const each of streamed.turns) {
						const found = await turnOf(cold, each.id);
						assert.deepEqual(found && wire([found]), wire([each]));
					}
				},
			),
			{ numRuns: 60 },
		);
	});

	it('can be paged on from a turn that is no longer the newest, and back to what came since', async () => {
		const simple = (id: string): GeneratedTurn => ({ id, items: [], late: 0, end: 'completed' });
		const log = new TurnLog();
		const source: TurnSource = { stored: () => stored(log), live: () => [], damaged: () => {} };
		write(eventsOf(['a', 'b', 'c'].map(simple)));
		const ids = async (anchor: { id: string; inclusive: boolean } | null, newestFirst: boolean) =>
			(await turnPage(source, { anchor, newestFirst, limit: 2 }))?.turns.map(({ id }) => id) ?? null;
		assert.deepEqual(await ids(null, true), ['c', 'b']);
		write(eventsOf(['a', 'b', 'c', 'd', 'e'].map(simple)));
		assert.deepEqual(await ids({ id: 'b', inclusive: false }, true), ['a']);
		assert.deepEqual(await ids({ id: 'c', inclusive: true }, false), ['c', 'd']);
		assert.deepEqual(await ids({ id: 'd', inclusive: false }, false), ['e']);
		write(eventsOf([...['a', 'b', 'c', 'd', 'e'].map(simple), 3]));
		assert.equal(await ids({ id: 'd', inclusive: false }, false), null, 'a turn that was taken back is no place any more');
	});

	describe('as texts', () => {
		const simple = (id: string): GeneratedTurn => ({ id, items: [], late: 0, end: 'completed' });
		const made: string[] = [];
		const texts = (source: Partial<TurnSource>, kept: KeptTexts, dialect = 'base') => {
			made.length = 0;
			const whole: TurnSource = { stored: () => stored(new TurnLog()), live: () => [], damaged: () => {}, ...source };
			return allTurnTexts(whole, { made: ({ id }) => (made.push(id), id), dialect, kept });
		};
		/** As if it had been written a while ago. */
		const old = (seconds = 60) => fs.utimesSync(file, 1_700_000_000 - seconds, 1_700_000_000 - seconds);

		it('are made once, and again when anything of the records changes', async () => {
			const kept = new KeptTexts();
			write(eventsOf(['a', 'b'].map(simple)));
			old();
			assert.deepEqual(
				[await texts({}, kept), made],
				[
					['a', 'b'],
					['b', 'a'],
				],
			);
			assert.deepEqual([await texts({}, kept), made], [['a', 'b'], []]);
			assert.deepEqual(
				[await texts({}, kept, 'newer'), made],
				[
					['a', 'b'],
					['b', 'a'],
				],
			);
			write(eventsOf(['a', 'b', 'c'].map(simple)));
			assert.deepEqual(await texts({}, kept), ['a', 'b', 'c']);
			write(eventsOf(['a', 'd'].map(simple)));
			old(30);
			assert.deepEqual(await texts({}, kept), ['a', 'd'], 'as long as before, with another turn in it');
		});

		it('are not kept of what was written this moment, is damaged, or still runs', async () => {
			const kept = new KeptTexts();
			write(eventsOf(['a'].map(simple)));
			for (let n = 0; n < 2; n++) assert.deepEqual([await texts({}, kept), made], [['a'], ['a']]);
			const live = new TurnViews();
			live.apply({ type: 'turnStarted', turnId: 'l', at, contextWindow: null, mode: 'default' });
			old();
			for (let n = 0; n < 2; n++)
				assert.deepEqual(
					[await texts({ live: () => live.turns }, kept), made],
					[
						['a', 'l'],
						['a', 'l'],
					],
				);
			fs.appendFileSync(file, '{"timestamp":"x","type":"event_msg","payload":{"type":"agent_message","message":"torn\n');
			old();
			for (let n = 0; n < 2; n++) {
				let damaged = 0;
				assert.deepEqual([await texts({ damaged: (lines) => (damaged += lines) }, kept), made], [['a'], ['a']]);
				assert.equal(damaged, 1, 'the person hears of it each time');
			}
		});
	});

	it('say how many lines are broken', async () => {
		write(eventsOf([{ id: 'a', items: [], late: 0, end: 'completed' }]));
		fs.appendFileSync(file, '{"timestamp":"x","type":"event_msg","payload":{"type":"agent_message","message":"torn\n');
		let damaged = 0;
		const turns = await allTurns({ stored: () => stored(new TurnLog()), live: () => [], damaged: (lines) => (damaged += lines) });
		assert.deepEqual([turns.length, damaged], [1, 1]);
	});
});
