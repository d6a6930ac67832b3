/**
 * `npm start [folder]`: builds Tiller and opens VS Code with it in the browser.
 * Order: build, fetch VS Code, start it, print the address, open the browser; Ctrl-C ends all of it.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { copySample, type SampleFolder } from './sampleFolder.ts';
import { workbenchAddress } from './vscode.ts';
import { startRun, type VscodeRun } from './vscodeRun.ts';

const checkout = path.resolve(import.meta.dirname, '../..');
const say = (line: string) => console.log(line);

function build(): Promise<void> {
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, ['esbuild.mjs'], { cwd: checkout, stdio: 'inherit' });
		child.once('error', reject);
		child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(`The build failed (esbuild.mjs ended with ${String(code)}).`))));
	});
}

/** Opens the person's browser where there is a screen; elsewhere the printed address has to do. */
function openBrowser(address: string): void {
	if (process.env['CI'] !== undefined) {
		return;
	}
	const screen = process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY'];
	const opener = new Map<string, readonly [string, ...string[]]>([
		['darwin', ['open', address]],
		['win32', ['explorer.exe', address]],
		...(screen === undefined || screen === '' ? [] : [['linux', ['xdg-open', address]] as const]),
	]).get(process.platform);
	if (opener !== undefined) {
		const [program, ...args] = opener;
		const child = spawn(program, args, { stdio: 'ignore', detached: true });
		child.once('error', () => say(`(${program} could not open the browser; open the address yourself.)`));
		child.unref();
	}
}

async function main(named: string | undefined): Promise<void> {
	if (named !== undefined && statSync(named, { throwIfNoEntry: false })?.isDirectory() !== true) {
		throw new Error(`${path.resolve(named)} is not a folder. Usage: npm start [folder]`);
	}
	const stopped = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
		process.on(signal, () => stopped.abort());
	}
	let sample: SampleFolder | undefined;
	let run: VscodeRun | undefined;
	try {
		await build();
		if (stopped.signal.aborted) {
			return;
		}
		sample = named === undefined ? await copySample() : undefined;
		const folder = sample?.path ?? (await realpath(named ?? '.'));
		const connectionToken = randomBytes(16).toString('hex');
		// We made the sample, so it is trusted; for a person's own folder VS Code asks, as always.
		run = await startRun({
			home: 'user',
			workspaceTrust: sample === undefined ? 'on' : 'off',
			connectionToken,
			// The chat opens in a new profile, unless nothing is to open at the start.
			settings: { 'workbench.startupEditor': 'welcomePageInEmptyWorkbench' },
			say,
		});
		if (stopped.signal.aborted) {
			return;
		}
		const address = workbenchAddress({ authority: run.authority, folder, extension: checkout, connectionToken });
		say(`\nVS Code with Tiller: ${address}\n`);
		say(
			sample === undefined
				? `Folder: ${folder}`
				: `Folder: ${folder} (a sample, thrown away at the end; to open your own: npm start -- /path/to/folder)`,
		);
		say('Ctrl-C ends it.');
		openBrowser(address);
		const stop = new Promise<'stopped'>((resolve) => stopped.signal.addEventListener('abort', () => resolve('stopped'), { once: true }));
		const end = await Promise.race([stop, run.ended.then(() => 'ended' as const)]);
		if (end === 'ended') {
			throw new Error('VS Code ended by itself.');
		}
	} finally {
		await run?.end();
		await sample?.remove();
		say('Ended.');
	}
}

main(process.argv[2]).catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
