import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { updateIndex } from './indexUpdate.ts';
import { IndexUpdater } from './indexUpdater.ts';
import { LocalThreadStore } from '../localThreadStore.ts';
import { ThreadIndex } from './threadIndex.ts';
import type { SearchQuery } from '../threadStore.ts';

describe('search over threads', () => {
	let home: string;
	let store: LocalThreadStore;
	let index: ThreadIndex;

	beforeEach(() => {
		home = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-search-'));
		index = new ThreadIndex({
			home,
			onProblem: (error) => {
				throw error;
			},
		});
		store = new LocalThreadStore({ home, index, updater: new IndexUpdater({ home, worker: path.join(home, 'none'), onProblem: () => {} }) });
	});
	afterEach(() => {
		index.close();
		fs.rmSync(home, { recursive: true });
	});

	const idOf = (n: number) => `00000000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
	const line = (type: string, payload: object) => `${JSON.stringify({ timestamp: '2026-01-01T10:00:00.000Z', type, payload })}\n`;
	const event = (type: string, payload: object) => line('event_msg', { type, ...payload });
	const said = (message: string, item = 'item') => event('agent_message', { message, item_id: item });
	const fileOf = (n: number) => path.join(home, 'sessions/2026/01/01', `rollout-2026-01-01T10-00-${String(n).padStart(2, '0')}-${idOf(n)}.jsonl`);

	async function write(n: number, { cwd = '/project', question = 'question', more = '' } = {}): Promise<string> {
		fs.mkdirSync(path.dirname(fileOf(n)), { recursive: true });
		const meta = { id: idOf(n), timestamp: '2026-01-01T10:00:00.000Z', cwd, source: 'vscode', model_provider: 'p' };
		const begin = event('task_started', { turn_id: `turn-${n}` });
		fs.writeFileSync(fileOf(n), line('session_meta', meta) + begin + event('user_message', { message: question, item_id: 'u' }) + more);
		await update();
		return fileOf(n);
	}

	const update = () => updateIndex({ home, renew: false });
	const search = async (query: string, more: Partial<SearchQuery> = {}) => {
		const page = await store.search({ query, archived: false, cwds: null, cursor: null, limit: 25, ...more });
		assert.ok(page);
		return page;
	};
	const found = async (query: string, more: Partial<SearchQuery> = {}) =>
		(await search(query, more)).hits.map((hit) => `${Number.parseInt(hit.thread.meta.id.slice(-12), 16)} ${hit.kind}`);
	const marked = async (query: string) =>
		(await search(query)).hits.map(({ snippet }) => snippet.highlights.map(({ start, end }) => snippet.text.slice(start, end)));

	it('lets the world in between any two files, so that the program ends with its server', async () => {
		const files = 60;
		for (let n = 1; n <= files; n++) {
			fs.mkdirSync(path.dirname(fileOf(n)), { recursive: true });
			const meta = { id: idOf(n), timestamp: '2026-01-01T10:00:00.000Z', cwd: '/project', source: 'vscode', model_provider: 'p' };
			fs.writeFileSync(fileOf(n), line('session_meta', meta) + event('user_message', { message: 'word '.repeat(50), item_id: 'u' }));
		}
		let turns = 0;
		let running = true;
		const count = () => {
			turns++;
			if (running) setImmediate(count);
		};
		setImmediate(count);
		await update();
		running = false;
		assert.ok(turns >= files, `${turns} turns`);
		assert.equal((await found('word', { limit: files })).length, files);
	});

	it('finds messages, commands, paths, diffs, plans and names, with turn, item and the place of the words', async () => {
		const more = [
			said('The borrow checker is unhappy.', 'msg_1'),
			event('exec_command_end', { turn_id: 'turn-1', call_id: 'call_1', command: ['/bin/bash', '-lc', 'cargo check --quiet'] }),
			event('patch_apply_end', {
				call_id: 'call_2',
				changes: { '/project/src/lexer.rs': { type: 'update', unified_diff: '@@\n-let token;\n+let mut token;' } },
			}),
			event('plan_update', { explanation: null, plan: [{ step: 'Rename the visitor', status: 'pending' }] }),
		].join('');
		await write(1, { question: 'Why does it fail?', more });
		await store.setName(idOf(1), 'Lifetimes');
		assert.deepEqual(await found('borrow'), ['1 agentMessage']);
		assert.deepEqual(await found('cargo quiet'), ['1 commandExecution']);
		assert.deepEqual(await found('src/lexer.rs'), ['1 fileChange']);
		assert.deepEqual(await found('mut token'), ['1 fileChange']);
		assert.deepEqual(await found('visitor'), ['1 plan']);
		assert.deepEqual(await found('lifetimes'), ['1 name']);
		const [hit] = (await search('checker')).hits;
		assert.deepEqual(
			[hit?.turnId, hit?.itemId, hit?.snippet],
			['turn-1', 'msg_1', { text: 'The borrow checker is unhappy.', highlights: [{ start: 11, end: 18 }] }],
		);
	});

	it('finds any word by its beginning, all words of a query in any order, and quoted words only as they stand', async () => {
		await write(1, { more: said('The quick brown fox jumps') });
		for (const query of ['quick', 'QUI', 'jum bro', '"quick brown"', 'fox "the quick"', 'qui"brown fox"'])
			assert.deepEqual(await found(query), ['1 agentMessage'], query);
		for (const query of ['"brown quick"', '"qui"', 'quick wolf', 'uick']) assert.deepEqual(await found(query), [], query);
		assert.deepEqual(await marked('qui "brown fox"'), [['quick', 'brown fox']]);
	});

	it('finds words with and without diacritics, and any part of a text that is written without spaces', async () => {
		await write(1, {
			more:
				said('Die Größe der Übersicht, naïve façade') +
				said('请重命名数据库连接池', 'zh') +
				said('検索インデックスを作る', 'ja') +
				said('데이터베이스를 고친다', 'ko'),
		});
		for (const query of ['größe', 'große', 'GRÖSSE'.replace('SS', 'ß'), 'ubersicht', 'naive facade'])
			assert.equal((await found(query)).length, 1, query);
		assert.deepEqual(await marked('ubersicht'), [['Übersicht']]);
		for (const [query, mark] of [
			['数据库', '数据库'],
			['库', '库'],
			['インデックス', 'インデックス'],
			['베이스', '베이스'],
		] as const)
			assert.deepEqual(await marked(query), [[mark]], query);
		assert.deepEqual(await found('据数'), []);
	});

	it('pages through hits without a gap, the newest thread first, name before texts', async () => {
		for (const n of [1, 2, 3]) await write(n, { question: `needle ${n}`, more: said('another needle', 'a') + said('nothing') });
		await store.setName(idOf(2), 'needle');
		const seen: string[] = [];
		for (let cursor: string | null = null; ; ) {
			const page = await search('needle', { limit: 2, cursor });
			seen.push(...page.hits.map((hit) => `${hit.thread.meta.id.at(-1)} ${hit.kind}`));
			cursor = page.nextCursor;
			if (cursor === null) break;
		}
		const texts = (n: number) => [`${n} agentMessage`, `${n} userMessage`];
		assert.deepEqual(seen, [...texts(3), '2 name', ...texts(2), ...texts(1)]);
		await assert.rejects(search('needle', { cursor: 'nonsense' }), /invalid cursor/);
	});

	it('keeps to the folder and to threads that are archived or not', async () => {
		await write(1, { cwd: '/a', question: 'needle' });
		await write(2, { cwd: '/b', question: 'needle' });
		assert.deepEqual(await found('needle', { cwds: ['/a'] }), ['1 userMessage']);
		const thread = await store.find(idOf(2));
		assert.ok(thread);
		await store.setArchived(thread, { archived: true });
		await update();
		assert.deepEqual(await found('needle'), ['1 userMessage']);
		assert.deepEqual(await found('needle', { archived: true }), ['2 userMessage']);
	});

	it('finds what was added later, nothing twice, and nothing of what is gone', async () => {
		const file = await write(1, { more: said('first') });
		fs.appendFileSync(file, said('second').slice(0, -10));
		await update();
		assert.deepEqual(await found('second'), [], 'not before the line is whole');
		fs.appendFileSync(file, said('second').slice(-10));
		await update();
		await update();
		assert.deepEqual([await found('first'), await found('second')], [['1 agentMessage'], ['1 agentMessage']]);
		fs.writeFileSync(file, fs.readFileSync(file, 'utf8').split('\n').slice(0, 3).join('\n') + '\n');
		await update();
		assert.deepEqual(await found('first'), [], 'of a file that was begun anew');
		fs.rmSync(file);
		await update();
		assert.deepEqual(await found('question'), []);
	});

	it('shows a command once that is recorded as the model asked for it and as it ran', async () => {
		const call = line('response_item', { type: 'function_call', name: 'exec_command', call_id: 'c', arguments: '{"cmd":"rg needle"}' });
		await write(1, { more: call });
		assert.deepEqual(await found('needle'), ['1 commandExecution'], 'as the reference program records it');
		fs.appendFileSync(fileOf(1), event('exec_command_end', { call_id: 'c', command: ['/bin/bash', '-lc', 'rg needle'] }));
		await update();
		assert.deepEqual(await found('needle'), ['1 commandExecution']);
	});

	it('finds what a command printed, at its beginning and its end, without its colours, once', async () => {
		const long = `first\n${'x '.repeat(200_000)}\n\u001b[31mpanicked\u001b[0m at lib.rs`;
		const told = (output: string, id: string) => line('response_item', { type: 'function_call_output', call_id: id, output });
		const ran = event('exec_command_end', { turn_id: 'turn-1', call_id: 'c', command: ['/bin/bash', '-lc', 'cargo test'], aggregated_output: long });
		await write(1, { more: ran + told(`Exit code: 101\nWall time: 1 seconds\nOutput:\n${long}`, 'c') });
		assert.deepEqual(await found('panicked lib.rs'), ['1 commandExecution']);
		assert.deepEqual(await found('"cargo test" first'), ['1 commandExecution']);
		const [hit] = (await search('panicked')).hits;
		assert.equal(hit?.itemId, 'c');
		assert.match(hit?.snippet.text ?? '', / panicked at lib\.rs$/);
		const call = line('response_item', { type: 'function_call', name: 'exec_command', call_id: 'd', arguments: '{"cmd":"make"}' });
		await write(2, { more: call + told('Process exited with code 2\nOutput:\nmissing separator', 'd') + told('Plan updated', 'e') });
		assert.deepEqual(await found('separator'), ['2 commandExecution'], 'as the reference program records it');
		assert.deepEqual(await found('plan updated'), [], 'what other tools answer is no output of a command');
	});

	it('cuts a snippet out of a long text, with the words in it, and never inside a character', async () => {
		await write(1, { more: said(`${'😀'.repeat(400)} needle ${'😀'.repeat(400)}`) });
		const [hit] = (await search('needle')).hits;
		assert.ok(hit && hit.snippet.text.length < 400);
		const [range] = hit.snippet.highlights;
		assert.equal(hit.snippet.text.slice(range?.start, range?.end), 'needle');
		assert.ok(hit.snippet.text.isWellFormed());
	});

	it('answers every query, however odd', async () => {
		await write(1, { more: said('a AND b OR NOT c* "quoted" col:x (y) ^z NEAR/2 \u0000 🎉 é') });
		await fc.assert(
			fc.asyncProperty(
				fc.oneof(
					fc.string({ unit: 'binary' }),
					fc.string({ unit: fc.constantFrom('"', '*', ' ', 'a', '(', ':', '\0', '-', 'é', '\u0301', '中', '\ud800') }),
				),
				async (query) => {
					await search(query);
				},
			),
			{ numRuns: 150 },
		);
		for (const query of ['', '   ', '++ --', '"', '""', 'x'.repeat(5000), 'a '.repeat(3000)]) await search(query);
		assert.deepEqual(await found('a AND b OR NOT'), ['1 agentMessage'], 'the words of the query language are words');
	});
});
