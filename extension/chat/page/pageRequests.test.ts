import assert from 'node:assert/strict';
import { answerPageRequest, type PageRequestHandlers, parsePageMessage } from './pageRequests.ts';

const handlers = {
	find: async ({ query }: { readonly query: string }) => {
		if (query === '') throw new Error('Nothing to look for.');
		return { found: [] };
	},
} as unknown as PageRequestHandlers;

describe('what arrives from the page', () => {
	it('is taken only when it is one of its messages', () => {
		const request = { type: 'request', id: 1, name: 'find', params: { query: 'a' } };
		assert.deepEqual(parsePageMessage({ type: 'ready' }), { type: 'ready' });
		assert.deepEqual(parsePageMessage({ type: 'keep', saved: '{}' }), { type: 'keep', saved: '{}' });
		assert.deepEqual(parsePageMessage(request), request);
		const others = [null, 'ready', [], {}, { type: 'keep' }, { type: 'keep', saved: 1 }, { type: 'else' }];
		const broken = [{ id: '1' }, { name: 3 }, { params: null }, { params: 'x' }].map((part) => ({ ...request, ...part }));
		for (const data of [...others, ...broken]) assert.equal(parsePageMessage(data), null, JSON.stringify(data));
	});

	it('is answered under its number, also when it is not known or fails', async () => {
		const ask = async (name: string, params: object) => {
			const message = parsePageMessage({ type: 'request', id: 7, name, params });
			assert.ok(message?.type === 'request');
			return await answerPageRequest(message, handlers);
		};
		assert.deepEqual(await ask('find', { query: 'a' }), { type: 'reply', id: 7, result: { found: [] } });
		assert.deepEqual(await ask('find', { query: '' }), { type: 'failure', id: 7, message: 'Nothing to look for.' });
		for (const name of ['nothing', 'toString', '__proto__']) {
			assert.deepEqual(await ask(name, {}), { type: 'failure', id: 7, message: `The page asked for ${name}, which is not known.` });
		}
	});
});
