import assert from 'node:assert/strict';
import type { ThreadItem } from '../../server/protocol/thread/item.ts';
import type { Turn } from '../../server/protocol/thread/turn.ts';
import type { Client } from '../server/client.ts';
import { findInTurns } from './findInTurns.ts';
import { allTurns, newerTurns, wholeText } from './readThread.ts';
import type { TextWords } from './textWords.ts';
import { itemText, threadMarkdown } from './threadMarkdown.ts';

/** Every word as its name and what it is about. */
const words = new Proxy(
	{},
	{
		get:
			(_, name) =>
			(...args: readonly unknown[]) =>
				[String(name), ...args].join(' '),
	},
) as TextWords;

const user = (id: string, text: string): ThreadItem => ({ type: 'userMessage', id, content: [{ type: 'text', text, text_elements: [] }] });
const says = (id: string, text: string): ThreadItem => ({ type: 'agentMessage', id, text, phase: null, memoryCitation: null });
const ran = (id: string, command: string, output: string, exitCode = 0): ThreadItem => ({
	type: 'commandExecution',
	id,
	command,
	cwd: '/w',
	processId: null,
	source: 'agent',
	status: 'completed',
	commandActions: [],
	aggregatedOutput: output,
	exitCode,
	durationMs: 1,
});
const turn = (id: string, items: readonly ThreadItem[], status: Turn['status'] = 'completed'): Turn => ({
	id,
	items: [...items],
	itemsView: 'full',
	status,
	error: null,
	startedAt: 1,
	completedAt: 2,
	durationMs: 1,
});

describe('a thread as text', () => {
	const turns = [
		turn('t1', [user('u1', 'Fix\nthe price'), ran('c1', 'npm test', '\u001b[31mred\u001b[0m\n50%\r100%\n```\nend', 1), says('a1', 'Done: `x`.')]),
		turn('t2', [user('u2', 'Again')], 'interrupted'),
	];

	it('has a heading for each turn and each thing in it, and what commands printed without colours', () => {
		const { text } = threadMarkdown({ title: 'Price', facts: ['in /w'], turns }, words);
		assert.equal(
			text,
			[
				'# Price',
				'',
				'- in /w',
				'',
				'## turn 1 Fix the price',
				'',
				'### you',
				'',
				'Fix',
				'the price',
				'',
				'### command npm test',
				'',
				'```sh',
				'npm test',
				'```',
				'',
				'````text',
				'red',
				'100%',
				'```',
				'end',
				'````',
				'',
				'exitCode 1',
				'',
				'### agent',
				'',
				'Done: `x`.',
				'',
				'## turn 2 Again',
				'',
				'### you',
				'',
				'Again',
				'',
				'*stopped*',
				'',
			].join('\n'),
		);
	});

	it('says of a command whether it failed, was killed or was stopped', () => {
		const outcome = (item: object) =>
			itemText({ ...ran('c1', 'serve', ''), ...item } as ThreadItem, words)
				?.body.split('\n')
				.at(-1);
		assert.equal(outcome({ status: 'failed', exitCode: 2 }), 'exitCode 2');
		assert.equal(outcome({ status: 'failed', exitCode: -1 }), 'failedStep');
		assert.equal(outcome({ status: 'failed', exitCode: -1, stopped: true }), 'stopped');
	});

	it('has sections that begin and end where their text does', () => {
		const { text, sections } = threadMarkdown({ title: 'Price', facts: [], turns }, words);
		const lines = text.split('\n');
		assert.deepEqual(
			sections.map(({ kind, id, firstLine, lastLine }) => [kind, id, lines[firstLine], lines[lastLine]]),
			[
				['turn', 't1', '## turn 1 Fix the price', 'Done: `x`.'],
				['item', 'u1', '### you', 'the price'],
				['item', 'c1', '### command npm test', 'exitCode 1'],
				['item', 'a1', '### agent', 'Done: `x`.'],
				['turn', 't2', '## turn 2 Again', '*stopped*'],
				['item', 'u2', '### you', 'Again'],
			],
		);
	});

	it('is searched whole, without regard to capitals', () => {
		assert.deepEqual(findInTurns(turns, 'NPM TEST', words), [{ turnId: 't1', itemId: 'c1', count: 1 }]);
		assert.deepEqual(
			findInTurns(turns, 'd', words).map(({ itemId, count }) => [itemId, count]),
			[
				['c1', 3],
				['a1', 1],
			],
		);
		assert.deepEqual(findInTurns(turns, '  ', words), []);
	});
});

describe('reading a thread', () => {
	/** A server with these turns, oldest first. */
	function client(turns: readonly Turn[]) {
		const asked: number[] = [];
		const request = async (_: string, params: { limit: number; sortDirection: 'asc' | 'desc'; cursor?: string | null }) => {
			asked.push(params.limit);
			const ordered = params.sortDirection === 'asc' ? turns : turns.toReversed();
			const from = Number(params.cursor ?? 0);
			const next = from + params.limit;
			return { data: ordered.slice(from, next), nextCursor: next < turns.length ? String(next) : null };
		};
		return { client: { request } as unknown as Client, asked };
	}
	const many = (count: number, text = '') => Array.from({ length: count }, (_, index) => turn(`t${index}`, [says(`a${index}`, text)]));
	const ids = (turns: readonly Turn[]) => turns.map(({ id }) => id);

	it('goes through all pages', async () => {
		assert.deepEqual(ids(await allTurns(client(many(250)).client, 'x')), ids(many(250)));
	});

	it('brings what is known up to date with one small page', async () => {
		const server = client([...many(200), turn('t200', [says('a', 'new')])]);
		const turns = await newerTurns(server.client, 'x', many(200));
		assert.deepEqual(ids(turns), ids(many(201)));
		assert.deepEqual(server.asked, [3]);
	});

	it('reads all again when turns were taken back or too many are new', async () => {
		assert.deepEqual(ids(await newerTurns(client(many(3)).client, 'x', many(6))), ['t0', 't1', 't2']);
		assert.deepEqual(ids(await newerTurns(client(many(9)).client, 'x', many(2))), ids(many(9)));
		assert.deepEqual(ids(await newerTurns(client(many(1)).client, 'x', [])), ['t0']);
	});

	it('puts a text together that is too long for one answer', async () => {
		const text = 'abcdefghij'.repeat(250_000);
		const request = async (_: string, { offset, length }: { offset: number; length: number }) => ({
			text: text.slice(offset, offset + length),
			totalLength: text.length,
		});
		const whole = await wholeText({ request } as unknown as Client, { threadId: 't', turnId: 'u', itemId: 'i', pointer: null });
		assert.equal(whole, text);
	});
});
