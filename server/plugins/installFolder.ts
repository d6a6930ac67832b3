import { readManifest, type PluginManifest } from './manifest.ts';
import type { PluginCache } from './pluginCache.ts';
import { type PluginContents, readContents } from './pluginContents.ts';
import { PluginError } from './pluginError.ts';
import { isName, isVersion, type PluginId } from './pluginId.ts';
import { l10n } from '../words/l10n.ts';

/** Throws `PluginError` for a folder that is no plugin. */
export async function manifestOf(folder: string): Promise<PluginManifest> {
	const read = await readManifest(folder);
	if (read.type === 'broken') throw new PluginError(read.problem);
	return read.manifest;
}

export interface CheckedPlugin {
	readonly manifest: PluginManifest;
	readonly version: string;
}

/** Throws `PluginError` for a folder that is not the plugin of this id. */
export async function checkPlugin(id: PluginId, folder: string): Promise<CheckedPlugin> {
	if (!isName(id.plugin)) throw new PluginError(l10n`${JSON.stringify(id.plugin)} has characters other than letters, digits, _ and -`);
	const manifest = await manifestOf(folder);
	if (manifest.name !== id.plugin)
		throw new PluginError(l10n`the plugin in ${folder} calls itself ${JSON.stringify(manifest.name)}, not ${id.plugin}`);
	const version = manifest.version ?? 'local';
	if (!isVersion(version)) throw new PluginError(l10n`${JSON.stringify(version)} is not a version: letters, digits, ., +, _ and - are`);
	return { manifest, version };
}

/** Installs the plugin that lies in a folder under an id, in the place of every other version. Throws `PluginError`; then the old one is still there. */
export async function installFolder(cache: PluginCache, id: PluginId, folder: string): Promise<PluginContents> {
	const { manifest, version } = await checkPlugin(id, folder);
	return readContents(await cache.install(id, { version, from: folder }), manifest);
}
