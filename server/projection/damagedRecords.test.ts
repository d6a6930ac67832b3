import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseRollout } from '../store/rollout/rolloutFile.ts';
import type { RolloutEntry } from '../store/rollout/rolloutLine.ts';
import { eventMsg, historyOf, RecordReader, toEntries } from '../records/records.ts';
import { lastTurnContext } from '../records/turnContext.ts';
import type { TurnEvent } from '../items/events.ts';
import type { TurnItem } from '../items/item.ts';
import { toTurn, TurnViews } from './turnViews.ts';

const turnId = 'turn';
const done = (item: TurnItem): TurnEvent => ({ type: 'itemCompleted', turnId, at: 1, item });
const textElements = [{ byteRange: { start: 0, end: 1 }, placeholder: null }];
const events: readonly TurnEvent[] = [
	{ type: 'turnStarted', turnId, at: 1, contextWindow: 1, mode: 'default' },
	done({
		type: 'userMessage',
		id: 'u',
		content: [
			{ type: 'text', text: 'a', textElements },
			{ type: 'mention', name: 'n', path: 'p' },
		],
	}),
	done({ type: 'reasoning', id: 'r', summary: ['x'], content: ['y'] }),
	done({
		type: 'command',
		id: 'c',
		argv: ['a', 'b'],
		cwd: '/',
		processId: null,
		source: 'agent',
		actions: [{ type: 'read', command: 'c', name: 'n', path: 'p' }],
		status: 'completed',
		output: 'o',
		exitCode: 0,
		durationMs: 1,
	}),
	done({
		type: 'fileChange',
		id: 'f',
		changes: [{ path: 'p', kind: { type: 'update', movePath: 'q' }, diff: 'd' }],
		status: 'completed',
		stdout: '',
		stderr: '',
	}),
	done({ type: 'webSearch', id: 'w', query: 'q', action: { type: 'search', query: 'q' } }),
	{ type: 'planUpdated', turnId, explanation: 'e', plan: [{ step: 's', status: 'pending' }] },
	{ type: 'history', turnId, item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'x' }] } },
	{ type: 'history', turnId, item: { type: 'function_call', id: 'i', name: 'n', arguments: '{}', call_id: 'c' } },
	{ type: 'error', turnId, willRetry: false, error: { message: 'm', kind: 'other', httpStatusCode: 1, details: 'd' } },
	{ type: 'turnEnded', turnId, at: 2, durationMs: 1, end: { status: 'completed' }, lastMessage: 'x' },
];
const last = done({ type: 'agentMessage', id: 'last', text: 'still there', phase: null });
const odd: readonly unknown[] = [null, 5, [], {}, [null], [{}], [{ type: 'text' }], { type: 'text' }, { toString: 1, valueOf: 1 }];

const placesIn = (value: unknown, place: readonly string[] = []): (readonly string[])[] =>
	typeof value === 'object' && value !== null
		? Object.entries(value).flatMap(([key, below]) => [[...place, key], ...placesIn(below, [...place, key])])
		: [];

const replaced = (value: unknown, [first, ...rest]: readonly string[], by: unknown): unknown => {
	if (first === undefined) return by;
	if (Array.isArray(value)) return value.map((below, index) => (String(index) === first ? replaced(below, rest, by) : below));
	return { ...(value as object), [first]: replaced((value as Record<string, unknown>)[first], rest, by) };
};

describe('a rollout with a member of a wrong shape', () => {
	it('is read all the same, whatever the member, and shows what is whole', () => {
		const good = [...events, last].flatMap((event) => [...toEntries(event)]);
		const context: RolloutEntry = {
			type: 'turn_context',
			payload: { cwd: '/', approval_policy: 'never', sandbox_policy: { type: 'workspace-write' }, model: 'm' },
		};
		const entries = [good[0] ?? eventMsg('none', {}), context, ...good.slice(1)];
		for (const [index, entry] of entries.entries()) {
			for (const place of placesIn(entry.payload)) {
				for (const value of odd) {
					const damaged = entries.with(index, { ...entry, payload: replaced(entry.payload, place, value) as Record<string, unknown> });
					const { lines } = parseRollout(damaged.map((each) => JSON.stringify({ timestamp: '2026-01-01T00:00:00Z', ...each })).join('\n'));
					const where = `${String(entry.payload.type)}.${place.join('.')} = ${JSON.stringify(value)}`;
					const views = new TurnViews();
					assert.doesNotThrow(() => {
						const reader = new RecordReader();
						for (const line of lines) for (const event of reader.read(line)) views.apply(event);
						historyOf(lines);
						lastTurnContext(lines);
					}, where);
					const turns = views.turns.map((turn) => toTurn(turn, 'full'));
					if (entry.payload.type === 'agent_message' || entry.payload.type === 'task_complete' || entry.payload.type === 'task_started') continue;
					assert.ok(JSON.stringify(turns).includes('still there'), where);
					for (const { error } of turns)
						assert.ok(error === null || error.additionalDetails === null || typeof error.additionalDetails === 'string', where);
				}
			}
		}
	});
});
