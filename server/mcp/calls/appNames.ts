import { createHash } from 'node:crypto';
import type { ModelName } from './toolNames.ts';

/** What models take as a name, namespace and tool together. */
const MAX_NAME = 64;

const plain = (raw: string) => raw.replace(/[^A-Za-z0-9_]/gu, '_');
const hashOf = (raw: string) => `_${createHash('sha256').update(raw).digest('hex').slice(0, 12)}`;

/**
 * How a model calls the tools of one app: its name belongs to the namespace and is cut off the tools. Together with the namespace a tool
 * is what the gateway calls it. What is too long, or the same as another one, ends in a hash.
 */
export function appToolNames(gateway: string, app: { readonly id: string; readonly name: string }, tools: readonly string[]): readonly ModelName[] {
	const own =
		plain(app.name)
			.toLowerCase()
			.replace(/^_+|_+$/g, '') || plain(app.id).toLowerCase();
	const wished = `mcp__${plain(gateway)}__${own}`;
	const namespace = wished.length <= MAX_NAME / 2 ? wished : `${wished.slice(0, MAX_NAME / 2 - 13)}${hashOf(app.id)}`;
	const room = MAX_NAME - namespace.length;
	const names = tools.map((raw) => {
		const name = plain(raw);
		return name.toLowerCase().startsWith(`${own}_`) ? name.slice(own.length) : name;
	});
	return names.map((name, at) => {
		const isAlone = names.filter((other) => other === name).length === 1;
		if (isAlone && name.length <= room) return { namespace, name };
		return { namespace, name: `${name.slice(0, room - 13)}${hashOf(tools[at] ?? '')}` };
	});
}
