import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { flag, text, textOrNull } from '../wire/scalar.ts';

// Our own addition to the protocol.

/** How the server's own requests leave this machine, as the settings of an editor say it; the last client that says it counts. */
export const NetworkSettings = lazy(() =>
	z.object({
		/** An http or https address; null: as the environment of the server says. It comes before that. */
		proxy: textOrNull,
		/** Names, addresses and networks that are reached without a proxy, besides those of `NO_PROXY`. */
		noProxy: z.array(text),
		/** False: what is reached through a proxy may show any certificate. */
		strictTls: flag,
		/** True: the authorities that the system trusts are trusted, too. */
		systemCertificates: flag,
	}),
);
export type NetworkSettings = z.infer<typeof NetworkSettings>;

export const NetworkSetResponse = lazy(() => z.object({}));
export type NetworkSetResponse = z.infer<typeof NetworkSetResponse>;
