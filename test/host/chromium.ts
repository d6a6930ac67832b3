import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';

const programs = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
const applications = [
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
	'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** The machine's Chromium or Chrome; on Debian, as root, it is installed when it is missing. */
export async function findChromium(say: (line: string) => void): Promise<string> {
	const found = installedChromium();
	if (found !== undefined) {
		return found;
	}
	const hint = 'The browser tests need Chromium or Chrome. On Debian or Ubuntu: apt-get install chromium; elsewhere install Google Chrome.';
	if (process.platform !== 'linux' || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).error !== undefined) {
		throw new Error(`No Chromium was found on this machine. ${hint}`);
	}
	say('Installing Chromium through apt-get (only this once).');
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	await aptGet(['update', '-q'], env);
	await aptGet(['install', '-q', '-y', '--no-install-recommends', 'chromium'], env);
	const installed = installedChromium();
	if (installed === undefined) {
		throw new Error(`apt-get installed Chromium, but there is no program chromium on the PATH. ${hint}`);
	}
	return installed;
}

function installedChromium(): string | undefined {
	const folders = (process.env['PATH'] ?? '').split(path.delimiter).concat('/usr/bin', '/usr/local/bin');
	const candidates = [...folders.flatMap((folder) => programs.map((program) => path.join(folder, program))), ...applications];
	return candidates.find((file) => {
		try {
			accessSync(file, constants.X_OK);
			return true;
		} catch {
			return false;
		}
	});
}

function aptGet(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn('apt-get', args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
		let errors = '';
		child.stderr.on('data', (chunk: Buffer) => {
			errors = (errors + chunk.toString()).slice(-4000);
		});
		child.once('error', reject);
		child.once('close', (code) => {
			if (code === 0) {
				resolve();
			} else {
				reject(new Error(`apt-get ${args.join(' ')} ended with ${String(code)}:\n${errors.trim()}`));
			}
		});
	});
}
