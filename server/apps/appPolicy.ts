import type { Config } from '../config/config.ts';

type Apps = Config['apps'];
type AppEntry = NonNullable<Apps>[string];

/** What the server says of a tool; null when it does not. */
export interface AppToolHints {
	readonly destructive: boolean | null;
	readonly openWorld: boolean | null;
}

export interface AppToolPolicy {
	readonly isOffered: boolean;
	readonly approval: 'auto' | 'prompt' | 'writes' | 'approve';
}

/** Whether `[apps.ID]`, else `[apps._default]`, leaves an app on. */
export function isAppEnabled(apps: Apps, id: string): boolean {
	return entryOf(apps, id)?.enabled ?? entryOf(apps, '_default')?.enabled ?? true;
}

/** What `[apps.ID]`, its tools and `[apps._default]` say of one tool; the nearest word counts. */
export function appToolPolicy(
	apps: Apps,
	{ app, tool, hints }: { readonly app: string; readonly tool: string; readonly hints: AppToolHints },
): AppToolPolicy {
	const own = entryOf(apps, app);
	const all = entryOf(apps, '_default');
	const ofTool = own?.tools !== undefined && Object.hasOwn(own.tools, tool) ? own.tools[tool] : undefined;
	const mayDestroy = own?.destructive_enabled ?? all?.destructive_enabled ?? true;
	const mayReachOut = own?.open_world_enabled ?? all?.open_world_enabled ?? true;
	const isAllowed = (mayDestroy || hints.destructive === false) && (mayReachOut || hints.openWorld === false);
	return {
		isOffered: isAppEnabled(apps, app) && (ofTool?.enabled ?? ((own?.default_tools_enabled ?? all?.default_tools_enabled ?? true) && isAllowed)),
		approval: ofTool?.approval_mode ?? own?.default_tools_approval_mode ?? all?.default_tools_approval_mode ?? 'auto',
	};
}

function entryOf(apps: Apps, id: string): AppEntry | undefined {
	return apps !== undefined && Object.hasOwn(apps, id) ? apps[id] : undefined;
}
