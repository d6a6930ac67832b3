import { text as readText } from 'node:stream/consumers';
import { Feedback } from '../../feedback/feedback.ts';
import { hostPlatform } from '../../platform/host.ts';
import { feedbackHandlers } from '../../handlers/account/feedback.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';

const SEND_MS = 30_000;

/** Feedback goes to an address that the person or the administrator names; to none by itself. */
export function feedbackFeature({ config, version, credentials, logs, redact, transport }: Ground): Feature {
	const feedback = new Feedback({
		isEnabled: () => config().feedback?.enabled !== false,
		address: () => config().tiller?.feedback_url ?? null,
		program: { version, platform: hostPlatform, arch: process.arch },
		userId: () => {
			const signIn = credentials.current();
			return signIn?.type === 'chatgpt' ? signIn.userId : null;
		},
		logs: (threadId, maxBytes) => logs.newest(threadId, maxBytes),
		redact,
		post: async (url, body) => {
			const headers = { 'content-type': 'application/json', 'user-agent': `tiller/${version}` };
			const send = { method: 'POST', url, headers, body, providerName: url.host, secrets: [], idleTimeoutMs: SEND_MS } as const;
			const response = await transport.send(send, AbortSignal.timeout(SEND_MS));
			await readText(response);
			return response.statusCode ?? 0;
		},
	});
	return { name: 'feedback', handlers: feedbackHandlers(feedback) };
}
