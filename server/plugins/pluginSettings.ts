import * as z from 'zod/mini';

/** What the user's own `config.toml` says of plugins: no other layer can add, enable or disable one (S163). */
export interface PluginSettings {
	/** `[plugins]` and `[marketplaces]` as they stand in the file. */
	read(): { readonly plugins: unknown; readonly marketplaces: unknown };
	/** Sets the value at a key path, or removes it with `undefined`. Rejects when the file cannot be written. */
	write(keys: readonly string[], value: unknown): Promise<void>;
}

/** A marketplace that the person added. */
export interface AddedMarketplace {
	readonly name: string;
	readonly type: 'local' | 'git';
	/** A folder, or an address that git takes. */
	readonly source: string;
	readonly refName: string | null;
	readonly sparsePaths: readonly string[];
}

const Plugin = z.object({ enabled: z._default(z.boolean(), true) });
const Marketplace = z.object({
	source_type: z.enum(['local', 'git']),
	source: z.string(),
	ref: z.nullish(z.string()),
	sparse_paths: z.nullish(z.array(z.string())),
});

const entriesOf = (table: unknown): readonly (readonly [string, unknown])[] =>
	typeof table === 'object' && table !== null ? Object.entries(table) : [];

/** Whether each plugin that the settings name is enabled, by its id. Entries of a wrong form are as good as none. */
export function enabledPlugins(plugins: unknown): ReadonlyMap<string, boolean> {
	return new Map(
		entriesOf(plugins).flatMap(([id, value]) => {
			const parsed = Plugin.safeParse(value);
			return parsed.success ? [[id, parsed.data.enabled] as const] : [];
		}),
	);
}

/** Whether the settings say anything of a plugin, in whatever form. */
export const hasEntry = (plugins: unknown, id: string): boolean => entriesOf(plugins).some(([key]) => key === id);

export function addedMarketplaces(marketplaces: unknown): readonly AddedMarketplace[] {
	return entriesOf(marketplaces).flatMap(([name, value]) => {
		const parsed = Marketplace.safeParse(value);
		if (!parsed.success) return [];
		const { source_type: type, source, ref, sparse_paths: sparsePaths } = parsed.data;
		return [{ name, type, source, refName: ref ?? null, sparsePaths: sparsePaths ?? [] }];
	});
}

/** The table as it is written. `now`: milliseconds since 1970. */
export function marketplaceTable({ type, source, refName, sparsePaths }: AddedMarketplace, now: number): Record<string, unknown> {
	return {
		last_updated: new Date(now).toISOString().replace(/\.\d+Z$/, 'Z'),
		source_type: type,
		source,
		...(refName === null ? {} : { ref: refName }),
		...(sparsePaths.length === 0 ? {} : { sparse_paths: sparsePaths }),
	};
}
