import fs from 'node:fs';
import path from 'node:path';
import { readGuarded } from '../files/guardedFile.ts';
import { PluginError } from './pluginError.ts';
import { l10n } from '../words/l10n.ts';

/** How much a plugin may bring. */
export interface CopyLimits {
	readonly files: number;
	readonly bytes: number;
	readonly depth: number;
}

export const PLUGIN_LIMITS: CopyLimits = { files: 10_000, bytes: 256 * 1024 * 1024, depth: 32 };

export interface CopyOptions {
	readonly limits?: CopyLimits;
	/** Whether a file or folder stays behind; `name`: below the folder, with `/`. */
	leavesOut?(name: string, isFolder: boolean): boolean | Promise<boolean>;
}

/** What belongs to the source of a plugin, not to the plugin. */
const leavesOutRepository = (name: string): boolean => name === '.git';

/**
 * Copies the regular files of a folder to a new one. Links, pipes and devices are left out, so that nothing outside of the folder comes
 * along. Throws `PluginError` when there is more than the limits allow; what was copied until then is the caller's to remove.
 */
export async function copyFolder(
	from: string,
	to: string,
	{ limits = PLUGIN_LIMITS, leavesOut = leavesOutRepository }: CopyOptions = {},
): Promise<void> {
	let files = 0;
	let bytes = 0;
	const copy = async (source: string, target: string, parts: readonly string[]): Promise<void> => {
		if (parts.length > limits.depth) throw new PluginError(l10n`the folders in ${from} are nested more than ${limits.depth} deep`);
		await fs.promises.mkdir(target, { mode: 0o755 });
		const folder = await fs.promises.opendir(source);
		for await (const entry of folder) {
			const below = [...parts, entry.name];
			if (await leavesOut(below.join('/'), entry.isDirectory())) continue;
			const [source_, target_] = [path.join(source, entry.name), path.join(target, entry.name)];
			if (entry.isDirectory()) await copy(source_, target_, below);
			if (!entry.isFile()) continue;
			files += 1;
			if (files > limits.files) throw new PluginError(l10n`${from} has more than ${limits.files} files`);
			const read = await readGuarded(source_, { maxBytes: limits.bytes - bytes, inside: [from] });
			if (read.type === 'missing') continue;
			if (read.type === 'refused') {
				if (read.why === 'size') throw new PluginError(l10n`${from} has more than ${limits.bytes / 1024 / 1024} MiB`);
				throw new PluginError(l10n`${source_} cannot be read: ${read.reason}`);
			}
			bytes += read.bytes.byteLength;
			const isProgram = (read.stats.mode & 0o111) !== 0;
			await fs.promises.writeFile(target_, read.bytes, { flag: 'wx', mode: isProgram ? 0o755 : 0o644 });
		}
	};
	await copy(from, to, []);
}
