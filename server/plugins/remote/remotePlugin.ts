import * as z from 'zod/mini';
import type { PluginInterface } from '../manifest.ts';
import { EMPTY_INTERFACE } from '../manifest.ts';
import type { AuthPolicy, InstallPolicy } from '../marketplaceFile.ts';
import { PluginError } from '../pluginError.ts';
import { l10n } from '../../words/l10n.ts';

export type PrincipalType = 'user' | 'group' | 'workspace';

/** Who may see a shared plugin. */
export interface SharePrincipal {
	readonly type: PrincipalType;
	readonly id: string;
	readonly name: string;
}

export interface RemoteSkill {
	readonly name: string;
	readonly description: string;
	readonly shortDescription: string | null;
	/** Null when it gives nothing to show. */
	readonly interface: {
		readonly displayName: string | null;
		readonly shortDescription: string | null;
		readonly brandColor: string | null;
		readonly defaultPrompt: string | null;
	} | null;
}

/** A plugin that the service keeps. */
export interface RemotePlugin {
	readonly id: string;
	readonly name: string;
	/** Of a workspace: then it is shared by somebody. */
	readonly share: {
		readonly url: string | null;
		readonly creatorUserId: string | null;
		readonly creatorName: string | null;
		/** Null when the service does not say. */
		readonly principals: readonly SharePrincipal[] | null;
	} | null;
	readonly isDisabledByAdmin: boolean;
	readonly installPolicy: InstallPolicy;
	readonly authPolicy: AuthPolicy;
	readonly description: string | null;
	readonly interface: PluginInterface;
	readonly pictures: { readonly composerIcon: string | null; readonly logo: string | null; readonly screenshots: readonly string[] };
	readonly keywords: readonly string[];
	readonly appIds: readonly string[];
	readonly skills: readonly RemoteSkill[];
	readonly version: string | null;
	/** Null unless it was asked for. */
	readonly bundleUrl: string | null;
}

/** What an account has installed. */
export interface InstalledRemote {
	readonly plugin: RemotePlugin;
	readonly isEnabled: boolean;
	readonly disabledSkills: ReadonlySet<string>;
}

const text = z.nullish(z.string());
const texts = z.nullish(z.array(z.string()));
const Principal = z.object({ principal_type: z.enum(['user', 'group', 'workspace']), principal_id: z.string(), name: text });

const Interface = z.object({
	...{ short_description: text, long_description: text, developer_name: text, category: text, capabilities: texts, website_url: text },
	...{ privacy_policy_url: text, terms_of_service_url: text, brand_color: text, default_prompt: text, composer_icon_url: text, logo_url: text },
	screenshot_urls: texts,
});
const Skill = z.object({
	name: z.string(),
	description: text,
	interface: z.nullish(z.object({ display_name: text, short_description: text, brand_color: text, default_prompt: text })),
});
const Plugin = z.object({
	...{ id: z.string(), name: z.string(), scope: text, creator_account_user_id: text, creator_name: text, share_url: text, status: text },
	share_principals: z.nullish(z.array(Principal)),
	installation_policy: z.nullish(z.enum(['NOT_AVAILABLE', 'AVAILABLE', 'INSTALLED_BY_DEFAULT'])),
	authentication_policy: z.nullish(z.enum(['ON_INSTALL', 'ON_USE'])),
	release: z.object({
		...{ version: text, display_name: text, description: text, bundle_download_url: text, app_ids: texts, keywords: texts },
		interface: z.nullish(Interface),
		skills: z.nullish(z.array(Skill)),
	}),
});
const Installed = z.extend(Plugin, { enabled: z.nullish(z.boolean()), disabled_skill_names: texts });

export const RemotePluginAnswer = z.pipe(Plugin, z.transform(toRemotePlugin));
export const InstalledAnswer = z.pipe(Installed, z.transform(toInstalled));
export const Principals = z.array(z.pipe(Principal, z.transform(toPrincipal)));

/** What may be the id of a remote plugin: it becomes a part of addresses. Throws `PluginError`. */
export function checkRemoteId(id: string): string {
	if (!/^[A-Za-z0-9_~-]{1,256}$/.test(id))
		throw new PluginError(l10n`${JSON.stringify(id)} is not the id of a remote plugin: letters, digits, _, - and ~ are`);
	return id;
}

function toPrincipal({ principal_type: type, principal_id: id, name }: z.infer<typeof Principal>): SharePrincipal {
	return { type, id, name: name ?? id };
}

function toRemotePlugin(given: z.infer<typeof Plugin>): RemotePlugin {
	const { release } = given;
	const shown = release.interface ?? null;
	const prompt = shown?.default_prompt?.trim() ?? '';
	return {
		id: given.id,
		name: given.name,
		share:
			given.scope === 'WORKSPACE'
				? {
						url: given.share_url ?? null,
						creatorUserId: given.creator_account_user_id ?? null,
						creatorName: given.creator_name ?? null,
						principals: given.share_principals?.map(toPrincipal) ?? null,
					}
				: null,
		isDisabledByAdmin: given.status === 'DISABLED_BY_ADMIN',
		installPolicy: given.installation_policy ?? 'AVAILABLE',
		authPolicy: given.authentication_policy ?? 'ON_USE',
		description: release.description ?? null,
		interface: {
			...EMPTY_INTERFACE,
			displayName: release.display_name ?? null,
			shortDescription: shown?.short_description ?? null,
			longDescription: shown?.long_description ?? null,
			developerName: shown?.developer_name ?? null,
			category: shown?.category ?? null,
			capabilities: shown?.capabilities ?? [],
			websiteUrl: shown?.website_url ?? null,
			privacyPolicyUrl: shown?.privacy_policy_url ?? null,
			termsOfServiceUrl: shown?.terms_of_service_url ?? null,
			defaultPrompt: prompt === '' ? null : [prompt],
			brandColor: shown?.brand_color ?? null,
		},
		pictures: { composerIcon: shown?.composer_icon_url ?? null, logo: shown?.logo_url ?? null, screenshots: shown?.screenshot_urls ?? [] },
		keywords: release.keywords ?? [],
		appIds: release.app_ids ?? [],
		skills: (release.skills ?? []).map(({ name, description, interface: own }) => ({
			name,
			description: description ?? '',
			shortDescription: own?.short_description ?? null,
			interface:
				own == null
					? null
					: {
							displayName: own.display_name ?? null,
							shortDescription: own.short_description ?? null,
							brandColor: own.brand_color ?? null,
							defaultPrompt: own.default_prompt ?? null,
						},
		})),
		version: release.version ?? null,
		bundleUrl: release.bundle_download_url ?? null,
	};
}

function toInstalled({ enabled, disabled_skill_names: disabled, ...plugin }: z.infer<typeof Installed>): InstalledRemote {
	return { plugin: toRemotePlugin(plugin), isEnabled: enabled ?? true, disabledSkills: new Set(disabled ?? []) };
}
