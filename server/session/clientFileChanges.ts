import type { PlannedChange } from '../patch/computeChanges.ts';
import type { ApplyRequest, ApplyResult, FileChangeApplier } from '../patch/fileChangeApplier.ts';
import type { FileReader } from '../patch/fileReader.ts';
import { resolveReal } from '../patch/realPath.ts';
import { plainUtf8 } from '../patch/textFile.ts';
import type { FileChangeApplyChange, FileChangeApplyResult } from '../protocol/approval/fileChangeApply.ts';
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
		const moved = await movedAway(request);
		if (moved !== null) return changes.map((change) => unknown(change, `${moved} leads elsewhere than it did when the change was allowed`));
		const handle = this.#requests.send('item/fileChange/apply', { threadId, turnId, itemId, changes: changes.map(toWire) }, [client]);
		signal.addEventListener('abort', handle.withdraw, { once: true });
		const answer = await handle.answered;
		signal.removeEventListener('abort', handle.withdraw);
		if (answer.type === 'result') return this.#complete(request, answer.result.results, signal);
		const reason =
			answer.type === 'error'
				? `the editor could not apply the change: ${answer.error.message}`
				: `the ${signal.aborted ? 'turn was stopped' : 'editor went away'} before the editor answered; look at the file before you go on`;
		return changes.map((change) => unknown(change, reason));
	}

	/** What the editor does not hold is written here; everything else is as it said. */
	async #complete(request: ApplyRequest, answered: readonly FileChangeApplyResult[], signal: AbortSignal): Promise<readonly ApplyResult[]> {
		const notOpen = new Set(answered.filter(({ status }) => status === 'notOpen').map(({ path }) => path));
		const left = request.changes.filter(({ path }) => notOpen.has(path));
		const written = left.length === 0 ? [] : await this.#otherwise.apply({ ...request, changes: left }, signal);
		const results = [...answered.flatMap(toApplyResult), ...written];
		return request.changes.map(
			(change) => results.find((result) => result.path === change.path) ?? unknown(change, 'the editor did not say what became of it'),
		);
	}

	/** Where the text of a file is read for a patch of a thread: what its editor has not saved comes before the disk. */
	reader({ threadId, signal }: { readonly threadId: string; readonly signal: AbortSignal }, disk: FileReader): FileReader {
		return {
			read: async (path) => {
				const [onDisk, unsaved] = await Promise.all([disk.read(path), this.#unsaved({ threadId, path }, signal)]);
				if (unsaved === null || onDisk.type === 'unreadable') return onDisk;
				const text = onDisk.type === 'text' && onDisk.text.includes('\r\n') ? unsaved : unsaved.replaceAll('\r\n', '\n');
				if (onDisk.type === 'missing') return { type: 'text', text, format: plainUtf8, executable: false, unsaved: true };
				return text === onDisk.text ? onDisk : { ...onDisk, text, unsaved: true };
			},
		};
	}

	async #unsaved({ threadId, path }: { threadId: string; path: string }, signal: AbortSignal): Promise<string | null> {
		const client = this.#editorOf(threadId);
		if (client?.client?.readUnsavedFiles !== true || signal.aborted) return null;
		const handle = this.#requests.send('item/fileChange/readUnsaved', { threadId, paths: [path] }, [client]);
		signal.addEventListener('abort', handle.withdraw, { once: true });
		const answer = await handle.answered;
		signal.removeEventListener('abort', handle.withdraw);
		return answer.type === 'result' ? (answer.result.files.find((file) => file.path === path)?.text ?? null) : null;
	}
}

function toApplyResult({ path, status, message, content, changedBySave }: FileChangeApplyResult): readonly ApplyResult[] {
	return status === 'notOpen' ? [] : [{ path, status, message, content, changedBySave: changedBySave ?? false }];
}

/** A path that a link leads out of what was allowed, by now. The editor follows links itself, so this is looked at as late as possible. */
async function movedAway({ changes, mayWrite }: ApplyRequest): Promise<string | null> {
	for (const { path, movePath } of changes) {
		for (const name of movePath === null ? [path] : [path, movePath]) {
			const real = await resolveReal(name);
			if (real === null || !mayWrite(real)) return name;
		}
	}
	return null;
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
