import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { queryObjects } from 'node:v8';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openRollout } from '../rollout/rolloutView.ts';
import type { Compaction } from './keptIndex.ts';
import { TurnIndex } from './turnIndex.ts';

type Payload = Readonly<Record<string, unknown>>;
const line = (type: string, payload: Payload) => `${JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', type, payload })}\n`;
const event = (type: string, more: Payload = {}) => line('event_msg', { type, ...more });
const begin = (id: string) => event('task_started', { turn_id: id });
const end = (id: string) => event('task_complete', { turn_id: id });
const user = (text: string) => event('user_message', { message: text });
const rollBack = (turns: number) => event('thread_rolled_back', { num_turns: turns });
const turn = (id: string, text = id) => begin(id) + user(text) + event('agent_message', { message: text }) + end(id);

describe('the index of a rollout', () => {
	let folder: string;
	let file: string;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-index-'));
		file = path.join(folder, 'rollout.jsonl');
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const open = (content: string, known: TurnIndex | null = null) => {
		fs.writeFileSync(file, content);
		return TurnIndex.open(() => openRollout(file, () => null), known);
	};
	const turnsOf = (index: TurnIndex) => index.spans(0, index.count);
	const idsOf = async (index: TurnIndex) => {
		await index.extend(() => false);
		return (await turnsOf(index)).map(({ id }) => id).toReversed();
	};
	const compactionsOf = async (index: TurnIndex) => {
		const found: Compaction[] = [];
		await index.findCompaction((each) => found.push(each) < 0);
		return found;
	};

	it('finds the newest turns without reading the rest', async () => {
		const content = Array.from({ length: 2000 }, (_, n) => turn(`t${n}`, 'x'.repeat(500))).join('');
		const index = open(content);
		assert.deepEqual(
			(await index.spans(0, 3)).map(({ id }) => id),
			['t1999', 't1998', 't1997'],
		);
		assert.ok(!index.complete && index.count < 100, `${index.count} turns were read`);
		const all = await idsOf(index);
		assert.equal(all.length, 2000);
		for (const [position, span] of (await turnsOf(index)).entries()) {
			assert.equal(span.id, `t${1999 - position}`);
			assert.ok(
				content
					.slice(span.start, span.end)
					.startsWith(`{"timestamp":"2026-01-02T03:04:05.000Z","type":"event_msg","payload":{"type":"task_started","turn_id":"${span.id}"`),
			);
		}
	});

	it('takes back what was rolled back, also twice, and keeps what came after', async () => {
		const content = turn('a') + turn('b') + turn('c') + rollBack(1) + turn('d') + rollBack(2) + turn('e');
		assert.deepEqual(await idsOf(open(content)), ['a', 'e']);
		assert.deepEqual(await idsOf(open(turn('a') + rollBack(9) + turn('b'))), ['b']);
	});

	it('begins a turn at each user message where beginnings were not recorded', async () => {
		const old =
			user('one') + event('agent_message', { message: '1' }) + user('two') + event('turn_aborted', { reason: 'interrupted' }) + user('three');
		const index = open(line('session_meta', { id: 'x', cwd: '/' }) + old + turn('new'));
		const ids = await idsOf(index);
		assert.equal(ids.length, 4);
		assert.equal(ids[3], 'new');
		assert.ok(ids.slice(0, 3).every((id) => /^turn-\d+$/.test(id)));
	});

	it('knows the records of a turn that were written after the next had begun', async () => {
		const late = event('exec_command_end', { call_id: 'c', turn_id: 'a' });
		const index = open(turn('a') + begin('b') + late + end('b') + late);
		assert.deepEqual(await idsOf(index), ['a', 'b']);
		assert.equal(index.lateLinesOf('a').length, 2);
	});

	it('tells turns of one name apart, the same way however much of the file was known before', async () => {
		const first = turn('a', '1') + turn('b') + turn('a', '2');
		const known = open(first);
		const [oldest, ...others] = await idsOf(known);
		assert.deepEqual(others, ['b', 'a']);
		assert.equal(oldest, 'turn-0');
		const whole = first + turn('c') + turn('a', '3');
		const grown = await idsOf(open(whole, known));
		assert.deepEqual(grown, await idsOf(open(whole)));
		assert.deepEqual([grown[0], grown.at(-1), new Set(grown).size], ['turn-0', 'a', 5]);
	});

	it('reads a line of any length, and counts what is broken', async () => {
		const huge = event('agent_message', { message: 'y'.repeat(3_000_000) });
		const torn = begin('torn').slice(0, 60);
		const index = open(
			`${turn('a')}${begin('b')}${huge}${end('b')}no record\n${torn}\n{"type":"event_msg","payload":{}}\n${turn('c')}${begin('d').slice(0, 80)}`,
		);
		assert.deepEqual(await idsOf(index), ['a', 'b', 'c']);
		assert.equal(index.damaged, 3);
	});

	it('of a file that grew reads the new part only, and of one that was replaced everything', async () => {
		const first = Array.from({ length: 500 }, (_, n) => turn(`t${n}`, 'x'.repeat(1000))).join('');
		const known = open(first);
		await idsOf(known);
		const grown = open(`${first}${turn('new')}`, known);
		await grown.extend(() => grown.count > 1);
		assert.ok(grown.complete, 'what was known before was taken over');
		assert.equal(grown.count, 501);
		assert.deepEqual(await idsOf(open(`${turn('other')}${first}`, grown)), ['other', ...Array.from({ length: 500 }, (_, n) => `t${n}`)]);
		assert.deepEqual(await idsOf(open(turn('short'), grown)), ['short']);
	});

	it('of a file that grows holds no more than one earlier one', async () => {
		const isIndex = () => queryObjects(TurnIndex, { format: 'count' });
		let content = '';
		let index: TurnIndex | null = null;
		const before = isIndex();
		for (let n = 0; n < 30; n++) {
			// More turns come than a page of the newest ever shows.
			content += turn(`a${n}`, 'x'.repeat(70_000)) + turn(`b${n}`, 'x'.repeat(70_000)) + turn(`c${n}`);
			index = open(content, index);
			assert.equal((await index.spans(0, 1))[0]?.id, `c${n}`);
		}
		assert.ok(isIndex() - before <= 2, `${isIndex() - before} are held`);
		assert.equal((await idsOf(index ?? open(content))).length, 90);
	});

	it('goes on from the one that knew most when a page has shown the newest only', async () => {
		const old = Array.from({ length: 300 }, (_, n) => turn(`t${n}`, 'x'.repeat(10_000))).join('');
		const whole = open(old);
		await idsOf(whole);
		const long = turn('l', 'x'.repeat(200_000));
		const paged = open(old + long + turn('m'), whole);
		await paged.spans(0, 1);
		assert.equal(paged.count, 1);
		const newest = open(old + long + turn('m') + turn('n'), paged);
		assert.deepEqual((await idsOf(newest)).slice(-4), ['t299', 'l', 'm', 'n']);
		assert.ok(newest.looked - whole.looked < old.length / 2, `${newest.looked - whole.looked} bytes were looked through`);
	});

	it('finds the same turns at once and in steps while the file grows', async () => {
		const part = fc.oneof(
			{ weight: 4, arbitrary: fc.uuid().map((id) => turn(id)) },
			fc.uuid().map(begin),
			fc.string({ maxLength: 5 }).map(user),
			fc.nat({ max: 2 }).map((n) => rollBack(n + 1)),
			fc.constant(line('compacted', { message: '', replacement_history: [] })),
			fc.constant(event('agent_message', { message: 'm'.repeat(70_000) })),
			fc.constant('torn {\n'),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(part, { maxLength: 14 }), fc.array(fc.nat({ max: 4 }), { maxLength: 14 }), async (parts, looks) => {
				let known: TurnIndex | null = null;
				for (let count = 1; count <= parts.length; count++) {
					const index: TurnIndex = open(parts.slice(0, count).join(''), known);
					const depth = looks[count] ?? 99;
					await index.extend(() => index.count >= depth);
					known = index;
				}
				const whole = open(parts.join(''));
				assert.deepEqual(known ? await idsOf(known) : [], await idsOf(whole));
				assert.deepEqual(known ? await compactionsOf(known) : [], await compactionsOf(whole));
				assert.equal(known?.damaged ?? 0, whole.damaged);
			}),
			{ numRuns: 60 },
		);
	});
});
