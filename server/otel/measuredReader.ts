import { AggregationTemporality, MetricReader, type ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** So long after a first value its metrics are sent, in milliseconds; what comes meanwhile goes along. */
const WAIT_MS = 10_000;

interface Delivery {
	export(data: ResourceMetrics, done: (result: { readonly code: number; readonly error?: Error }) => void): void;
	shutdown(): Promise<void>;
}

/** Sends metrics some time after something was measured. The SDK's own reader does it for ever, also when nothing happens. */
export class MeasuredReader extends MetricReader {
	readonly #delivery: Delivery;
	#timer: NodeJS.Timeout | null = null;

	constructor(delivery: Delivery) {
		super({ aggregationTemporalitySelector: () => AggregationTemporality.DELTA });
		this.#delivery = delivery;
	}

	measured(): void {
		this.#timer ??= setTimeout(() => void this.#send(), WAIT_MS).unref();
	}

	protected override async onForceFlush(): Promise<void> {
		await this.#send();
	}

	protected override async onShutdown(): Promise<void> {
		await this.#send();
		await this.#delivery.shutdown();
	}

	async #send(): Promise<void> {
		if (this.#timer === null) return;
		clearTimeout(this.#timer);
		this.#timer = null;
		const { resourceMetrics } = await this.collect();
		// A failure is told by the SDK's own log.
		await new Promise<void>((resolve) => this.#delivery.export(resourceMetrics, () => resolve()));
	}
}
