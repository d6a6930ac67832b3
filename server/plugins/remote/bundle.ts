import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Parser, ReadEntry } from 'tar';
import { type CopyLimits, PLUGIN_LIMITS } from '../copyFolder.ts';
import { PluginError } from '../pluginError.ts';
import { l10n } from '../../words/l10n.ts';

/**
 * Unpacks the gzip tar of a plugin into a folder of its own for as long as `use` works with it. All of it is checked before anything is
 * written: names that lead out, links, devices, size and count. Throws `PluginError`.
 */
export async function withBundle<T>(archive: Uint8Array, use: (folder: string) => Promise<T>, limits: CopyLimits = PLUGIN_LIMITS): Promise<T> {
	const seen = new Set<string>();
	let bytes = 0;
	await readEntries(archive, limits, (entry) => {
		const name = checkedName(entry.path, limits);
		if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'Directory') {
			throw new PluginError(l10n`${JSON.stringify(entry.path)} in the archive is neither a file nor a folder (${entry.type})`);
		}
		bytes += entry.size;
		if (bytes > limits.bytes) throw new PluginError(l10n`the archive has more than ${limits.bytes / 1024 / 1024} MiB`);
		if (entry.type === 'Directory' || name === '') return;
		// Two names of one file, on disks that take letters of both cases for the same.
		const key = name.toLowerCase();
		if (seen.has(key)) throw new PluginError(l10n`the archive has ${JSON.stringify(entry.path)} twice`);
		seen.add(key);
		if (seen.size > limits.files) throw new PluginError(l10n`the archive has more than ${limits.files} files`);
	});
	for (const name of seen) {
		const inside = [...seen].find((other) => name.startsWith(`${other}/`));
		if (inside !== undefined) throw new PluginError(l10n`${JSON.stringify(inside)} in the archive is a file and a folder`);
	}
	const staging = await fs.promises.mkdtemp(path.join(os.tmpdir(), 'tiller-bundle-'));
	try {
		const folder = path.join(staging, 'plugin');
		await fs.promises.mkdir(folder);
		const writes: Promise<void>[] = [];
		await readEntries(archive, limits, (entry) => {
			if (entry.type === 'Directory') return;
			writes.push(writeEntry(entry, path.join(folder, ...checkedName(entry.path, limits).split('/'))));
		});
		await Promise.all(writes);
		return await use(folder);
	} finally {
		await fs.promises.rm(staging, { recursive: true, force: true });
	}
}

async function writeEntry(entry: ReadEntry, file: string): Promise<void> {
	const content = await entry.concat();
	await fs.promises.mkdir(path.dirname(file), { recursive: true, mode: 0o755 });
	const isProgram = ((entry.mode ?? 0) & 0o111) !== 0;
	await fs.promises.writeFile(file, content, { flag: 'wx', mode: isProgram ? 0o755 : 0o644 });
}

/** Below the plugin's folder, with `/`; empty for the folder itself. */
function checkedName(given: string, { depth }: CopyLimits): string {
	const parts = given.split('/').filter((part) => part !== '' && part !== '.');
	const isBad = given.startsWith('/') || /[\0\\:]/.test(given) || parts.includes('..') || given.length > 1024;
	if (isBad) throw new PluginError(l10n`${JSON.stringify(given.slice(0, 200))} in the archive is no name below its folder`);
	if (parts.length > depth) throw new PluginError(l10n`the folders in the archive are nested more than ${depth} deep`);
	return parts.join('/');
}

/** What every zip begins with that holds anything. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];
const hasStart = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, at) => bytes[at] === byte);

/** Goes through the archive; entries that `take` leaves alone are read past. Rejects with what `take` throws. */
async function readEntries(archive: Uint8Array, limits: CopyLimits, take: (entry: ReadEntry) => void): Promise<void> {
	if (hasStart(archive, ZIP)) throw new PluginError(l10n`the archive of the plugin is a zip; it must be a tar that gzip packed (.tar.gz)`);
	const { Parser: TarParser } = await import('tar');
	// With headers and padding: a few bytes must not become an endless archive.
	const most = limits.bytes + limits.files * 2048;
	const failures: Error[] = [];
	const parser: Parser = new TarParser({
		strict: true,
		gzip: false,
		onReadEntry: (entry) => {
			try {
				if (failures.length === 0) take(entry);
			} catch (error) {
				failures.push(error instanceof Error ? error : new PluginError(l10n`the archive of the plugin cannot be read`));
			}
			entry.resume();
		},
	});
	const ended = new Promise<void>((resolve, reject) => {
		parser.on('end', resolve);
		parser.on('error', reject);
	});
	// Whoever awaits it comes later.
	ended.catch(() => {});
	const gunzip = createGunzip();
	let size = 0;
	try {
		for await (const chunk of Readable.from([archive]).pipe(gunzip) as AsyncIterable<Buffer>) {
			size += chunk.byteLength;
			if (size > most) throw new PluginError(l10n`the archive has more than ${limits.bytes / 1024 / 1024} MiB`);
			parser.write(chunk);
			if (failures[0] !== undefined) throw failures[0];
		}
		parser.end();
		await ended;
	} catch (error) {
		throw error instanceof PluginError ? error : new PluginError(l10n`the archive of the plugin is broken`, { cause: error });
	} finally {
		gunzip.destroy();
	}
	if (failures[0] !== undefined) throw failures[0];
}
