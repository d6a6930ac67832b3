import type { ExportConsent } from '../../otel/exportConsent.ts';
import type { Handlers } from '../../session/handler.ts';

/** A person allows or forbids, while she is connected, that anything is exported. */
export function telemetryHandlers(consent: Pick<ExportConsent, 'set'>): Handlers {
	return {
		'telemetry/set': ({ enabled }, { session }) => {
			consent.set(session.id, enabled);
			return {};
		},
	};
}
