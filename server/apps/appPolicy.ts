import type { Config } from '../config/config.ts';

type AppEntry = NonNullable<Config['apps']>[string];

/** Whether `[apps.ID]`, else `[apps._default]`, leaves an app on. */
export function isAppEnabled(apps: Config['apps'], id: string): boolean {
	return entryOf(apps, id)?.enabled ?? entryOf(apps, '_default')?.enabled ?? true;
}

function entryOf(apps: Config['apps'], id: string): AppEntry | undefined {
	return apps !== undefined && Object.hasOwn(apps, id) ? apps[id] : undefined;
}
