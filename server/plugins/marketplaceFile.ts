import path from 'node:path';
import * as z from 'zod/mini';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import { insidePath } from './insidePath.ts';
import { isName } from './pluginId.ts';
import { hostPaths } from '../platform/host.ts';
import { l10n, type L10nMessage, type Text } from '../words/l10n.ts';

export type PluginSource =
	/** `folder` is absolute. */
	| { readonly type: 'local'; readonly folder: string }
	/** `path`: the folder in the repository; null: its root. */
	| { readonly type: 'git'; readonly url: string; readonly path: string | null; readonly refName: string | null; readonly sha: string | null };

export type InstallPolicy = 'NOT_AVAILABLE' | 'AVAILABLE' | 'INSTALLED_BY_DEFAULT';
export type AuthPolicy = 'ON_INSTALL' | 'ON_USE';

/** A plugin that a marketplace offers. */
export interface MarketplaceEntry {
	readonly name: string;
	readonly source: PluginSource;
	/** Wins over the plugin's own. */
	readonly category: string | null;
	readonly installPolicy: InstallPolicy;
	readonly authPolicy: AuthPolicy;
}

export interface Marketplace {
	readonly name: string;
	/** The marketplace's file. */
	readonly file: string;
	/** The folder that its plugins lie in. */
	readonly root: string;
	readonly displayName: string | null;
	readonly entries: readonly MarketplaceEntry[];
	/** Entries that were passed over because they are wrong, for people. */
	readonly problems: readonly Text[];
}

export type MarketplaceRead =
	| { readonly type: 'marketplace'; readonly marketplace: Marketplace }
	| { readonly type: 'missing' }
	| { readonly type: 'broken'; readonly problem: Text };

/** Of this program and of others, the first that is there counts. */
export const MARKETPLACE_PLACES = ['.agents/plugins/marketplace.json', '.claude-plugin/marketplace.json'];
/** How this program is called in `policy.products`. */
const PRODUCT = 'CODEX';
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PROBLEMS = 20;

const MarketplaceFile = z.object({
	name: z.string(),
	interface: z.nullish(z.object({ displayName: z.nullish(z.string()) })),
	plugins: z.array(z.unknown()),
});
const Entry = z.object({
	name: z.string(),
	source: z.union([z.string(), z.looseObject({ source: z.string() })]),
	category: z.nullish(z.string()),
	policy: z.nullish(
		z.object({
			installation: z.nullish(z.enum(['NOT_AVAILABLE', 'AVAILABLE', 'INSTALLED_BY_DEFAULT'])),
			authentication: z.nullish(z.enum(['ON_INSTALL', 'ON_USE'])),
			products: z.nullish(z.array(z.string())),
		}),
	),
});
const text = z.nullish(z.string());
const GitSource = z.object({ url: z.string(), path: text, ref: text, sha: text });

/** The marketplace of a folder; the first of its two places counts. */
export async function readMarketplace(root: string): Promise<MarketplaceRead & { readonly file: string }> {
	let first: string | null = null;
	for (const place of MARKETPLACE_PLACES) {
		const file = path.join(root, place);
		first ??= file;
		const read = await readMarketplaceFile(file, root);
		if (read.type !== 'missing') return { ...read, file };
	}
	return { type: 'missing', file: first ?? root };
}

/** The root of a marketplace whose file a client names; null when the file is in none of the known places. */
export function rootOfMarketplaceFile(file: string): string | null {
	for (const place of MARKETPLACE_PLACES) {
		const root = path.join(file, ...place.split('/').map(() => '..'));
		if (hostPaths.relative(root, file) === place) return root;
	}
	return null;
}

export async function readMarketplaceFile(file: string, root: string): Promise<MarketplaceRead> {
	const read = await readGuarded(file, { maxBytes: MAX_BYTES, inside: [root] });
	if (read.type === 'missing') return { type: 'missing' };
	if (read.type === 'refused') return { type: 'broken', problem: l10n`it cannot be read: ${read.reason}` };
	let value: unknown;
	try {
		value = JSON.parse(textOf(read) ?? '');
	} catch (error) {
		return { type: 'broken', problem: error instanceof Error ? error.message : String(error) };
	}
	const parsed = MarketplaceFile.safeParse(value);
	if (!parsed.success)
		return { type: 'broken', problem: l10n`wrong value of ${parsed.error.issues[0]?.path.map(String).join('.') || 'the marketplace'}` };
	const { name, plugins } = parsed.data;
	if (!isName(name)) return { type: 'broken', problem: l10n`the name ${JSON.stringify(name)} has characters other than letters, digits, _ and -` };
	const entries = new Map<string, MarketplaceEntry>();
	const problems: Text[] = [];
	for (const [index, each] of plugins.entries()) {
		const entry = readEntry(each, root);
		if (entry !== null && 'args' in entry) problems.push(l10n`plugin ${`${index + 1}${nameOf(each)}`}: ${entry}`);
		else if (entry !== null && !entries.has(entry.name)) entries.set(entry.name, entry);
	}
	const shown = problems.length > MAX_PROBLEMS ? [...problems.slice(0, MAX_PROBLEMS), l10n`and ${problems.length - MAX_PROBLEMS} more`] : problems;
	return {
		type: 'marketplace',
		marketplace: { name, file, root, displayName: parsed.data.interface?.displayName ?? null, entries: [...entries.values()], problems: shown },
	};
}

function nameOf(entry: unknown): string {
	const named = z.looseObject({ name: z.string() }).safeParse(entry);
	return named.success ? ` (${named.data.name.slice(0, 100)})` : '';
}

/** Null for an entry that is not meant for this program or of a form that it does not have; a text says what is wrong with it. */
function readEntry(value: unknown, root: string): MarketplaceEntry | L10nMessage | null {
	const parsed = Entry.safeParse(value);
	if (!parsed.success) return l10n`wrong value of ${parsed.error.issues[0]?.path.map(String).join('.') || 'the entry'}`;
	const { name, policy, category } = parsed.data;
	if (policy?.products != null && !policy.products.includes(PRODUCT)) return null;
	if (!isName(name)) return l10n`its name has characters other than letters, digits, _ and -`;
	const source = readSource(parsed.data.source, root);
	if (source === null) return null;
	return {
		name,
		source,
		category: category ?? null,
		installPolicy: policy?.installation ?? 'AVAILABLE',
		authPolicy: policy?.authentication ?? 'ON_INSTALL',
	};
}

function readSource(source: z.infer<typeof Entry>['source'], root: string): PluginSource | null {
	if (typeof source === 'string') return localSource(source, root);
	switch (source.source) {
		case 'local': {
			const named = z.object({ path: z.string() }).safeParse(source);
			return named.success ? localSource(named.data.path, root) : null;
		}
		case 'url':
		case 'git-subdir': {
			const git = GitSource.safeParse(source);
			if (!git.success) return null;
			const inRepository = source.source === 'url' ? null : (git.data.path ?? null);
			return { type: 'git', url: git.data.url, path: inRepository, refName: git.data.ref ?? null, sha: git.data.sha ?? null };
		}
		default:
			return null;
	}
}

function localSource(named: string, root: string): PluginSource | null {
	const folder = insidePath(root, named);
	return folder === null ? null : { type: 'local', folder };
}
