import type { FileChangeApplyParams, FileChangeApplyResult } from '../protocol/fileChangeApply.ts';
import type { Clients } from './clients.ts';
import type { ServerRequests } from './serverRequests.ts';

export type ClientApplyOutcome =
	/** No client of this thread changes files itself: the server has to. */
	| { readonly type: 'noClient' }
	| { readonly type: 'answered'; readonly results: readonly FileChangeApplyResult[] }
	/** The client went away or answered nonsense: what it did is not known. */
	| { readonly type: 'failed'; readonly message: string };

/** Lets a client that announced `applyFileChanges` change the files, so that unsaved edits in its editor are not overwritten. */
export class ClientFileChanges {
	readonly #clients: Clients;
	readonly #requests: ServerRequests;

	constructor({ clients, requests }: { clients: Clients; requests: ServerRequests }) {
		this.#clients = clients;
		this.#requests = requests;
	}

	/** Asks the first client that can; never more than one, since each would change the files again. */
	async apply(params: FileChangeApplyParams, signal: AbortSignal): Promise<ClientApplyOutcome> {
		const client = this.#clients.subscribersOf(params.threadId).find((session) => session.client?.applyFileChanges);
		if (!client) return { type: 'noClient' };
		const handle = this.#requests.send('item/fileChange/apply', params, [client]);
		signal.addEventListener('abort', handle.withdraw, { once: true });
		const answer = await handle.answered;
		signal.removeEventListener('abort', handle.withdraw);
		switch (answer.type) {
			case 'result':
				return { type: 'answered', results: answer.result.results };
			case 'error':
				return { type: 'failed', message: `the editor could not apply the change: ${answer.error.message}` };
			case 'withdrawn':
				return { type: 'failed', message: signal.aborted ? 'stopped before the editor answered' : 'the editor went away before it answered; look at the files before you go on' };
			default:
				return answer satisfies never;
		}
	}
}
