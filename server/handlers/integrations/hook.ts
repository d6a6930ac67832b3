import type { HookStatus } from '../../hooks/hookTrust.ts';
import type { HookMetadata, HooksListEntry } from '../../protocol/integrations/hook.ts';
import type { Handlers } from '../../session/handler.ts';

/** The hooks that apply in a folder, in the order in which they are shown. */
export interface ListedHooks {
	readonly hooks: readonly HookStatus[];
	readonly warnings: readonly string[];
	/** A configuration that cannot be used. */
	readonly errors: readonly { readonly path: string; readonly message: string }[];
}

export interface HookHandlerServices {
	/** The server's own working directory. */
	readonly cwd: string;
	/** Runs nothing. */
	list(cwd: string): Promise<ListedHooks>;
}

export function hookHandlers({ cwd, list }: HookHandlerServices): Handlers {
	return {
		'hooks/list': async ({ cwds }) => {
			const folders = cwds == null || cwds.length === 0 ? [cwd] : cwds;
			const data: HooksListEntry[] = [];
			for (const folder of folders) {
				const { hooks, warnings, errors } = await list(folder);
				data.push({ cwd: folder, hooks: hooks.map(toMetadata), warnings: [...warnings], errors: errors.map((error) => ({ ...error })) });
			}
			return { data };
		},
	};
}

function toMetadata({ hook, trust, enabled }: HookStatus, displayOrder: number): HookMetadata {
	const { key, event, matcher, command, timeoutSec, statusMessage, sourcePath, source, pluginId, isManaged, hash } = hook;
	return {
		key,
		eventName: event,
		handlerType: 'command',
		matcher,
		command,
		timeoutSec,
		statusMessage,
		sourcePath,
		source,
		pluginId,
		displayOrder,
		enabled,
		isManaged,
		currentHash: hash,
		trustStatus: trust,
	};
}
