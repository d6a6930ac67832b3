import { AuthError } from '../../auth/authError.ts';
import type { AppCatalogue } from '../../apps/appCatalogue.ts';
import type { ListedApp } from '../../apps/appEntry.ts';
import { isAppEnabled } from '../../apps/appPolicy.ts';
import type { Config } from '../../config/config.ts';
import { AppBranding, type AppInfo, AppMetadata } from '../../protocol/integrations/app.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { failure, type Handlers, refusal, RpcFailure } from '../../session/handler.ts';
import type { ThreadSubscriptions } from '../../session/threadSubscriptions.ts';
import { l10n } from '../../words/l10n.ts';

export interface AppHandlerServices {
	readonly catalogue: AppCatalogue;
	readonly subscriptions: ThreadSubscriptions;
	/** Of a loaded thread, else of the home. Throws `RpcFailure` for a thread that is not there. */
	configOf(threadId: string | null): Config;
	/** Resolves when it is known who is signed in. */
	ready(): Promise<void>;
	isOn(config: Config): boolean;
}

export function appHandlers({ catalogue, subscriptions, configOf, ready, isOn }: AppHandlerServices): Handlers {
	return {
		'app/list': async ({ cursor, limit, threadId, forceRefetch }) => {
			const config = configOf(threadId ?? null);
			await ready();
			const toWire = (apps: readonly ListedApp[]) => apps.map((app) => toAppInfo(app, isAppEnabled(config.apps, app.id)));
			const start = startOf(cursor ?? null);
			if (!isOn(config)) return { data: [], nextCursor: null };
			const apps = await catalogue
				.list({
					force: forceRefetch ?? false,
					onNews: (known) => subscriptions.broadcast({ method: 'app/list/updated', params: { data: toWire(known) } }),
				})
				.catch((error: unknown) => {
					throw toFailure(error);
				});
			if (start > apps.length) throw new RpcFailure(invalidRequest(`cursor ${start} exceeds total apps ${apps.length}`));
			const end = limit == null ? apps.length : Math.min(apps.length, start + Math.max(1, limit));
			return { data: toWire(apps.slice(start, end)), nextCursor: end < apps.length ? String(end) : null };
		},
	};
}

/** A cursor is an offset. */
function startOf(cursor: string | null): number {
	if (cursor === null) return 0;
	if (!/^\d{1,9}$/.test(cursor)) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
	return Number(cursor);
}

function toFailure(error: unknown): RpcFailure {
	if (error instanceof AuthError && error.kind !== 'unreachable') return refusal(error.text);
	return failure(l10n`failed to list apps: ${error instanceof Error ? error.message : String(error)}`);
}

/** What the directory says in another form than clients know is left out. */
function toAppInfo({ id, name, description, entry, isAccessible }: ListedApp, isEnabled: boolean): AppInfo {
	return {
		id,
		name,
		description,
		logoUrl: textOf(entry['logoUrl']),
		logoUrlDark: textOf(entry['logoUrlDark']),
		distributionChannel: textOf(entry['distributionChannel']),
		branding: AppBranding.safeParse(entry['branding']).data ?? null,
		appMetadata: AppMetadata.safeParse(entry['appMetadata']).data ?? null,
		labels: labelsOf(entry['labels']),
		installUrl: `https://chatgpt.com/apps/${slugOf(name)}/${encodeURIComponent(id)}`,
		isAccessible,
		isEnabled,
		pluginDisplayNames: [],
	};
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : null);

function labelsOf(value: unknown): Record<string, string> | null {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
	return Object.fromEntries(Object.entries(value).filter((label): label is [string, string] => typeof label[1] === 'string'));
}

function slugOf(name: string): string {
	const slug = name
		.toLowerCase()
		.replace(/[^a-z0-9]+/g, '-')
		.replace(/^-+|-+$/g, '');
	return slug === '' ? 'app' : slug;
}
