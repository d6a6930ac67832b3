import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Feedback, FeedbackError, type FeedbackOptions } from './feedback.ts';

const request = {
	classification: 'bug',
	reason: null,
	threadId: null,
	includeLogs: false,
	extraFiles: [],
	tags: {},
	client: { name: 'c', version: '1' },
};

function setUp(options: Partial<FeedbackOptions> = {}) {
	const posted: string[] = [];
	const feedback = new Feedback({
		isEnabled: () => true,
		address: () => 'https://feedback.example/take',
		program: { version: '1', platform: 'linux', arch: 'x64' },
		userId: () => 'user-1',
		logs: () => null,
		redact: (text) => text,
		post: (url, body) => {
			posted.push(`${url.href} ${body}`);
			return Promise.resolve(200);
		},
		...options,
	});
	return { feedback, posted };
}

describe('feedback that is put together', () => {
	it('has the user of the account, an id, and no log where there is none', async () => {
		const { feedback } = setUp();
		const { body, threadId } = await feedback.prepare({ ...request, includeLogs: true });
		const content = JSON.parse(body);
		assert.deepEqual([content.account, content.files, content.threadId], [{ chatgptUserId: 'user-1' }, [], threadId]);
	});

	it('is kept for a while: the oldest goes', async () => {
		const { feedback, posted } = setUp();
		const all = [];
		for (let n = 0; n < 6; n++) all.push(await feedback.prepare(request));
		await assert.rejects(feedback.send(all[1]?.id ?? ''), FeedbackError);
		await feedback.send(all[2]?.id ?? '');
		assert.equal(posted.length, 1);
	});

	it('is not sent to what is no http address, nor once it is switched off', async () => {
		for (const address of ['ftp://x', 'here', ''])
			await assert.rejects(async () => {
				const { feedback } = setUp({ address: () => address });
				await feedback.send((await feedback.prepare(request)).id);
			}, /no http address/);
		let on = true;
		const { feedback, posted } = setUp({ isEnabled: () => on });
		const { id } = await feedback.prepare(request);
		on = false;
		await assert.rejects(feedback.send(id), /switched off/);
		await assert.rejects(feedback.prepare(request), /switched off/);
		assert.deepEqual(posted, []);
	});
});
