/** What the OpenTelemetry SDK is needed for, as a bundle of its own: loaded when the configuration names a collector, so that nobody else pays for it. */
import { openSignals } from './openSignals.ts';

export const runtime = { openSignals };
export type OtelRuntime = typeof runtime;
