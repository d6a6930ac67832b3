import type { ConfigPlace } from '../config/configError.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';
import { inEnglish, type L10nMessage, type Text } from '../words/l10n.ts';

/** What people should know; `threadId` is null where it is about no thread. */
export function warning(threadId: string | null, text: Text): ServerNotification {
	return { method: 'warning', params: { threadId, message: inEnglish(text), ...made(text) } };
}

/** What is wrong with the configuration. `details` are values that are the same in every language. */
export function configWarning(
	text: Text,
	{ place = null, details = null }: { place?: ConfigPlace | null; details?: string | null } = {},
): ServerNotification {
	const where = place === null ? {} : { path: place.file, ...(place.range === null ? {} : { range: place.range }) };
	return { method: 'configWarning', params: { summary: inEnglish(text), details, ...made(text), ...where } };
}

/** What will not be supported for long, and what there is instead. */
export function deprecationNotice(text: Text, details: Text | null): ServerNotification {
	const detailsL10n = details === null || typeof details === 'string' ? {} : { detailsL10n: details };
	return {
		method: 'deprecationNotice',
		params: { summary: inEnglish(text), details: details === null ? null : inEnglish(details), ...made(text), ...detailsL10n },
	};
}

function made(text: Text): { readonly l10n?: L10nMessage } {
	return typeof text === 'string' ? {} : { l10n: text };
}
