import type { Clients } from './clients.ts';
import type { ServerRequests } from './serverRequests.ts';

/** So long a client may take, in milliseconds: the request goes out without it then. */
const ANSWER_MS = 5000;

/**
 * Asks a client that announced `requestAttestation` for the value of one request, those that follow the thread first (S225). Null when
 * there is none, or it has none. The server makes no such value itself.
 */
export function askForAttestation({ clients, requests }: { readonly clients: Clients; readonly requests: ServerRequests }) {
	return async (threadId: string): Promise<string | null> => {
		const able = clients.initialized().filter((session) => session.client?.requestAttestation);
		const [session] = [...clients.subscribersOf(threadId).filter((follower) => able.includes(follower)), ...able];
		if (!session) return null;
		const request = requests.send('attestation/generate', {}, [session]);
		const timer = setTimeout(request.withdraw, ANSWER_MS);
		const answer = await request.answered.finally(() => clearTimeout(timer));
		return answer.type === 'result' && isHeaderValue(answer.result.token) ? answer.result.token : null;
	};
}

const isHeaderValue = (text: string) => text !== '' && /^[\t\x20-\x7e]*$/.test(text);
