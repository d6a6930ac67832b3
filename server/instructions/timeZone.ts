import fs from 'node:fs';

/** An area and a place as the zone database names them. Other forms of `TZ`, such as rules and paths, are left to the runtime. */
const ZONE = /^[A-Z][A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2}$/;
const PLAIN: ReadonlySet<string> = new Set(['UTC', 'Etc/UTC', 'Etc/UCT', 'Etc/Universal', 'Etc/Zulu']);
const LINK = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/;

/**
 * The IANA name of the zone that this machine is in. Asked of the system, where it tells: the runtime's tables for that take seven
 * megabytes and as long as the rest of a short turn.
 */
export function timeZoneName(set: string | undefined = process.env['TZ'], readLink: () => string | null = localTimeLink): string {
	const name = set ?? LINK.exec(readLink() ?? '')?.[1] ?? '';
	if (PLAIN.has(name)) return 'UTC';
	if (ZONE.test(name) && (set === undefined || isKnown(name))) return name;
	const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
	return timeZone === 'Etc/Unknown' ? 'UTC' : timeZone;
}

/** What is set by hand may be misspelt, and counts as UTC then. */
function isKnown(name: string): boolean {
	return fs.existsSync(`/usr/share/zoneinfo/${name}`);
}

/** Null where there is no such link, as on Windows. */
function localTimeLink(): string | null {
	try {
		return fs.readlinkSync('/etc/localtime');
	} catch {
		return null;
	}
}

/** The day where this machine is, `YYYY-MM-DD`. */
export function localDate(now: number): string {
	const date = new Date(now);
	const two = (value: number) => String(value).padStart(2, '0');
	return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
