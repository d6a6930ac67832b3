/** What the list of hooks says of each. Pure. */
import type { HookMetadata } from '../../server/protocol/integrations/hook.ts';

/** Whether somebody has to decide before it runs. */
export const waitsForTrust = ({ enabled, trustStatus }: HookMetadata): boolean =>
	enabled && (trustStatus === 'untrusted' || trustStatus === 'modified');

/** Names one text of one hook: another text is another decision. */
export const hookText = ({ key, currentHash }: HookMetadata): string => `${key} ${currentHash}`;

/** Each hook once, those that wait for a decision first, else in the order in which they run. */
export function inOrder(hooks: readonly HookMetadata[]): readonly HookMetadata[] {
	const once = [...new Map(hooks.map((hook) => [hook.key, hook])).values()];
	return [...once.filter(waitsForTrust), ...once.filter((hook) => !waitsForTrust(hook))];
}

/** The event as it is written in files. */
export const eventTitle = (name: HookMetadata['eventName']): string => `${name.charAt(0).toUpperCase()}${name.slice(1)}`;

/** The keys of what a person decided of a hook, in their own configuration. */
export const stateKey = ({ key }: Pick<HookMetadata, 'key'>, member: 'trusted_hash' | 'enabled'): string =>
	`hooks.state.${JSON.stringify(key)}.${member}`;

/**
 * The line of a hook in its file, from 0: where its command stands, the second of two equal ones for the second hook. 0 when it is written
 * in a way that is not found.
 */
export function lineOfHook(file: string, hook: HookMetadata, all: readonly HookMetadata[]): number {
	const { command } = hook;
	if (command === null) return 0;
	const same = all
		.filter((other) => other.sourcePath === hook.sourcePath && other.command === command)
		.sort((a, b) => a.displayOrder - b.displayOrder);
	const wanted = Math.max(
		0,
		same.findIndex((other) => other.key === hook.key),
	);
	const asWritten = [JSON.stringify(command), `'${command}'`, command];
	const lines = file.split('\n');
	for (const text of asWritten) {
		const places = lines.flatMap((line, index) => (line.includes(text) ? [index] : []));
		if (places.length > 0) return places[wanted] ?? places[0] ?? 0;
	}
	return 0;
}
