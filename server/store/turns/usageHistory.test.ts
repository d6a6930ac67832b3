import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { StoredThread } from '../threadStore.ts';
import { UsageHistory } from './usageHistory.ts';

describe('what threads used of models', () => {
	let folder: string;
	const line = (at: string, type: string, payload: object) => `${JSON.stringify({ timestamp: `2026-11-21T${at}:00.000Z`, type, payload })}\n`;
	const meta = (at: string) => line(at, 'session_meta', { id: 'x', timestamp: `2026-11-21T${at}:00.000Z` });
	const context = (at: string, turn: string, model: string) => line(at, 'turn_context', { turn_id: turn, model });
	const count = (at: string, input: number, cached: number, output: number) => {
		const usage = {
			input_tokens: input,
			cached_input_tokens: cached,
			output_tokens: output,
			reasoning_output_tokens: 0,
			total_tokens: input + output,
		};
		return line(at, 'event_msg', { type: 'token_count', info: { total_token_usage: usage, last_token_usage: usage }, rate_limits: null });
	};
	const thread = (id: string): StoredThread => ({
		meta: { modelProvider: 'openai' } as StoredThread['meta'],
		path: path.join(folder, id),
		archived: false,
		preview: '',
		name: null,
		createdAt: 0,
		updatedAt: Date.parse('2026-11-21T23:00:00Z'),
		size: 0,
		missing: null,
	});
	const history = (...ids: readonly string[]) =>
		new UsageHistory({
			find: async (id) => (ids.includes(id) ? thread(id) : null),
			list: async ({ archived }) => ({ threads: archived ? [] : ids.map(thread), nextCursor: null, backwardsCursor: null }),
		});
	const words = (list: readonly { model: string | null; usage: { inputTokens: number; cachedInputTokens: number; outputTokens: number } }[] = []) =>
		list.map(({ model, usage }) => `${model} ${usage.inputTokens}/${usage.cachedInputTokens}/${usage.outputTokens}`);

	beforeEach(async () => {
		folder = await fs.mkdtemp(path.join(os.tmpdir(), 'tiller-usage-'));
	});
	afterEach(() => fs.rm(folder, { recursive: true, force: true }));

	it('is added up by model and for the newest turn, and goes on with what is added', async () => {
		const file = path.join(folder, 'a');
		const again = count('10:02', 100, 20, 10);
		await fs.writeFile(
			file,
			`${meta('10:00')}${context('10:01', 't1', 'big')}${again}${again}${context('10:03', 't2', 'small')}${count('10:04', 150, 60, 15)}`,
		);
		const usage = history('a');
		assert.deepEqual(words((await usage.ofThread('a'))?.total), ['big 100/20/10', 'small 50/40/5']);
		assert.equal((await usage.ofThread('a'))?.lastTurn?.turnId, 't2');
		const whole = count('10:05', 250, 60, 25);
		await fs.appendFile(file, whole.slice(0, 100));
		assert.deepEqual(words((await usage.ofThread('a'))?.lastTurn?.total), ['small 50/40/5']);
		await fs.appendFile(file, whole.slice(100));
		assert.deepEqual(words((await usage.ofThread('a'))?.lastTurn?.total), ['small 150/40/15']);
		assert.equal(await usage.ofThread('none'), null);
	});

	it('is that of the provider of each turn, and of the first one where the records do not say it', async () => {
		const turn = (at: string, id: string, provider: object) => line(at, 'turn_context', { turn_id: id, model: 'big', ...provider });
		const turns = [
			meta('10:00'),
			turn('10:01', 't1', {}),
			count('10:02', 100, 0, 10),
			turn('10:03', 't2', { model_provider: 'other' }),
			count('10:04', 150, 0, 15),
			turn('10:05', 't3', { model_provider: 'openai' }),
			count('10:06', 151, 0, 16),
		];
		await fs.writeFile(path.join(folder, 'a'), turns.join(''));
		const total = (await history('a').ofThread('a'))?.total.map(({ modelProvider, usage }) => [modelProvider, usage.inputTokens]);
		assert.deepEqual(total, [
			['openai', 101],
			['other', 50],
		]);
	});

	it('does not count twice what a fork has copied, nor once more what came before a time', async () => {
		const copied = `${context('10:01', 't1', 'big')}${count('10:02', 100, 0, 10)}`;
		await fs.writeFile(path.join(folder, 'a'), `${meta('10:00')}${copied}`);
		await fs.writeFile(path.join(folder, 'b'), `${meta('11:00')}${copied}${context('11:01', 't2', 'big')}${count('11:02', 130, 0, 11)}`);
		const usage = history('a', 'b', 'gone');
		assert.deepEqual(words((await usage.ofThread('b'))?.total), ['big 30/0/1']);
		assert.deepEqual(words(await usage.since(Date.parse('2026-11-21T00:00:00Z'))), ['big 130/0/11']);
		assert.deepEqual(words(await usage.since(Date.parse('2026-11-21T11:00:00Z'))), ['big 30/0/1']);
		assert.deepEqual((await usage.ofThread('gone'))?.total, []);
	});

	it('begins anew with a count that does', async () => {
		await fs.writeFile(
			path.join(folder, 'a'),
			`${meta('10:00')}${context('10:01', 't1', 'big')}${count('10:02', 100, 0, 10)}${count('10:03', 5, 0, 1)}broken\n`,
		);
		assert.deepEqual(words((await history('a').ofThread('a'))?.total), ['big 105/0/11']);
	});
});
