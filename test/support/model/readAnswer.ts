import assert from 'node:assert/strict';
import { ModelError, type ModelEvent, type ModelRequest } from '../../../server/model/model.ts';

interface Streaming {
	stream(request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelEvent>;
}

/** All events of one answer of a model. Rejects as its stream does. */
export async function readAnswer(from: Streaming, request: ModelRequest): Promise<ModelEvent[]> {
	const events: ModelEvent[] = [];
	for await (const event of from.stream(request, new AbortController().signal)) events.push(event);
	return events;
}

/** The error with which an answer ends. Rejects when there is none. */
export async function failureOf(answer: Promise<readonly ModelEvent[]>): Promise<ModelError> {
	const error = await answer.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	assert.ok(error instanceof ModelError, String(error));
	return error;
}

export const doneItems = (events: readonly ModelEvent[]) => events.flatMap((event) => (event.type === 'itemDone' ? [event.item] : []));
