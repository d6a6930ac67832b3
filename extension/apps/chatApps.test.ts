import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { ChatApps } from './chatApps.ts';

const app = (id: string, more: object = {}) => ({ id, name: id.toUpperCase(), description: null, isAccessible: true, isEnabled: true, ...more });
const updated = (...data: object[]) => ({ method: 'app/list/updated', params: { data } }) as never;

describe('the apps that a chat can name', () => {
	function chat(answers: (params: object) => Promise<{ readonly data: readonly object[] }>, threadId: string | null = null) {
		let changes = 0;
		const asked: object[] = [];
		const request = (_method: string, params: object) => {
			asked.push(params);
			return answers(params);
		};
		const apps = new ChatApps({ ready: () => Promise.resolve({ request } as never), threadId: () => threadId, onChange: () => changes++ });
		return { apps, asked, ids: () => apps.list.map(({ id }) => id), changes: () => changes };
	}

	it('are those that the account can use and that are left on', async () => {
		const { apps, ids } = chat(() =>
			Promise.resolve({ data: [app('mail'), app('maps', { isAccessible: false }), app('cal', { isEnabled: false })] }),
		);
		await apps.refresh();
		assert.deepEqual(ids(), ['mail']);
	});

	it('are there before the directory has answered', async () => {
		const { promise, resolve } = Promise.withResolvers<{ readonly data: readonly object[] }>();
		const { apps, ids, changes } = chat(() => promise);
		const asked = apps.refresh();
		apps.notice(updated(app('mail')));
		assert.deepEqual(ids(), ['mail']);
		resolve({ data: [app('mail'), app('cal')] });
		await asked;
		assert.deepEqual(ids(), ['mail', 'cal']);
		assert.equal(changes(), 2);
		apps.notice(updated(app('cal'), app('mail')));
		assert.deepEqual(ids(), ['cal', 'mail']);
	});

	it('are those of the thread: news for others do not reach one that has none', async () => {
		const { apps, asked, ids } = chat(() => Promise.resolve({ data: [] }), 't');
		await apps.refresh();
		apps.notice(updated(app('mail')));
		assert.deepEqual(ids(), []);
		assert.deepEqual(asked, [{ threadId: 't' }]);
	});

	it('are those of the home for a thread that is not loaded, and stay when nobody answers', async () => {
		let works = true;
		const { apps, ids } = chat(
			(params) => (works && !('threadId' in params) ? Promise.resolve({ data: [app('mail')] }) : Promise.reject(new Error('thread not found'))),
			't',
		);
		await apps.refresh();
		assert.deepEqual(ids(), ['mail']);
		works = false;
		await apps.refresh();
		assert.deepEqual(ids(), ['mail']);
	});
});
