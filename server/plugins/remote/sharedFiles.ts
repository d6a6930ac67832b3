import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ignore, { type Ignore } from 'ignore';
import { readGuarded, textOf } from '../../files/guardedFile.ts';
import { copyFolder } from '../copyFolder.ts';
import { PluginError } from '../pluginError.ts';
import { l10n } from '../../words/l10n.ts';

/** Bytes of an archive: the service takes no more. */
const MAX_ARCHIVE_BYTES = 50 * 1024 * 1024;
const MAX_IGNORE_BYTES = 256 * 1024;
/** Hidden names that plugins are made of. */
const OWN_NAMES = new Set(['.codex-plugin', '.claude-plugin', '.mcp.json', '.app.json']);
const NEVER = new Set(['node_modules']);

/**
 * A plugin's folder as a gzip tar. Left out is what no plugin needs: what git ignores, hidden files, installed packages, links. Throws
 * `PluginError` when there is too much.
 */
export async function packPlugin(folder: string): Promise<Uint8Array<ArrayBuffer>> {
	const staging = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'tiller-share-'));
	try {
		const copy = path.join(staging, 'plugin');
		await copyFolder(folder, copy, { leavesOut: await leftOut(folder) });
		const { create } = await import('tar');
		const names = (await fs.promises.readdir(copy)).sort();
		const bytes = await create({ gzip: true, cwd: copy, portable: true }, names).concat();
		if (bytes.byteLength > MAX_ARCHIVE_BYTES) throw new PluginError(l10n`the plugin is larger than ${MAX_ARCHIVE_BYTES / 1024 / 1024} MiB`);
		return Uint8Array.from(bytes);
	} finally {
		await fs.promises.rm(staging, { recursive: true, force: true });
	}
}

/** Whether a file or folder, named below the plugin's folder with `/`, stays behind. */
async function leftOut(folder: string): Promise<(name: string, isFolder: boolean) => Promise<boolean>> {
	const rules = new Map<string, Ignore | null>();
	const rulesOf = async (below: string): Promise<Ignore | null> => {
		const known = rules.get(below);
		if (known !== undefined) return known;
		const text = textOf(await readGuarded(path.join(folder, below, '.gitignore'), { maxBytes: MAX_IGNORE_BYTES, inside: [folder] }));
		const read = text === null ? null : ignore().add(text);
		rules.set(below, read);
		return read;
	};
	await rulesOf('');
	return async (name, isFolder) => {
		const parts = name.split('/');
		const last = parts.at(-1) ?? '';
		if (NEVER.has(last) || (last.startsWith('.') && !(parts.length === 1 && OWN_NAMES.has(last)))) return true;
		for (let depth = 0; depth < parts.length; depth++) {
			const rule = await rulesOf(parts.slice(0, depth).join('/'));
			const below = `${parts.slice(depth).join('/')}${isFolder ? '/' : ''}`;
			const verdict = rule?.test(below);
			if (verdict?.ignored === true) return true;
		}
		return false;
	};
}
