import * as z from 'zod/mini';
import type { HookDefinition } from './hookDefinition.ts';

export type HookTrust = 'managed' | 'untrusted' | 'trusted' | 'modified';

/** A hook, and whether it runs. */
export interface HookStatus {
	readonly hook: HookDefinition;
	readonly trust: HookTrust;
	readonly enabled: boolean;
}

const State = z.object({ trusted_hash: z.optional(z.string()), enabled: z.optional(z.boolean()) });

/**
 * What the person decided of each hook. `state` is `[hooks.state]` of the user's own configuration, never that of a project: a folder
 * cannot trust itself. A hook whose definition changed since it was trusted counts as untrusted until it is trusted again.
 */
export function withTrust(hooks: readonly HookDefinition[], state: unknown): readonly HookStatus[] {
	const entries = new Map(typeof state === 'object' && state !== null ? Object.entries(state) : []);
	return hooks.map((hook) => {
		if (hook.isManaged) return { hook, trust: 'managed', enabled: true };
		const parsed = State.safeParse(entries.get(hook.key) ?? {});
		const { trusted_hash: trusted, enabled = true } = parsed.success ? parsed.data : {};
		return { hook, trust: trusted === undefined ? 'untrusted' : trusted === hook.hash ? 'trusted' : 'modified', enabled };
	});
}

/** `order`: its place among all hooks, whether they run or not. */
export interface OrderedHook extends HookStatus {
	readonly order: number;
}

export const mayRun = ({ trust, enabled }: HookStatus): boolean => enabled && (trust === 'trusted' || trust === 'managed');
