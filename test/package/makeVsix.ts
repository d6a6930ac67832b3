/** `npm run package` after the build: what is in dist/ becomes out/tiller-VERSION.vsix. Nothing is fetched. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

/** Gives the path of the package. */
export function makeVsix(folder = path.join(root, 'out')): string {
	const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };
	const file = path.join(folder, `tiller-${version}.vsix`);
	mkdirSync(folder, { recursive: true });
	const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
	const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
	const result = spawnSync(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
	if (result.status !== 0) {
		throw new Error(`vsce could not make the package:\n${result.stdout}\n${result.stderr}`, { cause: result.error });
	}
	return file;
}

if (import.meta.main) {
	console.log(makeVsix());
}
