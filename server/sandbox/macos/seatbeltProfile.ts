import path from 'node:path';
import type { FileView } from '../policy/fileView.ts';
import { globSource, spellingsOf } from '../policy/globPattern.ts';
import type { FileRule } from '../policy/writableRoots.ts';

/** A path as a string of Apple's sandbox profile language. */
function literal(file: string): string {
	return `"${file.replace(/["\\]/g, '\\$&')}"`;
}

/** An expression of that language: it ends at a quote that is not escaped. */
function expression(source: string): string {
	return `#"${source.replaceAll('"', '\\"')}"`;
}

/** A path, and what lies below it, whose last name may be spelt in another way. */
function otherSpellings(file: string): string {
	const folder = path.posix.dirname(file).replace(/[\\^$.|?*+()[\]{}]/g, '\\$&');
	return expression(`^${folder === '/' ? '' : folder}/${spellingsOf(path.posix.basename(file))}(/.*)?$`);
}

/** Rules are outer before inner, and in this language the last match wins, so they can follow each other as they are. */
function fileRules({ path: file, access }: FileRule): readonly string[] {
	const place = `(subpath ${literal(path.posix.normalize(file))})`;
	switch (access) {
		case 'write':
			return [`(allow file-read* ${place})`, `(allow file-write* ${place})`];
		case 'read':
			return [`(allow file-read* ${place})`, `(deny file-write* ${place})`];
		case 'absent':
			// The disk may not tell other spellings of a name apart.
			return [`(allow file-read* ${place})`, `(deny file-write* ${place})`, `(deny file-write* (regex ${otherSpellings(file)}))`];
		case 'none':
			return [`(deny file-read* ${place})`, `(deny file-write* ${place})`];
		default:
			return access satisfies never;
	}
}

const DEVICES = '(literal "/dev/null") (literal "/dev/zero") (literal "/dev/tty")';

/** They tell who the user is and make the user's temporary folders, which compilers ask for. They read settings, and write none for us. */
const LOCAL_SERVICES = [
	'com.apple.system.opendirectoryd.libinfo',
	'com.apple.system.opendirectoryd.membership',
	'com.apple.PowerManagement.control',
	'com.apple.bsd.dirhelper',
	'com.apple.cfprefsd.agent',
	'com.apple.cfprefsd.daemon',
];

/** Names, routes, and certificates, which Go and Apple's own programs leave to `trustd`. */
const NETWORK_SERVICES = [
	'com.apple.SystemConfiguration.configd',
	'com.apple.SystemConfiguration.DNSConfiguration',
	'com.apple.trustd.agent',
	'com.apple.networkd',
	'com.apple.dnssd.service',
];

function services(names: readonly string[]): string {
	return names.map((name) => `(global-name "${name}")`).join(' ');
}

const BASE = [
	'(version 1)',
	'(deny default)',
	// Children inherit the profile, so starting them gives nothing away.
	'(allow process-exec)',
	'(allow process-fork)',
	'(allow signal (target same-sandbox))',
	'(allow process-info* (target same-sandbox))',
	// openpty, and what asks whether it talks to a terminal; written to are only those that the command has opened itself.
	`(allow file-ioctl ${DEVICES} (literal "/dev/ptmx") (regex #"^/dev/ttys[0-9]+$"))`,
	`(allow file-write* ${DEVICES} (literal "/dev/ptmx"))`,
	'(allow file-read* file-write* (require-all (regex #"^/dev/ttys[0-9]+$") (extension "com.apple.sandbox.pty")))',
	'(allow file-read* (literal "/dev/ptmx"))',
	'(allow pseudo-tty)',
	'(allow sysctl-read)',
	// Python's multiprocessing: locks, and memory under its own names.
	'(allow ipc-posix-sem)',
	'(allow ipc-posix-shm* (ipc-posix-name-prefix "/psm_"))',
	// Reading settings and the time zone, as Java and everything from Apple does.
	'(allow ipc-posix-shm-read* (ipc-posix-name-prefix "apple.cfprefs.") (ipc-posix-name "apple.shm.notification_center"))',
	`(allow mach-lookup ${services(LOCAL_SERVICES)})`,
	'(allow user-preference-read)',
];

/** What programs need to start where the disk is not open to them. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/System', '/Library/Apple', '/Library/Frameworks', '/private/etc', '/private/var/db/dyld', '/opt/homebrew'];

const NETWORK = [
	'(allow network-outbound)',
	'(allow network-inbound)',
	'(allow network-bind)',
	'(allow system-socket)',
	`(allow mach-lookup ${services(NETWORK_SERVICES)})`,
];

/** Services of the machine do whatever they are asked, outside of the sandbox. Names are looked up over one of their sockets. */
const NO_SERVICES = ['(deny network-outbound (remote unix-socket))', '(allow network-outbound (literal "/private/var/run/mDNSResponder"))'];

function networkRules(reach: Reach): readonly string[] {
	// One port of this machine, where the proxy of this command listens. Without `trustd`: it fetches what a certificate names, past the proxy.
	if ('proxyPort' in reach) return [`(allow network-outbound (remote ip "localhost:${reach.proxyPort}"))`, '(allow system-socket)'];
	if (reach.network === 'restricted') return [];
	return [...NETWORK, ...(reach.unixSockets === 'closed' ? NO_SERVICES : [])];
}

function diskRules({ base, minimal }: FileView): readonly string[] {
	switch (base) {
		case 'write':
			return ['(allow file-read*)', '(allow file-write*)'];
		case 'read':
			return ['(allow file-read*)'];
		case 'none': {
			// Without the folders on the way no path can be resolved; their attributes are no content.
			const way = ['(allow file-read-metadata)', `(allow file-read* (literal "/") ${DEVICES} (literal "/dev/random") (literal "/dev/urandom"))`];
			return minimal ? [...way, `(allow file-read* ${SYSTEM.map((file) => `(subpath ${literal(file)})`).join(' ')})`] : way;
		}
		default:
			return base satisfies never;
	}
}

type Reach =
	| { readonly network: 'restricted' | 'enabled'; readonly unixSockets: 'closed' | 'open' }
	/** Nothing but one port of this machine. */
	| { readonly proxyPort: number };

/** The profile text for `sandbox-exec -p`. Rules of patterns come last, so that nothing opens what they hide. */
export function seatbeltProfile(view: FileView, reach: Reach): string {
	// Disks of macOS do not tell `A.ENV` from `a.env`, and neither do patterns elsewhere.
	const hidden = view.denied.map(({ pattern }) => `(regex ${expression(globSource(pattern, { anyCase: true }))})`);
	return [
		...BASE,
		...diskRules(view),
		...view.rules.flatMap(fileRules),
		...view.pinned.map((folder) => `(deny file-write-unlink (literal ${literal(folder)}))`),
		...hidden.flatMap((place) => [`(deny file-read* ${place})`, `(deny file-write* ${place})`]),
		...networkRules(reach),
	].join('\n');
}
