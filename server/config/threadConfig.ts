import * as z from 'zod/mini';
import { ConfigError } from './configError.ts';
import type { ConfigTable } from '../toml/table.ts';
import { l10n, textOf } from '../words/l10n.ts';

/** What the owner of a session may fix for its threads (S107). Any other section is refused by name. */
const ThreadConfig = z.strictObject({
	model_provider: z.optional(z.string()),
	model_providers: z.optional(z.record(z.string(), z.record(z.string(), z.unknown()))),
	features: z.optional(z.record(z.string(), z.boolean())),
});
export type ThreadConfig = z.infer<typeof ThreadConfig>;

/** Gives each thread settings that the owner of the session fixes. They are a layer like others, above the `config` of a request. */
export interface ThreadConfigLoader {
	/** Called once for each thread that is started, resumed or forked. */
	load(thread: { /** Absolute. */ readonly cwd: string }): Promise<ThreadConfig>;
}

export const noThreadConfig: ThreadConfigLoader = { load: () => Promise.resolve({}) };

/** What a loader gives. Rejects with `ConfigError` where it fails or gives something else. */
export async function loadThreadConfig(loader: ThreadConfigLoader, thread: { readonly cwd: string }): Promise<ConfigTable> {
	try {
		const parsed = ThreadConfig.safeParse(await loader.load(thread));
		if (parsed.success) return parsed.data;
		const issue = parsed.error.issues[0];
		throw new ConfigError(l10n`the settings of the session cannot be used: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid value'}`);
	} catch (error) {
		if (error instanceof ConfigError) throw error;
		throw new ConfigError(l10n`the settings of the session cannot be loaded: ${textOf(error)}`, {
			cause: error,
		});
	}
}
