import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { SearchRequest } from '../../search/fileSearch.ts';
import type { RequestContext } from '../../session/handler.ts';
import { SessionResources } from '../../session/sessionResources.ts';
import { fuzzyFileSearchHandlers } from './fuzzyFileSearch.ts';

describe('a search for files without a query', () => {
	const run = async (query: string) => {
		const asked: SearchRequest[] = [];
		const after: (() => void)[] = [];
		const failures: unknown[] = [];
		const handlers = fuzzyFileSearchHandlers({
			search: {
				search: (request) => {
					asked.push(request);
					return query === '' ? Promise.reject(new Error('the thread died')) : Promise.resolve([]);
				},
			},
			sessions: new SessionResources(1),
			tokens: new SessionResources(1),
			cwd: '/work',
			onFailure: (error) => failures.push(error),
		});
		const context = { session: {}, requestId: 1, afterReply: (work: () => void) => after.push(work) } as unknown as RequestContext;
		const answer = await handlers.fuzzyFileSearch?.({ query, roots: ['project'], cancellationToken: null }, context);
		return { asked, after, failures, answer };
	};

	it('is answered at once; then the files are looked for, so that the first query finds them known', async () => {
		const { asked, after, failures, answer } = await run('');
		assert.deepEqual([answer, asked], [{ files: [] }, []]);
		for (const work of after) work();
		assert.deepEqual(
			asked.map(({ roots, query }) => [roots, query]),
			[[[path.resolve('/work', 'project')], '']],
		);
		await new Promise(setImmediate);
		assert.equal(failures.length, 1, 'a thread that dies is logged');
	});

	it('with one looks for it before the answer', async () => {
		const { asked, after } = await run('par');
		assert.deepEqual([asked.length, after.length], [1, 0]);
	});
});
