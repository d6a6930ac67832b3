import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { PendingQuestion } from '../../webview/channel/questions.ts';
import type { QuestionAnswer } from '../../webview/channel/requests/answers.ts';
import { RpcError } from '../server/connection.ts';
import type { RequestId } from '../server/connection.ts';

type Question = PendingQuestion extends infer Q ? (Q extends { readonly key: string } ? Omit<Q, 'key'> : never) : never;

/** A request of the server; the same id can come again on another connection. */
export interface Asked {
	readonly id: RequestId;
}

interface Entry {
	readonly requestId: RequestId;
	readonly question: PendingQuestion;
	readonly answer: (answer: QuestionAnswer) => void;
	readonly withdraw: (reason: string) => void;
}

/** Questions of the server that wait for a person. The first answer wins, wherever it is given. */
export class PendingRequests {
	readonly #entries = new Map<string, Entry>();
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	/** Requests that came in and are still being checked; with a reason when nobody needs to be asked any more. */
	readonly #arriving = new Map<Asked, string | null>();
	#lastKey = 0;

	/** Oldest first. */
	list(): readonly PendingQuestion[] {
		return [...this.#entries.values()].map((entry) => entry.question);
	}

	get(key: string): PendingQuestion | undefined {
		return this.#entries.get(key)?.question;
	}

	/** A request came in. Called at once, so that its end is noticed however long it takes until it is asked. Returns what ends it. */
	arrives(request: Asked): () => void {
		this.#arriving.set(request, null);
		return () => void this.#arriving.delete(request);
	}

	/** Waits for the answer. Rejects when the question is withdrawn, also when that was before it could be asked. */
	ask(request: Asked, question: Question): Promise<QuestionAnswer> {
		const requestId = request.id;
		const withdrawn = this.#arriving.get(request) ?? null;
		if (withdrawn !== null) return Promise.reject(withdrawal(withdrawn));
		return new Promise((resolve, reject) => {
			const key = `q${++this.#lastKey}`;
			this.#entries.set(key, {
				requestId,
				question: { ...question, key },
				answer: resolve,
				withdraw: (reason) => reject(withdrawal(reason)),
			});
			this.#changed.fire();
		});
	}

	/** False when the question is gone or the answer is of another kind. */
	answer(key: string, answer: QuestionAnswer): boolean {
		const entry = this.#entries.get(key);
		if (entry === undefined || entry.question.kind !== answer.kind) return false;
		this.#entries.delete(key);
		entry.answer(answer);
		this.#changed.fire();
		return true;
	}

	/** The server says that a question needs no answer any more. */
	resolved(requestId: RequestId): void {
		for (const request of this.#arriving.keys()) if (request.id === requestId) this.#arriving.set(request, answeredElsewhere);
		for (const [key, entry] of this.#entries) {
			if (entry.requestId !== requestId) continue;
			this.#entries.delete(key);
			entry.withdraw(answeredElsewhere);
			this.#changed.fire();
			return;
		}
	}

	/** The connection ended; the server asks again on the next one. */
	clear(): void {
		for (const request of this.#arriving.keys()) this.#arriving.set(request, connectionEnded);
		if (this.#entries.size === 0) return;
		const entries = [...this.#entries.values()];
		this.#entries.clear();
		for (const entry of entries) entry.withdraw(connectionEnded);
		this.#changed.fire();
	}
}

const answeredElsewhere = 'answered by another client';
const connectionEnded = 'the connection ended';

function withdrawal(reason: string): RpcError {
	return new RpcError(-32800, reason, null);
}
