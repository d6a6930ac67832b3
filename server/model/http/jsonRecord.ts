/** What a provider sent, looked at member by member: nothing here trusts a shape. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export function isRecord(value: unknown): value is JsonRecord {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function recordOf(value: unknown): JsonRecord {
	return isRecord(value) ? value : {};
}

export function textOf(value: unknown): string | null {
	return typeof value === 'string' ? value : null;
}

/** A count that somebody else made: whole, not negative, and small enough to be added up. What is no number counts as null. */
export function countOf(value: unknown): number | null {
	const number = numberOf(value);
	return number === null ? null : Math.min(Math.max(Math.trunc(number), 0), 2 ** 40);
}

export function numberOf(value: unknown): number | null {
	return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
