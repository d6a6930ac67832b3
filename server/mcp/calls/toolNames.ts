import { createHash } from 'node:crypto';

/** What models take as a name, namespace and tool together. */
const MAX_NAME = 64;

/** How a model calls a tool of a server. */
export interface ModelName {
	readonly namespace: string;
	readonly name: string;
}

export interface NamedServer {
	readonly name: string;
	readonly tools: readonly string[];
}

/**
 * Names for models: valid, different from each other, and the same in every request as long as the servers and tools are. A name that
 * had to change so much that another could become it, or that is too long, ends in a hash of the raw one.
 * The result has the servers and tools in the order in which they were given.
 */
export function modelNames(servers: readonly NamedServer[]): readonly (readonly ModelName[])[] {
	const namespaces = distinct(servers.map(({ name }) => ({ raw: name, wish: plain(name) })));
	return servers.map((server, at) => {
		const wished = `mcp__${namespaces[at] ?? ''}__`;
		// A tool needs room for a hash behind it; without more than that, the hash alone is its name.
		const isCut = wished.length > MAX_NAME - HASH;
		const namespace = isCut ? wished.slice(0, MAX_NAME - HASH) : wished;
		const room = isCut ? 0 : MAX_NAME - namespace.length;
		const rawNames = server.tools.map((raw) => `${server.name}\n${raw}`);
		const names = distinct(server.tools.map((raw, index) => ({ raw: rawNames[index] ?? raw, wish: plain(raw) })));
		return names.map((name, index) => {
			if (name.length <= room) return { namespace, name };
			return { namespace, name: `${plain(server.tools[index] ?? '').slice(0, Math.max(0, room - HASH))}${hashOf(rawNames[index] ?? '')}` };
		});
	});
}

/** `_` and 12 hex digits. */
const HASH = 13;
const hashOf = (raw: string) =>
	`_${createHash('sha256')
		.update(raw)
		.digest('hex')
		.slice(0, HASH - 1)}`;
const HASHED = /_[0-9a-f]{12}$/;
const plain = (raw: string) => raw.replace(/[^A-Za-z0-9_]/gu, '_') || '_';

/** The names that were wished for; those that several share, or that could be such a name with its hash, get a hash of what they stand for. */
function distinct(names: readonly { readonly raw: string; readonly wish: string }[]): readonly string[] {
	const wishes = new Map<string, number>();
	for (const { wish } of names) wishes.set(wish, (wishes.get(wish) ?? 0) + 1);
	return names.map(({ raw, wish }) => (wishes.get(wish) === 1 && !HASHED.test(wish) ? wish : `${wish}${hashOf(raw)}`));
}
