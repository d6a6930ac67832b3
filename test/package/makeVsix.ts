/**
 * `npm run package [-- --target NAME|all]` after the build: what is in dist/ becomes out/tiller-VERSION.vsix, for every system, or
 * out/tiller-TARGET-VERSION.vsix with the native parts of one system only. npm installs the keyring module of this system; those of other
 * targets are fetched from the registry, and nothing else is.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { ignoreFor, keyringOf, type Target, targetNamed, targets } from './targets.ts';

const root = path.resolve(import.meta.dirname, '../..');

export interface VsixOptions {
	readonly folder?: string;
	/** Left out: one package for all systems. */
	readonly target?: Target;
	/** Whether a keyring module that is not here is fetched, or left out. */
	readonly keyring?: 'fetch' | 'leaveOut';
}

/** Gives the path of the package. */
export function makeVsix({ folder = path.join(root, 'out'), target, keyring = 'leaveOut' }: VsixOptions = {}): string {
	const { version } = readJson(path.join(root, 'package.json')) as { version: string };
	const file = path.join(folder, `tiller-${target === undefined ? '' : `${target}-`}${version}.vsix`);
	mkdirSync(folder, { recursive: true });
	if (target !== undefined && keyring === 'fetch') fetchKeyring(target);
	const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
	const scratch = mkdtempSync(path.join(os.tmpdir(), 'tiller-package-'));
	try {
		const args = [vsce, 'package', '--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links', '--out', file];
		if (target !== undefined) {
			const ignore = path.join(scratch, 'ignore');
			writeFileSync(ignore, ignoreFor(target, readFileSync(path.join(root, '.vscodeignore'), 'utf8')));
			args.push('--target', target, '--ignoreFile', ignore);
		}
		run(process.execPath, args, root);
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
	return file;
}

/** Puts the target's keyring module into dist, where the next build removes it again. */
function fetchKeyring(target: Target): void {
	const name = `keyring.${keyringOf(target)}.node`;
	const place = path.join(root, 'dist/keyring', name);
	if (existsSync(place)) return;
	const { optionalDependencies = {} } = readJson(path.join(root, 'node_modules/@napi-rs/keyring/package.json')) as {
		optionalDependencies?: Readonly<Record<string, string>>;
	};
	const module = `@napi-rs/keyring-${keyringOf(target)}`;
	const scratch = mkdtempSync(path.join(os.tmpdir(), 'tiller-keyring-'));
	try {
		run('npm', ['pack', '--silent', '--pack-destination', scratch, `${module}@${optionalDependencies[module] ?? 'missing'}`], scratch);
		const [archive = ''] = readdirSync(scratch).filter((each) => each.endsWith('.tgz'));
		run('tar', ['xzf', archive], scratch);
		mkdirSync(path.dirname(place), { recursive: true });
		copyFileSync(path.join(scratch, 'package', name), place);
	} finally {
		rmSync(scratch, { recursive: true, force: true });
	}
}

function readJson(file: string): unknown {
	return JSON.parse(readFileSync(file, 'utf8'));
}

function run(program: string, args: readonly string[], cwd: string): void {
	const { status, stdout, stderr, error } = spawnSync(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
	if (status === 0) return;
	throw new Error(`${path.basename(program)} ${args[0] ?? ''} could not make the package:\n${stdout ?? ''}\n${stderr ?? ''}`, { cause: error });
}

function main(): void {
	const { target: names = [] } = parseArgs({ options: { target: { type: 'string', multiple: true } } }).values;
	if (names.length === 0) console.log(makeVsix());
	const wanted = names.includes('all') ? targets : names.map(targetNamed);
	for (const target of wanted) console.log(makeVsix({ target, keyring: 'fetch' }));
}

if (import.meta.main) main();
