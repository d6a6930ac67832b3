import * as z from 'zod/mini';

/** A W3C trace context. */
const TraceContext = z.object({
	traceparent: z.nullish(z.string()),
	tracestate: z.nullish(z.string()),
});

/** What a request may carry beside its id, method and params. */
export const Traced = z.object({ trace: z.nullish(TraceContext) });
