import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag } from '../wire/scalar.ts';

// Our own addition to the protocol.

/** False: nothing is exported to a collector while this client is connected, whatever the configuration says. */
export const TelemetrySetParams = lazy(() => z.object({ enabled: flag }));
export type TelemetrySetParams = z.infer<typeof TelemetrySetParams>;

export const TelemetrySetResponse = lazy(() => z.object({}));
export type TelemetrySetResponse = z.infer<typeof TelemetrySetResponse>;
