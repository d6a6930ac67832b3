import { v7 as uuid } from 'uuid';
import type { ClientModelInfo, ClientModelOutcome, ClientModelPart, ClientModelRequest, LanguageModels } from '../model/client/languageModels.ts';
import type { LanguageModelRequestParams } from '../protocol/account/languageModel.ts';
import type { Clients } from './clients.ts';
import type { ServerRequests } from './serverRequests.ts';
import { encodeNotification, type Session } from './session.ts';

/** How long the list of a client may take, and a part that was announced but has not come, in milliseconds. */
const LIST_MS = 5000;
const LATE_PART_MS = 10_000;
const NOBODY = 'These models are there only while a VS Code window is connected that may use them.';

interface Running {
	readonly session: Session;
	readonly onParts: (parts: readonly ClientModelPart[]) => void;
	/** How many parts came, and how many there are; null while that is not known. */
	received: number;
	expected: number | null;
	/** Something came. */
	heard: () => void;
}

/** Asks the models of clients that announced the capability `languageModels`. */
export class ClientLanguageModels implements LanguageModels {
	readonly #clients: Clients;
	readonly #requests: ServerRequests;
	readonly #running = new Map<string, Running>();
	#known = new Map<string, ClientModelInfo>();

	constructor(clients: Clients, requests: ServerRequests) {
		this.#clients = clients;
		this.#requests = requests;
	}

	async list(): Promise<readonly ClientModelInfo[]> {
		const session = this.#serving(null);
		if (!session) return [];
		const handle = this.#requests.send('languageModel/list', {}, [session]);
		const timer = setTimeout(handle.withdraw, LIST_MS);
		const answer = await handle.answered;
		clearTimeout(timer);
		if (answer.type !== 'result') return [...this.#known.values()];
		this.#known = new Map(answer.result.models.map((model) => [model.id, model]));
		return answer.result.models;
	}

	known(id: string): ClientModelInfo | null {
		return this.#known.get(id) ?? null;
	}

	async request(
		request: ClientModelRequest,
		{ onParts, idleTimeoutMs }: { readonly onParts: (parts: readonly ClientModelPart[]) => void; readonly idleTimeoutMs: number },
		signal: AbortSignal,
	): Promise<ClientModelOutcome> {
		signal.throwIfAborted();
		const session = this.#serving(request.threadId);
		if (!session) return { status: 'failed', reason: 'notFound', message: NOBODY };
		const requestId = uuid();
		const stopped = Promise.withResolvers<ClientModelOutcome>();
		const complete = Promise.withResolvers<void>();
		let timer: NodeJS.Timeout | undefined;
		const running: Running = {
			session,
			onParts,
			received: 0,
			expected: null,
			heard: () => {
				clearTimeout(timer);
				timer = setTimeout(
					() => stopped.resolve({ status: 'gone', message: `The model of the editor said nothing for ${Math.round(idleTimeoutMs / 1000)} s.` }),
					idleTimeoutMs,
				);
				if (running.expected !== null && running.received >= running.expected) complete.resolve();
			},
		};
		this.#running.set(requestId, running);
		running.heard();
		const handle = this.#requests.send('languageModel/request', { ...wireRequest(request), requestId }, [session]);
		const stop = () => stopped.reject(signal.reason);
		signal.addEventListener('abort', stop, { once: true });
		const answered = handle.answered.then(async (answer): Promise<ClientModelOutcome> => {
			if (answer.type === 'withdrawn') return { status: 'gone', message: 'The window that served the model has gone.' };
			if (answer.type === 'error') return { status: 'failed', reason: 'other', message: answer.error.message };
			if (answer.result.status === 'failed') return answer.result;
			running.expected = answer.result.parts;
			running.heard();
			const late = setTimeout(() => stopped.resolve({ status: 'gone', message: 'A part of the answer did not come.' }), LATE_PART_MS);
			await complete.promise.finally(() => clearTimeout(late));
			return { status: 'completed', usage: answer.result.usage };
		});
		let isOver = false;
		try {
			const outcome = await Promise.race([answered, stopped.promise]);
			isOver = outcome.status !== 'gone';
			return outcome;
		} finally {
			clearTimeout(timer);
			complete.resolve();
			signal.removeEventListener('abort', stop);
			this.#running.delete(requestId);
			handle.withdraw();
			if (!isOver) session.notify(encodeNotification({ method: 'languageModel/cancelled', params: { requestId } }));
		}
	}

	/** What a model said. Only who was asked may say it; what nobody waits for is dropped. */
	part(session: Session, { requestId, parts }: { readonly requestId: string; readonly parts: readonly ClientModelPart[] }): void {
		const running = this.#running.get(requestId);
		if (running?.session !== session) return;
		running.received++;
		running.onParts(parts);
		running.heard();
	}

	/** A client of the thread before any other. */
	#serving(threadId: string | null): Session | undefined {
		const serves = (session: Session) => session.client?.languageModels === true;
		return (threadId === null ? undefined : this.#clients.subscribersOf(threadId).find(serves)) ?? this.#clients.initialized().find(serves);
	}
}

/** What is sent is a copy: nothing in it is shared. */
function wireRequest(request: ClientModelRequest): Omit<LanguageModelRequestParams, 'requestId'> {
	return structuredClone(request) as Omit<LanguageModelRequestParams, 'requestId'>;
}
