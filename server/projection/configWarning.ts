import type { ConfigError } from '../config/configError.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';

/** What clients are told of a configuration that cannot be used as it is. */
export function configWarning(problem: ConfigError): ServerNotification {
	const { place, message } = problem;
	return {
		method: 'configWarning',
		params: {
			summary: message,
			details: null,
			...(place === null ? {} : { path: place.file, ...(place.range === null ? {} : { range: place.range }) }),
		},
	};
}
