import { type ModelClient, ModelError } from '../model/model.ts';
import type { TurnEvent, TurnFailure } from '../items/events.ts';
import { l10n, textOf } from '../words/l10n.ts';

const RETRY_BASE_MS = 200;
const RETRY_LIMIT_MS = 30_000;

export interface RetryPorts {
	readonly turnId: string;
	readonly model: ModelClient;
	emit(event: TurnEvent): void;
	/** Waits before another attempt. Resolves early when the turn is stopped. */
	delay(ms: number): Promise<void>;
	random(): number;
}

export function asModelError(error: unknown): ModelError {
	if (error instanceof ModelError) return error;
	return new ModelError(textOf(error), { kind: 'other', cause: error });
}

/** Tells that a stream broke and is begun again, and waits as long as the provider wants, or ever longer. `attempt` counts from 1. */
export async function retryLater(ports: RetryPorts, error: ModelError, attempt: number): Promise<void> {
	const failure: TurnFailure = {
		message: l10n`Reconnecting... ${attempt}/${ports.model.streamMaxRetries}`,
		kind: 'responseStreamDisconnected',
		httpStatusCode: error.httpStatusCode,
		details: error.text,
	};
	const backoff = Math.min(RETRY_LIMIT_MS, RETRY_BASE_MS * 2 ** (attempt - 1)) * (0.9 + 0.2 * ports.random());
	const wait = error.retryAfterMs ?? backoff;
	ports.emit({ type: 'error', turnId: ports.turnId, error: failure, willRetry: true, retryInMs: Math.round(wait) });
	await ports.delay(wait);
}
