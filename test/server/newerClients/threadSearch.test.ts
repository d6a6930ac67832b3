import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess, Message } from '../../support/appServerProcess.ts';
import { say } from '../../support/model/fakeModelServer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const answers = ['The Quick brown fox.', 'Nothing here.', 'Quickly done.'];

describe('threads by what was said in them, as newer clients ask', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	let threads: string[];
	beforeEach(async () => {
		fixture = await serverFixture(answers.map(say));
		server = fixture.start();
		await server.initialize();
		threads = [];
		for (const text of ['first alpha', 'second quick', 'third beta']) {
			const threadId = await server.startThread(fixture.home);
			threads.push(threadId);
			await server.runTurn(threadId, text);
		}
	});
	afterEach(() => fixture.dispose());

	const numbers = ({ data }: Message['result']) => data.map(({ thread }: { thread: { id: string } }) => threads.indexOf(thread.id));
	const search = (searchTerm: string, more: object = {}) => server.request('thread/search', { searchTerm, ...more });
	const refusal = async (method: string, params: object) => (await server.requestError(method, params)).message;

	it('are found once each, with the place, in either order and in pages', async () => {
		const found = await search('quick');
		assert.deepEqual(numbers(found), [2, 1, 0]);
		assert.deepEqual(
			found.data.map(({ snippet }: { snippet: string }) => snippet),
			['Quickly done.', 'second quick', 'The Quick brown fox.'],
		);
		assert.deepEqual(numbers(await search('quick brown')), [0], 'words follow each other');
		assert.deepEqual(numbers(await search('brown quick')), []);
		assert.deepEqual(numbers(await search('quick', { sortDirection: 'asc' })), [0, 1, 2]);
		await server.request('thread/name/set', { threadId: threads[1], name: 'Named zebra' });
		assert.deepEqual(numbers(await search('zebra')), [1]);
		for (const sortKey of ['created_at', 'recency_at']) {
			const first = await search('quick', { limit: 2, sortKey });
			const second = await search('quick', { limit: 2, sortKey, cursor: first.nextCursor });
			assert.deepEqual([numbers(first), numbers(second), second.nextCursor], [[2, 1], [0], null]);
			const back = await search('quick', { limit: 5, sortKey, sortDirection: 'asc', cursor: second.backwardsCursor });
			assert.deepEqual(numbers(back), [0, 1, 2]);
		}
		await server.request('thread/archive', { threadId: threads[2] });
		assert.deepEqual(numbers(await search('quick')), [1, 0]);
		assert.deepEqual(numbers(await search('quick', { archived: true })), [2]);
		assert.deepEqual(numbers(await search('quick', { sourceKinds: ['exec'] })), []);
	});

	it('are told as they are found, and a search that is over cannot be cancelled any more', async () => {
		const from = server.mark();
		const { data } = await server.request('thread/search/stream', { searchTerm: 'quick' });
		const partial = server.received.slice(from).filter(({ method }) => method === 'thread/search/partial');
		const told = partial.flatMap(({ params }) => params.data.map(({ thread }: { thread: { id: string } }) => thread.id));
		const ids = data.map(({ thread }: { thread: { id: string } }) => thread.id);
		assert.ok(
			told.every((id, index) => ids.includes(id) && told.indexOf(id) === index),
			'each once, and all of the page',
		);
		assert.deepEqual(await server.request('thread/search/cancel', { requestId: 7 }), {});
		assert.deepEqual(await server.request('thread/search/stream/cancel', { requestId: 'x' }), {});
	});

	it('are refused where nothing is asked, or too much', async () => {
		assert.match(await refusal('thread/search', { searchTerm: ' ' }), /requires a non-empty searchTerm/);
		assert.match(await refusal('thread/search/stream', { searchTerm: 'é'.repeat(40_000) }), /65536 bytes/);
		assert.match(await refusal('thread/search', { searchTerm: 'quick', cursor: 'x' }), /invalid cursor/);
		assert.match(await refusal('thread/search', {}), /Invalid request/);
	});

	it('name each place of a text in one thread, with a cursor to its turn', async () => {
		const [threadId] = threads;
		const page = (params: object) => server.request('thread/searchOccurrences', { threadId, ...params });
		const { data } = await page({ searchTerm: 'F' });
		assert.deepEqual(
			data.map(({ snippet, snippetMatchRange: { start, end } }: Message['result']) => [snippet, snippet.slice(start, end)]),
			[
				['first alpha', 'f'],
				['The Quick brown fox.', 'f'],
			],
		);
		const turns = await server.request('thread/turns/list', { threadId, cursor: data[1].turnCursor, limit: 1 });
		assert.equal(turns.data[0].id, data[1].turnId);
		const found: unknown[] = [];
		for (let cursor: string | null | undefined; cursor !== null && found.length < 9; ) {
			const next: Message['result'] = await page({ searchTerm: 'a', limit: 1, cursor });
			found.push(...next.data.map(({ snippetMatchRange }: Message['result']) => snippetMatchRange.start));
			cursor = next.nextCursor;
		}
		assert.deepEqual(found, [6, 10]);
		assert.deepEqual((await page({ searchTerm: '(fox' })).data, [], 'the text is no pattern');
		assert.match(await refusal('thread/searchOccurrences', { threadId, searchTerm: '' }), /non-empty searchTerm/);
		assert.match(await refusal('thread/searchOccurrences', { threadId, searchTerm: 'a', cursor: '{}' }), /invalid cursor/);
	});
});
