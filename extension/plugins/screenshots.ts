import fs from 'node:fs/promises';
import path from 'node:path';
import type { PluginDetail } from '../../server/protocol/integrations/plugin.ts';
import type { Screenshot } from './pluginPage.ts';
import { relativeInside } from '../system/host.ts';

const MAX_PICTURES = 4;
const MAX_BYTES = 2 * 1024 * 1024;
const beginnings: readonly (readonly [Screenshot['type'], RegExp])[] = [
	['image/png', /^\x89PNG\r\n\x1a\n/],
	['image/jpeg', /^\xff\xd8\xff/],
	['image/gif', /^GIF8[79]a/],
	['image/webp', /^RIFF[\s\S]{4}WEBP/],
];

/**
 * The pictures that a plugin shows of itself. `codexHome`: where installed plugins lie. Only files below the plugin's own folder that are
 * pictures, wherever a link leads; what is not is left out.
 */
export async function readScreenshots({ summary }: PluginDetail, codexHome: string): Promise<readonly Screenshot[]> {
	const own = summary.source.type === 'local' ? summary.source.path : path.join(codexHome, 'plugins', 'cache');
	const pictures = (summary.interface?.screenshots ?? []).slice(0, MAX_PICTURES).map((file) => readPicture(file, own).catch(() => null));
	return (await Promise.all(pictures)).filter((picture) => picture !== null);
}

async function readPicture(file: string, own: string): Promise<Screenshot | null> {
	const [target, root] = await Promise.all([fs.realpath(file), fs.realpath(own)]);
	if ((relativeInside(root, target) ?? '') === '') return null;
	const stats = await fs.stat(target);
	if (!stats.isFile() || stats.size > MAX_BYTES) return null;
	const bytes = await fs.readFile(target);
	const beginning = bytes.subarray(0, 16).toString('latin1');
	const type = beginnings.find(([, pattern]) => pattern.test(beginning))?.[0];
	return type === undefined ? null : { type, base64: bytes.toString('base64') };
}
