import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { openRollout, type RolloutView } from '../rollout/rolloutView.ts';
import { KeptIndex, writeIndex } from './keptIndex.ts';
import { TurnCache } from './turnCache.ts';
import { TurnIndex } from './turnIndex.ts';
import { TurnLog } from './turnLog.ts';

type Payload = Readonly<Record<string, unknown>>;
const line = (type: string, payload: Payload) => `${JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', type, payload })}\n`;
const event = (type: string, more: Payload = {}) => line('event_msg', { type, ...more });
const begin = (id: string) => event('task_started', { turn_id: id });
const compaction = line('compacted', { message: '', replacement_history: [] });
const uuid = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const turn = (id: string, text = id) =>
	begin(id) +
	line('turn_context', { cwd: '/', model: id }) +
	event('user_message', { message: text }) +
	event('agent_message', { message: text }) +
	event('task_complete', { turn_id: id });
const manyTurns = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => turn(uuid(from + n), `${from + n} ${'x'.repeat(900)}`));

describe('the index of a rollout that an earlier process kept', () => {
	let folder: string;
	let file: string;
	let cache: TurnCache;
	let bytes = 0;
	beforeEach(() => {
		folder = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-kept-'));
		file = path.join(folder, 'rollout.jsonl');
		cache = new TurnCache(path.join(folder, 'turns'));
		bytes = 0;
	});
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const counted = (name: string): RolloutView => {
		const view = openRollout(name, () => null);
		return {
			...view,
			read: (buffer, position) => {
				const read = view.read(buffer, position);
				bytes += read;
				return read;
			},
		};
	};
	/** A process of its own: it knows nothing but what is on the disk. */
	const process = () => new TurnLog(counted, cache);
	const keptFile = () => path.join(folder, 'turns', 'rollout.turns');
	const idsOf = async (log: TurnLog, count = Number.POSITIVE_INFINITY) => {
		const answer = log.listTurns({ path: file });
		assert.ok(answer.type === 'turns');
		const to = Math.min(count, await answer.turns.count());
		const ids: string[] = [];
		for await (const { id } of answer.turns.read({ from: 0, to }, () => () => true)) ids.push(id);
		return ids;
	};
	const modelsOf = async (log: TurnLog) => (await log.tail(file, 0)).lines.map(({ payload }) => payload.model).filter((model) => model !== undefined);
	const work = async (action: () => Promise<unknown>) => {
		bytes = 0;
		await action();
		return bytes;
	};

	it('opening a thread at its end reads as much of 10,000 turns as of 1,000', async () => {
		const read: number[][] = [];
		for (const count of [1000, 10_000]) {
			file = path.join(folder, `rollout-${count}.jsonl`);
			fs.writeFileSync(file, [...manyTurns(0, count - 3), compaction, ...manyTurns(count - 3, count)].join(''));
			await process().tail(file, 0);
			const log = process();
			const tail = await work(() => log.tail(file, 0));
			const page = await work(() => idsOf(log, 20));
			fs.appendFileSync(file, turn(uuid(count)));
			const grown = process();
			read.push([tail, page, await work(() => grown.tail(file, 0)), await work(() => idsOf(grown, 20))]);
		}
		const [short, long] = read;
		for (const [index, amount] of (long ?? []).entries()) {
			const before = short?.[index] ?? 0;
			assert.ok(Math.abs(amount - before) < 2048 && amount < 600_000, `${index}: ${amount} bytes of the long one, ${before} of the short one`);
		}
	});

	it('a turn that is far back, or not there, is looked for without the records', async () => {
		fs.writeFileSync(file, manyTurns(0, 9000).join(''));
		await process().tail(file, 0);
		const answer = process().listTurns({ path: file });
		assert.ok(answer.type === 'turns');
		const { turns } = answer;
		const read = await work(async () => {
			assert.equal(await turns.positionOf(uuid(10)), 8989);
			assert.equal(await turns.positionOf(uuid(9500)), -1);
		});
		assert.equal(read, 0);
	});

	it('a goal that is recorded with every turn counts once', async () => {
		const goal = (n: number) => (n < 480 ? event('tiller_goal', { n }) : '');
		fs.writeFileSync(file, Array.from({ length: 500 }, (_, n) => goal(n) + turn(uuid(n)) + (n === 490 ? compaction : '')).join(''));
		for (const log of [process(), process()]) {
			const { lines, standing } = await log.tail(file, 0);
			assert.deepEqual(
				lines.slice(0, standing).map(({ payload }) => payload.n),
				[479],
			);
		}
	});

	it('the answer is the same as without it: turns taken back, added, named alike, and late records', async () => {
		const late = event('exec_command_end', { call_id: 'c', turn_id: uuid(3) });
		fs.writeFileSync(file, manyTurns(0, 400).join('') + late);
		await process().tail(file, 0);
		assert.ok(fs.existsSync(keptFile()));
		const steps = [
			turn(uuid(400)),
			event('thread_rolled_back', { num_turns: 3 }),
			turn(uuid(7), 'named like an older one') + begin(uuid(401)),
			turn('no uuid'),
			event('thread_rolled_back', { num_turns: 200 }),
			manyTurns(500, 900).join(''),
			turn('no uuid'),
		];
		for (const step of steps) {
			fs.appendFileSync(file, step);
			const [kept, fresh] = [process(), new TurnLog(counted)];
			assert.deepEqual(await idsOf(kept), await idsOf(fresh));
			assert.deepEqual(await modelsOf(process()), await modelsOf(new TurnLog(counted)));
			assert.deepEqual(await process().tail(file, 5), await new TurnLog(counted).tail(file, 5));
		}
	});

	for (const [name, change] of [
		['changed in its middle', (content: string) => content.replace(uuid(200), uuid(999))],
		['cut', (content: string) => content.slice(0, content.length / 2)],
		['another one', () => manyTurns(1000, 1400).join('')],
		['longer in its middle', (content: string) => content.replace('200 xxx', '200 xxxxxxxx')],
		['empty', () => ''],
	] as const) {
		it(`of a file that is ${name} since, nothing old is told`, async () => {
			const content = manyTurns(0, 400).join('');
			fs.writeFileSync(file, content);
			fs.utimesSync(file, 1000, 1000);
			await process().tail(file, 0);
			fs.writeFileSync(file, change(content));
			assert.deepEqual(await idsOf(process()), await idsOf(new TurnLog(counted)));
			// Put in its place with the same time, as tools do that keep times.
			const other = path.join(folder, 'other');
			fs.writeFileSync(other, change(content));
			fs.utimesSync(other, 1000, 1000);
			fs.renameSync(other, file);
			assert.deepEqual(await idsOf(process()), await idsOf(new TurnLog(counted)));
		});
	}

	it('one that is damaged anywhere, cut or lost while it is used is made anew', async () => {
		const content = [...manyTurns(0, 300), compaction, turn('no uuid'), ...manyTurns(300, 600)].join('');
		fs.writeFileSync(file, content);
		await process().tail(file, 0);
		const whole = fs.readFileSync(keptFile());
		const expected = { ids: await idsOf(new TurnLog(counted)), tail: await new TurnLog(counted).tail(file, 0) };
		await fc.assert(
			fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), fc.boolean(), async (at, flip, isCut) => {
				const broken = Buffer.from(whole);
				broken[at] = (broken[at] ?? 0) ^ flip;
				fs.writeFileSync(keptFile(), isCut ? whole.subarray(0, at) : broken);
				assert.deepEqual({ ids: await idsOf(process()), tail: await process().tail(file, 0) }, expected);
			}),
			{ numRuns: 25 },
		);
		fs.writeFileSync(keptFile(), whole);
		const log = process();
		assert.deepEqual(await idsOf(log, 5), expected.ids.slice(0, 5));
		fs.rmSync(keptFile());
		assert.deepEqual(await idsOf(log), expected.ids);
	});

	it('two servers keep it by turns while the thread grows', async () => {
		fs.writeFileSync(file, manyTurns(0, 400).join(''));
		const servers = [process(), process()];
		for (let n = 400; n < 2400; n += 200) {
			fs.appendFileSync(file, manyTurns(n, n + 200).join(''));
			for (const server of servers) assert.equal((await idsOf(server, 3))[0], uuid(n + 199));
			await servers[(n / 200) % 2]?.tail(file, 0);
		}
		for (const server of [...servers, process()]) assert.deepEqual(await idsOf(server), await idsOf(new TurnLog(counted)));
	});

	it('finds the same turns however it was kept while the file grew', async () => {
		const part = fc.oneof(
			{ weight: 4, arbitrary: fc.nat({ max: 30 }).map((n) => turn(uuid(n))) },
			fc.constantFrom('a', 'b').map((id) => turn(id)),
			fc.nat({ max: 9 }).map((n) => begin(uuid(n))),
			fc.nat({ max: 2 }).map((n) => event('thread_rolled_back', { num_turns: n + 1 })),
			fc.constant(compaction),
			fc.constant(event('user_message', { message: 'unrecorded' })),
			fc.constantFrom('tiller_goal', 'tiller_forked').map((type) => event(type)),
			fc.constant('torn {\n'),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(part, { maxLength: 16 }), fc.array(fc.boolean(), { maxLength: 16 }), async (parts, keeps) => {
				const keptIn = path.join(folder, 'one.turns');
				fs.rmSync(keptIn, { force: true });
				fs.rmSync(file, { force: true });
				const all = async (index: TurnIndex) => {
					await index.extend(() => false);
					const { hasCopies: _, ...summary } = index.content.summary;
					return { spans: await index.spans(0, index.count), ...summary };
				};
				const positions = async (index: TurnIndex, ids: readonly string[]) => {
					const found: number[] = [];
					for (const id of ids) found.push(await index.positionOf(id));
					return found;
				};
				for (const [count, each] of parts.entries()) {
					fs.appendFileSync(file, each);
					const open = (load: () => KeptIndex | null) => TurnIndex.open(() => openRollout(file, () => null), null, load);
					const index = open(() => KeptIndex.open(keptIn));
					const whole = await all(open(() => null));
					assert.deepEqual(await all(index), whole);
					const ids = [...whole.spans.map(({ id }) => id), uuid(999), 'turn-1', 'b', ''];
					const asKept = open(() => KeptIndex.open(keptIn));
					assert.deepEqual(await positions(asKept, ids), [...whole.spans.keys(), -1, -1, whole.spans.findIndex(({ id }) => id === 'b'), -1]);
					if (keeps[count] !== false) writeIndex(keptIn, index.content);
				}
			}),
			{ numRuns: 60 },
		);
	});

	it('is dropped with the rollout', async () => {
		fs.writeFileSync(file, manyTurns(0, 400).join(''));
		await process().tail(file, 0);
		cache.clean((name) => name === 'rollout.jsonl');
		assert.ok(fs.existsSync(keptFile()));
		cache.clean(() => false);
		assert.ok(!fs.existsSync(keptFile()));
	});
});
