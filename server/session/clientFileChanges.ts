import type { PlannedChange } from '../patch/computeChanges.ts';
import type { ApplyRequest, ApplyResult, FileChangeApplier } from '../patch/fileChangeApplier.ts';
import type { FileChangeApplyChange } from '../protocol/fileChangeApply.ts';
import type { Clients } from './clients.ts';
import type { ServerRequests } from './serverRequests.ts';

/**
 * Lets a client that announced `applyFileChanges` change the files, so that unsaved edits in its editor are not overwritten.
 * Without such a client the files are changed by `otherwise`.
 */
export class ClientFileChanges implements FileChangeApplier {
	readonly #clients: Clients;
	readonly #requests: ServerRequests;
	readonly #otherwise: FileChangeApplier;

	constructor({ clients, requests, otherwise }: { clients: Clients; requests: ServerRequests; otherwise: FileChangeApplier }) {
		this.#clients = clients;
		this.#requests = requests;
		this.#otherwise = otherwise;
	}

	/** Whether a client of the thread brings changes into its editors. */
	hasEditor(threadId: string): boolean {
		return this.#editorOf(threadId) !== undefined;
	}

	#editorOf(threadId: string) {
		return this.#clients.subscribersOf(threadId).find((session) => session.client?.applyFileChanges);
	}

	/** Asks the first client of the thread that can; never more than one, since each would change the files again. */
	async apply(request: ApplyRequest, signal: AbortSignal): Promise<readonly ApplyResult[]> {
		const client = this.#editorOf(request.threadId);
		if (!client) return this.#otherwise.apply(request, signal);
		const { threadId, turnId, itemId, changes } = request;
		const handle = this.#requests.send('item/fileChange/apply', { threadId, turnId, itemId, changes: changes.map(toWire) }, [client]);
		signal.addEventListener('abort', handle.withdraw, { once: true });
		const answer = await handle.answered;
		signal.removeEventListener('abort', handle.withdraw);
		if (answer.type === 'result')
			return changes.map(
				(change) =>
					answer.result.results.find((result) => result.path === change.path) ?? unknown(change, 'the editor did not say what became of it'),
			);
		const reason =
			answer.type === 'error'
				? `the editor could not apply the change: ${answer.error.message}`
				: `the ${signal.aborted ? 'turn was stopped' : 'editor went away'} before the editor answered; look at the file before you go on`;
		return changes.map((change) => unknown(change, reason));
	}
}

function unknown(change: PlannedChange, message: string): ApplyResult {
	return { path: change.path, status: 'failed', message, content: null };
}

function toWire(change: PlannedChange): FileChangeApplyChange {
	return {
		path: change.path,
		kind: change.movePath === null ? change.kind : 'move',
		movePath: change.movePath,
		before: change.before,
		after: change.after,
	};
}
