import { isRecord, type JsonRecord } from '../http/jsonRecord.ts';
import { streamFailure } from '../providerFailure.ts';
import { l10n } from '../../words/l10n.ts';

/** The JSON object of an event; of a list of them, as some servers send it, the first. Null for other JSON. Throws `ModelError` for what is no JSON. */
export function eventData(data: string): JsonRecord | null {
	let value: unknown;
	try {
		value = JSON.parse(data);
	} catch (cause) {
		throw streamFailure(l10n`an event was no valid JSON.`, cause);
	}
	const first: unknown = Array.isArray(value) ? value[0] : value;
	return isRecord(first) ? first : null;
}
