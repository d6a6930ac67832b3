import type { ModelClient, ModelEvent, ModelRequest } from '../model/model.ts';
import type { TokenUsage } from '../items/modelInfo.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { TurnEvent } from '../items/events.ts';

export interface CompactionPorts {
	readonly turnId: string;
	readonly model: ModelClient;
	readonly signal: AbortSignal;
	/** The request that would be sent next. */
	readonly request: ModelRequest;
	/** Null: our own. */
	readonly prompt: string | null;
	/** In tokens; null when nobody knows. */
	readonly contextWindow: number | null;
	/** In the middle of a turn: the messages that have to come before the last one of the person. */
	readonly context: readonly ResponseItem[];
	emit(event: TurnEvent): void;
	addUsage(usage: TokenUsage): TokenUsage;
	delay(ms: number): Promise<void>;
	now(): number;
	random(): number;
}

/** What takes the history's place, without the context that is told anew. */
export interface Compacted {
	/** The summary for records; empty when only the provider can read it. */
	readonly message: string;
	readonly history: readonly ResponseItem[];
	/** Whether all that the person said is in it, also of what this attempt was not given. */
	readonly keepsMessages: boolean;
}

/** One attempt on this input. Null: it turned out that this way does not exist here. Throws `ModelError`, or whatever ends an abort. */
export type CompactionWay = (ports: CompactionPorts, input: readonly ResponseItem[]) => Promise<Compacted | null>;

/** The events of a response that is made for a compaction; what it costs and says of limits is told as ever. */
export async function* compactionEvents(ports: CompactionPorts, request: ModelRequest): AsyncGenerator<ModelEvent, void, void> {
	for await (const event of ports.model.stream(request, ports.signal)) {
		ports.signal.throwIfAborted();
		if (event.type === 'rateLimits') ports.emit({ type: 'rateLimits', snapshot: event.snapshot });
		if (event.type === 'completed' && event.usage) {
			const total = ports.addUsage(event.usage);
			ports.emit({ type: 'tokenUsage', turnId: ports.turnId, total, last: event.usage, contextWindow: ports.contextWindow });
		}
		yield event;
	}
}
