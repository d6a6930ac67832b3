import type { CheckpointChange, CheckpointContent } from '../../server/protocol/thread/checkpoint.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import { RpcError } from '../server/connection.ts';
import type { Client } from '../server/client.ts';
import type { AgentChange, ChangedContent } from './fileReview.ts';
import type { Reviews } from './reviews.ts';

const METHOD_NOT_FOUND = -32601;

/** Brings the changes of the agent into the review, as long as one connection lasts. */
export class ReviewSync {
	readonly #client: Client;
	readonly #reviews: Reviews;
	readonly #failed: (error: unknown) => void;
	/** One fetch a thread at a time: each begins where the one before ended. */
	readonly #fetching = new Map<string, Promise<void>>();
	/** Where threads begin to be followed that are not yet. */
	readonly #begins = new Map<string, number>();

	constructor({ client, reviews, failed }: { client: Client; reviews: Reviews; failed: (error: unknown) => void }) {
		this.#client = client;
		this.#reviews = reviews;
		this.#failed = failed;
	}

	/** What happened while there was no connection. */
	catchUp(): void {
		for (const threadId of this.#reviews.followed()) this.#fetch(threadId);
	}

	notice(notification: ServerNotification): void {
		// The end of a turn brings what was recorded while this window did not follow the thread.
		if (notification.method === 'turn/completed' && this.#reviews.known(notification.params.threadId) !== null)
			this.#fetch(notification.params.threadId);
		if (notification.method !== 'thread/checkpoint/updated') return;
		const { threadId, from } = notification.params;
		if (!this.#begins.has(threadId)) this.#begins.set(threadId, from);
		this.#fetch(threadId);
	}

	#fetch(threadId: string): void {
		const before = this.#fetching.get(threadId) ?? Promise.resolve();
		const fetched = before
			.then(() => this.#fetchAll(threadId))
			.catch((error: unknown) => {
				// A server that is not ours keeps no changes.
				if (!(error instanceof RpcError && error.code === METHOD_NOT_FOUND)) this.#failed(error);
			});
		this.#fetching.set(threadId, fetched);
	}

	async #fetchAll(threadId: string): Promise<void> {
		const begin = this.#begins.get(threadId);
		if (begin !== undefined) this.#reviews.follow(threadId, begin);
		this.#begins.delete(threadId);
		for (;;) {
			const from = this.#reviews.known(threadId) ?? 0;
			const { data, next, total } = await this.#client.request('thread/checkpoint/changes', { threadId, from });
			// Another window may have brought them already: then it goes on from there.
			if (data.length > 0) this.#reviews.take(threadId, { changes: data.map((change) => toAgentChange(threadId, change)), from, known: next });
			if (next >= total || data.length === 0) return;
		}
	}
}

function toAgentChange(threadId: string, { path, checkpointId, before, after }: CheckpointChange): AgentChange {
	return { path, source: { threadId, checkpointId }, before: toContent(before), after: toContent(after) };
}

function toContent(content: CheckpointContent): ChangedContent {
	switch (content.type) {
		case 'absent':
			return { type: 'text', text: null };
		case 'text':
			return { type: 'text', text: content.text };
		case 'binary':
		case 'notKept':
			return { type: 'opaque' };
	}
}
