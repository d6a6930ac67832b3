import path from 'node:path';
import * as z from 'zod/mini';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import { insidePath } from './insidePath.ts';
import { l10n, type Text } from '../words/l10n.ts';

/** How a plugin presents itself. Paths are absolute. */
export interface PluginInterface {
	readonly displayName: string | null;
	readonly shortDescription: string | null;
	readonly longDescription: string | null;
	readonly developerName: string | null;
	readonly category: string | null;
	readonly capabilities: readonly string[];
	readonly websiteUrl: string | null;
	readonly privacyPolicyUrl: string | null;
	readonly termsOfServiceUrl: string | null;
	/** Null when it suggests none. */
	readonly defaultPrompt: readonly string[] | null;
	readonly brandColor: string | null;
	readonly composerIcon: string | null;
	readonly logo: string | null;
	readonly screenshots: readonly string[];
}

/** Where a plugin keeps what it brings. Null: in the default place. */
export interface PluginPlaces {
	/** Read besides the default folder; the others take the place of theirs. */
	readonly skills: string | null;
	readonly mcpServers: string | null;
	readonly apps: string | null;
	readonly hooks: string | null;
}

export interface PluginManifest {
	/** Null when the manifest gives none. */
	readonly name: string | null;
	readonly version: string | null;
	readonly description: string | null;
	readonly keywords: readonly string[];
	readonly interface: PluginInterface | null;
	readonly places: PluginPlaces;
}

export type ManifestRead =
	| { readonly type: 'manifest'; readonly manifest: PluginManifest }
	/** `problem` is for people. */
	| { readonly type: 'broken'; readonly problem: Text };

/** Of this program and of others, the first that is there counts. */
const MANIFEST_PLACES = ['.codex-plugin/plugin.json', '.claude-plugin/plugin.json'];
const MAX_BYTES = 1024 * 1024;
const MAX_PROMPTS = 3;

const text = z.nullish(z.string());
const texts = z._default(z.array(z.string()), []);

const Interface = z.object({
	displayName: text,
	shortDescription: text,
	longDescription: text,
	developerName: text,
	category: text,
	capabilities: texts,
	websiteURL: text,
	privacyPolicyURL: text,
	termsOfServiceURL: text,
	defaultPrompt: z.nullish(z.union([z.string(), z.array(z.string())])),
	brandColor: text,
	composerIcon: text,
	logo: text,
	screenshots: texts,
});

const Manifest = z.object({
	name: text,
	version: text,
	description: text,
	keywords: texts,
	skills: text,
	mcpServers: text,
	apps: text,
	hooks: text,
	interface: z.nullish(Interface),
});

/** Reads the manifest of the plugin in `folder`. Paths in it that lead out of the folder count as not given. */
export async function readManifest(folder: string): Promise<ManifestRead> {
	for (const place of MANIFEST_PLACES) {
		const file = path.join(folder, place);
		const read = await readGuarded(file, { maxBytes: MAX_BYTES, inside: [folder] });
		if (read.type === 'missing') continue;
		if (read.type === 'refused') return { type: 'broken', problem: l10n`${file} cannot be read: ${read.reason}` };
		try {
			const parsed = Manifest.safeParse(JSON.parse(textOf(read) ?? ''));
			if (parsed.success) return { type: 'manifest', manifest: toManifest(folder, parsed.data) };
			return { type: 'broken', problem: l10n`${file}: wrong value of ${parsed.error.issues[0]?.path.map(String).join('.') || 'the manifest'}` };
		} catch (error) {
			return { type: 'broken', problem: `${file}: ${error instanceof Error ? error.message : String(error)}` };
		}
	}
	return { type: 'broken', problem: l10n`${folder} has no ${MANIFEST_PLACES[0] ?? ''}` };
}

function toManifest(folder: string, given: z.infer<typeof Manifest>): PluginManifest {
	const place = (named: string | null | undefined) => (named == null ? null : insidePath(folder, named));
	return {
		name: given.name ?? null,
		version: given.version ?? null,
		description: given.description ?? null,
		keywords: given.keywords,
		interface: given.interface == null ? null : toInterface(folder, given.interface),
		places: { skills: place(given.skills), mcpServers: place(given.mcpServers), apps: place(given.apps), hooks: place(given.hooks) },
	};
}

/** Null when nothing in it says anything. */
function toInterface(folder: string, given: z.infer<typeof Interface>): PluginInterface | null {
	const place = (named: string | null | undefined) => (named == null ? null : insidePath(folder, named));
	const prompts = (typeof given.defaultPrompt === 'string' ? [given.defaultPrompt] : (given.defaultPrompt ?? []))
		.map((each) => each.trim())
		.filter((each) => each !== '');
	const shown: PluginInterface = {
		...EMPTY_INTERFACE,
		displayName: given.displayName ?? null,
		shortDescription: given.shortDescription ?? null,
		longDescription: given.longDescription ?? null,
		developerName: given.developerName ?? null,
		category: given.category ?? null,
		capabilities: given.capabilities,
		websiteUrl: given.websiteURL ?? null,
		privacyPolicyUrl: given.privacyPolicyURL ?? null,
		termsOfServiceUrl: given.termsOfServiceURL ?? null,
		defaultPrompt: prompts.length === 0 ? null : prompts.slice(0, MAX_PROMPTS),
		brandColor: given.brandColor ?? null,
		composerIcon: place(given.composerIcon),
		logo: place(given.logo),
		screenshots: given.screenshots.flatMap((each) => place(each) ?? []),
	};
	return Object.values(shown).every((value) => value === null || (Array.isArray(value) && value.length === 0)) ? null : shown;
}

export const EMPTY_INTERFACE: PluginInterface = {
	displayName: null,
	shortDescription: null,
	longDescription: null,
	developerName: null,
	category: null,
	capabilities: [],
	websiteUrl: null,
	privacyPolicyUrl: null,
	termsOfServiceUrl: null,
	defaultPrompt: null,
	brandColor: null,
	composerIcon: null,
	logo: null,
	screenshots: [],
};
