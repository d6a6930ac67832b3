import { RecentMap } from '../../platform/recentMap.ts';
import { readHost } from './hostName.ts';

/** Whether a host's name is meant. */
export type DomainPattern = (name: string) => boolean;

/** A pattern that cannot be understood. `message` says why. */
export class DomainPatternError extends Error {}

const cache = new RecentMap<string, DomainPattern>(5000);

/**
 * `example.com` is that host, `*.example.com` every host below it, `**.example.com` both, `*` every host; a star inside of a label stands
 * for any part of that label. Throws `DomainPatternError`.
 */
export function domainPattern(text: string): DomainPattern {
	const known = cache.get(text);
	if (known) return known;
	const made = parse(text.trim());
	cache.set(text, made);
	return made;
}

function parse(text: string): DomainPattern {
	if (text === '*' || text === '**') return () => true;
	const [, stars = '', rest = text] = /^(\*{1,2})\.(.*)$/.exec(text) ?? [];
	const below = rest.includes('*') ? labelsOf(rest) : exactly(rest, { text, mayBeAddress: stars === '' });
	switch (stars) {
		case '**':
			return (name) => partsFrom(name, 0).some(below);
		case '*':
			return (name) => partsFrom(name, 1).some(below);
		default:
			return below;
	}
}

/** `a.b.c` -> `a.b.c`, `b.c`, `c`, without the first `skip`. */
function partsFrom(name: string, skip: number): readonly string[] {
	const labels = name.split('.');
	return labels.map((_, index) => labels.slice(index).join('.')).slice(skip);
}

function exactly(rest: string, { text, mayBeAddress }: { readonly text: string; readonly mayBeAddress: boolean }): DomainPattern {
	const host = readHost(rest);
	if (host === null || (host.isAddress && !mayBeAddress))
		throw new DomainPatternError(`\`${text}\` is no host: write example.com, *.example.com or **.example.com`);
	return (name) => name === host.name;
}

function labelsOf(text: string): DomainPattern {
	const lower = text.toLowerCase().replace(/\.$/, '');
	if (!/^[a-z0-9_*-]+(?:\.[a-z0-9_*-]+)*$/.test(lower) || lower.includes('**') || lower.split('.').every((label) => label === '*')) {
		throw new DomainPatternError(`\`${text}\` is no pattern of hosts: write example.com, *.example.com or **.example.com`);
	}
	const expression = new RegExp(`^${lower.replaceAll('.', '\\.').replaceAll('*', '[^.]*')}$`);
	return (name) => expression.test(name);
}
