import { existsSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Figures, Row } from './measure.ts';
import { buildFolder } from './program.ts';

const bundles = ['serverMain.js', 'extension.js', 'webview.js'];

export const sizeRows: readonly Row[] = [
	...bundles.map((name) => ({ key: name, name: `bundle ${name}`, unit: 'MB', budget: null }) as const),
	{ key: 'vsix', name: 'packaged extension', unit: 'MB', budget: 8 },
];

/** Sizes of what is built, in MB of 1,000,000 bytes. The newest package counts; without one its row stays empty. */
export async function measureSizes(root: string): Promise<Figures> {
	const packages = await Promise.all([root, path.join(root, 'out')].map(packagesIn));
	const newest = packages.flat().toSorted((a, b) => b.mtimeMs - a.mtimeMs)[0];
	const sizes: Record<string, readonly number[]> = newest ? { vsix: [newest.size / 1e6] } : {};
	for (const name of bundles) {
		const file = path.join(buildFolder, name);
		if (existsSync(file)) {
			sizes[name] = [(await stat(file)).size / 1e6];
		}
	}
	return sizes;
}

async function packagesIn(folder: string) {
	const names = existsSync(folder) ? await readdir(folder) : [];
	return Promise.all(names.filter((name) => name.endsWith('.vsix')).map((name) => stat(path.join(folder, name))));
}
