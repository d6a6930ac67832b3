import path from 'node:path';
import * as z from 'zod/mini';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import { type HookDefinition, type HookOrigin, type HookSource, type ParsedHooks, parseHooks } from './hookDefinition.ts';

/** A place where hooks may be defined, lowest layer first. */
export interface HookLayer {
	readonly source: HookSource;
	/** A folder that may hold `hooks.json`; null for layers that are no folder. */
	readonly folder: string | null;
	/** The `[hooks]` table of the layer's configuration, with the file that it stands in; null where there is none. */
	readonly table: { readonly file: string; readonly hooks: unknown } | null;
}

/** Hooks that an administrator set: they run without being trusted and cannot be switched off. */
export interface ManagedHooks {
	readonly source: HookSource;
	/** The folder with their scripts, which must exist. */
	readonly folder: string | null;
	readonly hooks: unknown;
}

/** A file of a plugin, already read. */
export interface PluginHooks {
	readonly pluginId: string;
	/** Absolute. */
	readonly file: string;
	/** Below the plugin's folder, with `/`. */
	readonly relativeFile: string;
}

export interface HookSurroundings {
	readonly managed: readonly ManagedHooks[];
	readonly layers: readonly HookLayer[];
	readonly plugins: readonly PluginHooks[];
	isFolder(folder: string): boolean;
}

const MAX_FILE_BYTES = 1024 * 1024;
const HookFile = z.looseObject({ hooks: z.optional(z.unknown()) });

/** All hooks that apply, in the order in which they are shown and report: managed ones, then layer by layer, in each `hooks.json` first. Runs nothing. */
export async function findHooks({ managed, layers, plugins, isFolder }: HookSurroundings): Promise<ParsedHooks> {
	const hooks: HookDefinition[] = [];
	const warnings: string[] = [];
	const add = (parsed: ParsedHooks) => {
		hooks.push(...parsed.hooks);
		warnings.push(...parsed.warnings);
	};
	for (const { source, folder, hooks: table } of managed) {
		if (folder === null || !path.isAbsolute(folder) || !isFolder(folder)) {
			warnings.push(`The managed hooks are not used: ${folder === null ? 'managed_dir is not set' : `${folder} is not a folder`}.`);
			continue;
		}
		add(parseHooks(table, { source, sourcePath: folder, keyPrefix: folder, pluginId: null, isManaged: true }));
	}
	for (const { source, folder, table } of layers) {
		const file = folder === null ? null : path.join(folder, 'hooks.json');
		const fromFile = file === null ? null : await readHookFile(file, { source, sourcePath: file, keyPrefix: file, pluginId: null, isManaged: false });
		if (fromFile !== null) add(fromFile);
		const fromTable =
			table === null
				? null
				: parseHooks(withoutState(table.hooks), { source, sourcePath: table.file, keyPrefix: table.file, pluginId: null, isManaged: false });
		if (fromTable !== null) add(fromTable);
		if (fromFile !== null && fromFile.hooks.length > 0 && fromTable !== null && fromTable.hooks.length > 0) {
			warnings.push(`Hooks are defined in both ${file} and ${table?.file}. Both apply; use one file to keep them together.`);
		}
	}
	for (const plugin of plugins) add(await parseHookFile(plugin));
	return { hooks, warnings };
}

/** The hooks that a plugin brings. */
export async function parseHookFile({ pluginId, file, relativeFile }: PluginHooks): Promise<ParsedHooks> {
	const keyPrefix = `${pluginId}:${relativeFile}`;
	const pluginFolder = relativeFile.split('/').reduce((at) => path.dirname(at), file);
	const origin: HookOrigin = { source: 'plugin', sourcePath: file, keyPrefix, pluginId, pluginFolder, isManaged: false };
	return (await readHookFile(file, origin)) ?? { hooks: [], warnings: [] };
}

/** `[hooks.state]` says what the person decided; it is no event. */
function withoutState(table: unknown): unknown {
	if (typeof table !== 'object' || table === null || Array.isArray(table)) return table;
	return Object.fromEntries(Object.entries(table).filter(([key]) => key !== 'state'));
}

/** Null when there is no file. */
async function readHookFile(file: string, origin: HookOrigin): Promise<ParsedHooks | null> {
	const read = await readGuarded(file, { maxBytes: MAX_FILE_BYTES });
	if (read.type === 'missing') return null;
	if (read.type === 'refused') return { hooks: [], warnings: [`${file} is not used: ${read.reason}.`] };
	let value: unknown;
	try {
		value = JSON.parse(textOf(read) ?? '');
	} catch (error) {
		return { hooks: [], warnings: [`${file} is not used: ${error instanceof Error ? error.message : String(error)}`] };
	}
	const parsed = HookFile.safeParse(value);
	if (!parsed.success) return { hooks: [], warnings: [`${file} is not used: it must hold an object.`] };
	return parsed.data.hooks === undefined ? { hooks: [], warnings: [] } : parseHooks(parsed.data.hooks, origin);
}
