import path from 'node:path';
import * as z from 'zod/mini';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import type { PluginManifest } from './manifest.ts';

/** An app that a plugin works with. */
export interface PluginApp {
	readonly id: string;
}

/** What a plugin brings besides its skills. Broken files bring nothing, and are named in `problems`. */
export interface PluginContents {
	/** Folders with skills. */
	readonly skillFolders: readonly string[];
	/** Servers by name, as `mcp_servers` would hold them. */
	readonly mcpServers: ReadonlyMap<string, unknown>;
	readonly apps: readonly PluginApp[];
	/** The file with its hooks, absolute, and below the plugin's folder with `/`; null when it brings none. */
	readonly hooks: { readonly file: string; readonly relativeFile: string } | null;
	readonly problems: readonly string[];
}

const MAX_BYTES = 1024 * 1024;
const Table = z.record(z.string(), z.unknown());
const Apps = z.object({ apps: z.record(z.string(), z.object({ id: z.string() })) });

export async function readContents(folder: string, { places }: PluginManifest): Promise<PluginContents> {
	const problems: string[] = [];
	const defaultSkills = path.join(folder, 'skills');
	const mcp = Table.safeParse(await readJson(folder, places.mcpServers ?? path.join(folder, '.mcp.json'), problems));
	const servers = mcp.success ? (Table.safeParse(mcp.data.mcpServers).data ?? mcp.data) : {};
	const apps = Apps.safeParse(await readJson(folder, places.apps ?? path.join(folder, '.app.json'), problems));
	const hooksFile = places.hooks ?? path.join(folder, 'hooks', 'hooks.json');
	const hooks = await readGuarded(hooksFile, { maxBytes: MAX_BYTES, inside: [folder] });
	return {
		skillFolders: places.skills === null || places.skills === defaultSkills ? [defaultSkills] : [defaultSkills, places.skills],
		mcpServers: new Map(Object.entries(servers)),
		apps: apps.success ? Object.values(apps.data.apps) : [],
		hooks: hooks.type === 'content' ? { file: hooksFile, relativeFile: path.relative(folder, hooksFile).split(path.sep).join('/') } : null,
		problems,
	};
}

/** Null when there is no such file, or none that can be used. */
async function readJson(folder: string, file: string, problems: string[]): Promise<unknown> {
	const read = await readGuarded(file, { maxBytes: MAX_BYTES, inside: [folder] });
	if (read.type === 'missing') return null;
	if (read.type === 'refused') {
		problems.push(`${file} is not used: ${read.reason}`);
		return null;
	}
	try {
		return JSON.parse(textOf(read) ?? '');
	} catch (error) {
		problems.push(`${file} is not used: ${error instanceof Error ? error.message : String(error)}`);
		return null;
	}
}
