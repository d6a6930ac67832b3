/** Types of every folder with its own libraries, lint and format; `npm run check`. Runs them side by side and says of each what it found. */
import { spawn } from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, 'node_modules/.bin');

const steps: readonly { readonly name: string; readonly command: string; readonly args: readonly string[] }[] = [
	{ name: 'types: server/protocol (no Node, no DOM)', command: 'tsc', args: ['-p', 'server/protocol'] },
	{ name: 'types: server', command: 'tsc', args: ['-p', 'server'] },
	{ name: 'types: extension', command: 'tsc', args: ['-p', 'extension'] },
	{ name: 'types: webview (no Node)', command: 'tsc', args: ['-p', 'webview/tsconfig.page.json'] },
	{ name: 'types: webview and its tests', command: 'tsc', args: ['-p', 'webview'] },
	{ name: 'types: test', command: 'tsc', args: ['-p', 'test'] },
	{ name: 'lint', command: 'oxlint', args: ['--format=unix'] },
	{ name: 'rooms: the table in CONTRIBUTING.md', command: 'node', args: ['test/lint/writeRooms.mjs', '--check'] },
	{ name: 'dead exports', command: 'node', args: ['test/lint/deadExports.mjs'] },
	{ name: 'format', command: 'biome', args: ['format', '--reporter=summary', '.'] },
];

interface StepResult {
	readonly name: string;
	readonly ok: boolean;
	readonly output: string;
}

function runStep({ name, command, args }: (typeof steps)[number]): Promise<StepResult> {
	return new Promise((resolve) => {
		const child = spawn(path.join(bin, command), args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
		const chunks: Buffer[] = [];
		child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
		child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
		child.once('error', (error) => resolve({ name, ok: false, output: error.message }));
		child.once('close', (code) => resolve({ name, ok: code === 0, output: Buffer.concat(chunks).toString('utf8').trim() }));
	});
}

const waiting = [...steps];
const results: StepResult[] = [];

async function work(): Promise<void> {
	for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
		const result = await runStep(step);
		results.push(result);
		console.log(`${result.ok ? 'ok  ' : 'FAIL'} ${result.name}`);
		if (!result.ok) {
			console.log(result.output);
		}
	}
}

await Promise.all([work(), work(), work()]);
const failed = results.filter((result) => !result.ok).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
