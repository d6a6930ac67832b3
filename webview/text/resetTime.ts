const utcTime = /(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d) UTC/;
const DAY_MS = 24 * 60 * 60 * 1000;

/** The time that a provider's message names ("2026-11-21 14:05 UTC") on the person's clock, said in `language`; null when it names none. */
export function resetTime(message: string, now: number, language: string): string | null {
	const [, day, time] = utcTime.exec(message) ?? [];
	const at = new Date(`${day}T${time}Z`);
	if (day === undefined || Number.isNaN(at.getTime())) return null;
	const near = Math.abs(at.getTime() - now) < DAY_MS;
	return at.toLocaleString(language, near ? { hour: 'numeric', minute: '2-digit' } : { dateStyle: 'medium', timeStyle: 'short' });
}
