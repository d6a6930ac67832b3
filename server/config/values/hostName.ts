import ipaddr from 'ipaddr.js';

/** A host in the one spelling in which it is compared and shown. */
export interface Host {
	/** Lower case, no dot at the end, international names in ASCII, addresses in their usual form, without brackets. */
	readonly name: string;
	readonly isAddress: boolean;
}

/** Ways to write something else than a host where a host belongs. */
const NO_HOST = /[\s/\\?#@%\u0000-\u001f]/;
const MAX_NAME = 253;

/**
 * Reads a host as a browser does, so that every odd spelling of an address (`0x7f.1`, `2130706433`, full-width digits) becomes that address.
 * Null for what is no host.
 */
export function readHost(text: string): Host | null {
	const bare = text.startsWith('[') && text.endsWith(']') ? text.slice(1, -1) : text;
	if (bare === '' || NO_HOST.test(bare)) return null;
	if (bare.includes(':')) return ipaddr.IPv6.isValid(bare) ? { name: ipaddr.IPv6.parse(bare).toString(), isAddress: true } : null;
	const url = URL.parse(`http://${bare}/`);
	if (url === null || url.port !== '' || url.username !== '') return null;
	const name = url.hostname.replace(/\.+$/, '');
	if (ipaddr.IPv4.isValidFourPartDecimal(name)) return { name, isAddress: true };
	const labels = name.split('.');
	const isName = name.length <= MAX_NAME && labels.every((label) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
	return isName ? { name, isAddress: false } : null;
}

/** Names that lead to this machine, its neighbours or the services of a cloud's host, wherever they are asked for. */
const LOCAL_NAMES = ['localhost', 'localhost.localdomain', 'local', 'internal', 'home.arpa', 'metadata'];

/** Whether a host is of this machine or its surroundings, as far as its spelling tells. */
export function isLocalHost({ name, isAddress }: Host, own: ReadonlySet<string>): boolean {
	if (isAddress) return isLocalAddress(name, own);
	return LOCAL_NAMES.some((local) => name === local || name.endsWith(`.${local}`));
}

/** Whether an address is anything but a public one, or one of this machine's `own`. What is no address counts as local. */
export function isLocalAddress(text: string, own: ReadonlySet<string>): boolean {
	const bare = text.replace(/%.*$/, '');
	if (!ipaddr.isValid(bare)) return true;
	const address = plain(ipaddr.parse(bare));
	return address.range() !== 'unicast' || own.has(address.toString());
}

/** The IPv4 address inside of an IPv6 one, where there is one. */
function plain(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
	if (!(address instanceof ipaddr.IPv6)) return address;
	if (address.isIPv4MappedAddress()) return address.toIPv4Address();
	const bytes = address.toByteArray();
	// 64:ff9b::/96, by which machines without IPv4 reach the hosts that have nothing else.
	const isTranslated = ipaddr.IPv6.parse('64:ff9b::')
		.toByteArray()
		.slice(0, 12)
		.every((byte, index) => bytes[index] === byte);
	return isTranslated ? new ipaddr.IPv4(bytes.slice(12)) : address;
}
