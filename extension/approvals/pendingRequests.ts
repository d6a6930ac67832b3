import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { PendingQuestion, QuestionAnswer } from '../../webview/channel/messages.ts';
import { RpcError } from '../server/connection.ts';
import type { RequestId } from '../server/connection.ts';

type Question = PendingQuestion extends infer Q ? (Q extends { readonly key: string } ? Omit<Q, 'key'> : never) : never;

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
	#lastKey = 0;

	/** Oldest first. */
	list(): readonly PendingQuestion[] {
		return [...this.#entries.values()].map((entry) => entry.question);
	}

	get(key: string): PendingQuestion | undefined {
		return this.#entries.get(key)?.question;
	}

	/** Waits for the answer. Rejects when the question is withdrawn. */
	ask(requestId: RequestId, question: Question): Promise<QuestionAnswer> {
		return new Promise((resolve, reject) => {
			const key = `q${++this.#lastKey}`;
			this.#entries.set(key, {
				requestId,
				question: { ...question, key },
				answer: resolve,
				withdraw: (reason) => reject(new RpcError(-32800, reason, null)),
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
		for (const [key, entry] of this.#entries) {
			if (entry.requestId !== requestId) continue;
			this.#entries.delete(key);
			entry.withdraw('answered by another client');
			this.#changed.fire();
			return;
		}
	}

	/** The connection ended; the server asks again on the next one. */
	clear(): void {
		if (this.#entries.size === 0) return;
		const entries = [...this.#entries.values()];
		this.#entries.clear();
		for (const entry of entries) entry.withdraw('the connection ended');
		this.#changed.fire();
	}
}
