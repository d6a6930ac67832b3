import assert from 'node:assert/strict';
import { chatgptSignIn, closeAll, nobody, serve, status } from '../../../test/support/model/mockProvider.ts';
import { HttpTransport } from '../http/httpStream.ts';
import { readUsage, sendNudge } from './accountUsage.ts';
import { ChatgptBackend } from './chatgptBackend.ts';

const signal = new AbortController().signal;
describe('the limits of a ChatGPT account', () => {
	const transport = new HttpTransport({});
	afterEach(closeAll);
	after(() => transport.dispose());

	const backend = (baseUrl: string, account: Partial<typeof nobody> = {}) =>
		new ChatgptBackend({
			transport,
			account: { ...nobody, forRequest: () => Promise.resolve(chatgptSignIn), ...account },
			userAgent: 'tests',
			baseUrl: () => baseUrl,
		});
	const answering = async (body: unknown) => readUsage(backend((await serve(status(200, body))).url), signal);

	it('are asked where the official address has them, and where others do', async () => {
		const { url, seen } = await serve(status(200, { plan_type: 'pro' }));
		await readUsage(backend(`${url}/backend-api`), signal);
		await readUsage(backend(url), signal);
		await sendNudge(backend(`${url}/backend-api`), 'credits', signal);
		assert.deepEqual(
			seen.map((request) => request.url),
			['/backend-api/wham/usage', '/api/codex/usage', '/backend-api/wham/accounts/send_add_credits_nudge_email'],
		);
		assert.deepEqual([seen[0]?.headers['chatgpt-account-id'], seen[2]?.body], ['ws-1', '{"credit_type":"credits"}']);
	});

	it('may be of any shape, and name what makes sense', async () => {
		const limits = await answering({
			plan_type: 'new plan',
			rate_limit: { primary_window: { used_percent: 250, limit_window_seconds: -1, reset_at: 'soon' }, secondary_window: { used_percent: 'x' } },
			credits: { has_credits: 'yes' },
			additional_rate_limits: [
				null,
				{},
				{ metered_feature: 'codex' },
				{ limit_name: 'Only a name', rate_limit: { primary_window: { used_percent: 1 } } },
			],
			rate_limit_reached_type: 'odd',
		});
		assert.deepEqual(
			limits.map(({ limitId, primary, secondary, credits }) => [limitId, primary, secondary, credits]),
			[
				['codex', { usedPercent: 100, windowMinutes: null, resetsAt: null }, null, null],
				['Only a name', { usedPercent: 1, windowMinutes: null, resetsAt: null }, null, null],
			],
		);
		for (const body of ['no json', [], { plan_type: 1 }]) await assert.rejects(answering(body), /cannot be read/);
	});

	it('are asked again with renewed credentials, once', async () => {
		const { url, seen } = await serve(status(401));
		let renewals = 0;
		const recover = () => Promise.resolve((renewals += 1) === 1 ? ('found' as const) : ('renewed' as const));
		await assert.rejects(readUsage(backend(url, { recover }), signal), /Sign in again/);
		assert.deepEqual([seen.length, renewals], [3, 2]);
	});
});
