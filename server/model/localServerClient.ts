import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, type RequestIdentity } from './model.ts';

/** A server on this computer: newer versions speak Responses, older ones Chat Completions only. Which it is shows the first request. */
export class LocalServerClient implements ModelClient {
	readonly streamMaxRetries: number;
	readonly #chat: ModelClient;
	#current: ModelClient;

	constructor(responses: ModelClient, chat: ModelClient) {
		this.#current = responses;
		this.#chat = chat;
		this.streamMaxRetries = responses.streamMaxRetries;
	}

	async warm(identity: RequestIdentity): Promise<void> {
		await this.#current.warm?.(identity);
	}

	async *stream(request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent, void, void> {
		let began = false;
		try {
			for await (const event of this.#current.stream(request, signal)) {
				began = true;
				yield event;
			}
			return;
		} catch (error) {
			// A model that is not there is a 404 too; that answer names the model.
			const noSuchPath = error instanceof ModelError && [404, 405, 501].includes(error.httpStatusCode ?? 0) && !error.message.includes(request.model);
			if (began || this.#current === this.#chat || !noSuchPath) throw error;
			this.#current = this.#chat;
		}
		yield* this.#current.stream(request, signal);
	}

	dispose(): void {
		this.#current.dispose();
		this.#chat.dispose();
	}
}
