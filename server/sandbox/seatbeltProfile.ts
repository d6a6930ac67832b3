import path from 'node:path';
import type { MountRule } from './writableRoots.ts';

export interface SeatbeltPlan {
	readonly rules: readonly MountRule[];
	readonly network: 'restricted' | 'enabled';
}

/** A path as a string of Apple's sandbox profile language. */
function literal(file: string): string {
	return `"${file.replace(/["\\]/g, '\\$&')}"`;
}

/** Rules are outer before inner, and in this language the last match wins, so they can follow each other as they are. */
function fileRule(rule: MountRule): string {
	const place = `(subpath ${literal(path.posix.normalize(rule.path))})`;
	return rule.access === 'write' ? `(allow file-write* ${place})` : `(deny file-write* ${place})`;
}

const BASE = [
	'(version 1)',
	'(deny default)',
	// Children inherit the profile, so starting them gives nothing away.
	'(allow process-exec)',
	'(allow process-fork)',
	'(allow signal (target same-sandbox))',
	'(allow process-info* (target same-sandbox))',
	'(allow file-read*)',
	'(allow file-ioctl (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty") (regex #"^/dev/ttys[0-9]+$"))',
	'(allow file-write* (literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty") (literal "/dev/ptmx") (regex #"^/dev/ttys[0-9]+$"))',
	'(allow pseudo-tty)',
	'(allow sysctl-read)',
	'(allow ipc-posix-sem)',
	'(allow mach-lookup (global-name "com.apple.system.opendirectoryd.libinfo") (global-name "com.apple.PowerManagement.control"))',
	'(allow user-preference-read)',
];

const NETWORK = [
	'(allow network-outbound)',
	'(allow network-inbound)',
	'(allow network-bind)',
	'(allow system-socket)',
	'(allow mach-lookup (global-name "com.apple.SystemConfiguration.configd") (global-name "com.apple.trustd.agent") (global-name "com.apple.networkd") (global-name "com.apple.dnssd.service"))',
];

/** The profile text for `sandbox-exec -p`. */
export function seatbeltProfile(plan: SeatbeltPlan): string {
	return [...BASE, ...plan.rules.map(fileRule), ...(plan.network === 'enabled' ? NETWORK : [])].join('\n');
}
