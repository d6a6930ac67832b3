import assert from 'node:assert/strict';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Client } from '../server/client.ts';
import { ThreadTitles } from './threadTitles.ts';
import { titleOf, titleQuestion } from './titleText.ts';

const completed = (threadId: string, status = 'completed'): ServerNotification =>
	({ method: 'turn/completed', params: { threadId, turn: { id: 'u', items: [], status, error: null } } }) as unknown as ServerNotification;

/** A server whose model answers with a title. */
function fixture({ answer = '"Fix Line Counting."', name = null as string | null, wanted = true } = {}) {
	const asked: { method: string; params: Record<string, unknown> }[] = [];
	const named = Promise.withResolvers<string>();
	const listeners = new Set<(notification: unknown) => void>();
	const tell = (notification: unknown) => setImmediate(() => listeners.forEach((listener) => listener(notification)));
	const answers: Record<string, (params: Record<string, unknown>) => unknown> = {
		'thread/turns/list': () => ({
			data: [
				{
					items: [
						{ type: 'userMessage', content: [{ type: 'text', text: 'The count is wrong' }] },
						{ type: 'agentMessage', text: 'I look.' },
					],
				},
			],
		}),
		'thread/start': () => ({ thread: { id: 'once' } }),
		'turn/start': () => {
			tell({ method: 'item/completed', params: { threadId: 'once', item: { type: 'agentMessage', text: answer } } });
			tell(completed('once'));
			return { turn: { id: 'x' } };
		},
		'thread/unsubscribe': () => ({}),
		'thread/read': () => ({ thread: { name } }),
		'thread/name/set': (params) => (named.resolve(String(params['name'])), {}),
	};
	const client = {
		request: async (method: string, params: Record<string, unknown>) => {
			asked.push({ method, params });
			return answers[method]?.(params);
		},
		onNotification: (listener: (notification: unknown) => void) => {
			listeners.add(listener);
			return { dispose: () => listeners.delete(listener) };
		},
	} as unknown as Client;
	const titles = new ThreadTitles({ wanted: () => wanted, log: { info: () => {} } });
	const count = (method: string) => asked.filter((each) => each.method === method).length;
	return { titles, client, asked, named: named.promise, count };
}

const begun = { id: 't', cwd: '/w', provider: 'p', model: 'm' };

describe('titles of threads', () => {
	it('are asked of the own model, once, when the first turn has ended', async () => {
		const { titles, client, asked, named, count } = fixture();
		titles.began(begun);
		titles.notice(client, completed('t'));
		titles.notice(client, completed('t'));
		assert.equal(await named, 'Fix Line Counting');
		const { params } = asked.find(({ method }) => method === 'thread/start') ?? {};
		assert.deepEqual([params?.['ephemeral'], params?.['model'], params?.['modelProvider'], params?.['sandbox']], [true, 'm', 'p', 'read-only']);
		assert.equal(count('turn/start'), 1);
	});

	it('are not asked for when they are off, of the demo, of a thread of another window, or of one that was stopped or named', () => {
		const off = fixture({ wanted: false });
		off.titles.began(begun);
		off.titles.notice(off.client, completed('t'));
		const on = fixture();
		on.titles.began({ ...begun, provider: 'demo' });
		on.titles.notice(on.client, completed('t'));
		on.titles.notice(on.client, completed('other'));
		on.titles.began({ ...begun, id: 'stopped' });
		on.titles.notice(on.client, completed('stopped', 'interrupted'));
		on.titles.began({ ...begun, id: 'named' });
		on.titles.notice(on.client, { method: 'thread/name/updated', params: { threadId: 'named', threadName: 'Mine' } });
		on.titles.notice(on.client, completed('named'));
		assert.deepEqual([...off.asked, ...on.asked], []);
	});

	it('never replace a name that somebody gave meanwhile', async () => {
		const { titles, client, asked, count } = fixture({ name: 'Mine' });
		titles.began(begun);
		titles.notice(client, completed('t'));
		while (count('thread/read') === 0) await new Promise((resolve) => setImmediate(resolve));
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(count('thread/name/set'), 0, JSON.stringify(asked));
	});

	it('are read out of what models answer', () => {
		assert.equal(titleOf('**Fix line counting**\n\nBecause …'), 'Fix line counting');
		assert.equal(titleOf('```\nZeilen zählen.\n```'), 'Zeilen zählen');
		assert.equal(titleOf('  # Add tests'), 'Add tests');
		assert.equal(titleOf(' \n '), null);
		assert.equal(titleOf('I am sorry, but as I can only see the beginning of this conversation I cannot give it a title that fits.'), null);
		assert.ok(!/\u202e/.test(titleOf('a\u202eb') ?? ''));
		const long = titleQuestion({
			message: `<attachment kind="file" label="a.ts">\nsecret\n</attachment>\n${'x'.repeat(9000)}`,
			answer: 'y'.repeat(9000),
		});
		assert.ok(long.length < 3000);
	});
});
