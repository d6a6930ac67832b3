/** A number of a record as clients can be told it: whole, and exact. Null for anything else, which no program writes on purpose. */
export function wholeNumber(value: unknown): number | null {
	if (typeof value !== 'number') return null;
	const whole = Math.round(value);
	return Number.isSafeInteger(whole) ? whole : null;
}

/** The same for what is never below zero: tokens, durations. */
export function count(value: unknown): number | null {
	const whole = wholeNumber(value);
	return whole === null || whole < 0 ? null : whole;
}

const LARGEST_CODE = 0x7fff_ffff;

/** Of a program that ended. */
export function exitCode(value: unknown): number | null {
	const whole = wholeNumber(value);
	return whole === null || Math.abs(whole) > LARGEST_CODE ? null : whole;
}

/** Of an answer over HTTP. */
export function httpStatus(value: unknown): number | null {
	const whole = count(value);
	return whole === null || whole > 999 ? null : whole;
}

/** Of a duration in seconds and nanoseconds, in milliseconds. */
export function millisecondsOf(seconds: unknown, nanoseconds: unknown): number | null {
	return typeof seconds === 'number' && typeof nanoseconds === 'number' ? count(seconds * 1000 + nanoseconds / 1_000_000) : null;
}
