import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { turnAborted } from '../instructions/turnAborted.ts';
import type { TurnEvent } from '../items/events.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import { request } from '../../test/support/model/mockProvider.ts';
import { type ModelClient, ModelError, type ModelRequest } from '../model/model.ts';
import { compact } from './compaction.ts';

const said = (text: string): ResponseItem => ({ type: 'message', role: 'user', content: [{ type: 'input_text', text }] });
const answered = (text: string): ResponseItem => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text }] });
const call = (id: string): ResponseItem => ({ type: 'function_call', call_id: id, name: 'f', arguments: '{}' });
const output = (id: string, size: number): ResponseItem => ({ type: 'function_call_output', call_id: id, output: 'x'.repeat(size) });
const thought: ResponseItem = { type: 'reasoning', summary: [], encrypted_content: 'y'.repeat(100) };

/** A model that takes at most so many items; what it was given last, and what the history was replaced by. */
async function compacted(
	input: readonly ResponseItem[],
	options: { readonly window?: number; readonly most?: number; readonly endpoint?: boolean } = {},
) {
	let given: readonly ResponseItem[] = [];
	const take = (asked: ModelRequest) => {
		given = asked.input;
		if (asked.input.length > (options.most ?? 1000)) throw new ModelError('too long', { kind: 'contextWindowExceeded' });
	};
	const model: ModelClient = {
		streamMaxRetries: 0,
		remoteCompaction: options.endpoint ? 'endpoint' : null,
		compact: async (asked) => {
			take(asked);
			return [{ type: 'opaque', raw: { type: 'compaction', encrypted_content: 'z' } }];
		},
		async *stream(asked) {
			take(asked);
			yield { type: 'itemDone', item: answered('SUMMARY') };
			yield { type: 'completed', responseId: '', usage: null };
		},
		dispose: () => {},
	};
	const events: TurnEvent[] = [];
	const outcome = await compact({
		turnId: 't',
		model,
		signal: new AbortController().signal,
		request: { ...request, input, instructions: '' },
		prompt: null,
		contextWindow: options.window ?? null,
		context: [],
		emit: (event) => events.push(event),
		addUsage: (usage) => usage,
		delay: async () => {},
		now: () => 0,
		random: () => 0,
	});
	const replaced = events.flatMap((event) => (event.type === 'compacted' ? event.history : []));
	return { outcome, given, replaced };
}

describe('compaction', () => {
	it('trims the newest calls until the request fits, also when thoughts lie between them and an interrupt came after', async () => {
		const work = [said('go'), thought, call('a'), output('a', 4000), thought, call('b'), output('b', 4000), turnAborted];
		const { given, outcome } = await compacted(work, { window: 1700 });
		assert.equal(outcome.type, 'done');
		assert.deepEqual(
			given.map((item) => ('call_id' in item ? item.call_id : item.type)),
			['message', 'reasoning', 'a', 'a', 'reasoning', 'message', 'message'],
		);
		assert.deepEqual(given.at(-2), turnAborted);
	});

	it('keeps what was said also where only part of it can be shown to the provider', async () => {
		const people = ['one', 'two', 'three', 'four'].map(said);
		const work = people.flatMap((message, n) => [message, call(`${n}`), output(`${n}`, 10), answered('Well.')]);
		for (const endpoint of [false, true]) {
			const { replaced, outcome } = await compacted(work, { most: 4, endpoint });
			assert.equal(outcome.type, 'done');
			const words = replaced.flatMap((item) =>
				item.type === 'message' && item.role === 'user' ? item.content.map((part) => ('text' in part ? part.text : '')) : [],
			);
			const told = endpoint ? words : words.slice(0, -1);
			// What the endpoint was given it seals itself.
			assert.deepEqual(
				told,
				endpoint ? told.filter((word) => people.some((each) => JSON.stringify(each).includes(word))) : ['one', 'two', 'three', 'four'],
			);
			if (endpoint) assert.ok(replaced.some((item) => item.type === 'opaque'));
		}
	});

	it('drops work before words', async () => {
		const { given } = await compacted([said('one'), ...Array.from({ length: 20 }, (_, n) => answered(`${n}`)), said('two')], { most: 4 });
		assert.deepEqual([given[0], given.includes(said('two'))], [said('one'), false]);
		assert.ok(JSON.stringify(given).includes('"two"'));
	});
});
