/**
 * Runs turns over many threads of one server for as long as it takes, and says what they left behind:
 *   npm run soak [-- --turns 20000] [--threads 50] [--no-build]
 * Each tenth turn runs a command, each hundredth of a thread compacts it, and pages are read in between, as an editor does. The memory that
 * is left after each part is fitted by a line behind the warm-up. The exit status is 1 when it grows by more than 1 MB per 1,000 turns, or
 * when descriptors, processes or files are left.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { type BenchClient, withServer } from './client.ts';
import { commandReplies, shortAnswer, TimedModel } from './model.ts';
import { buildFolder, inHome, ourProgram } from './program.ts';

const { values: flags } = parseArgs({
	options: { turns: { type: 'string', default: '20000' }, threads: { type: 'string', default: '50' }, build: { type: 'boolean', default: true } },
	allowNegative: true,
});

/** Turns between two looks. */
const PART = 250;
/** MiB for each thousand turns. */
const MAX_SLOPE = 1;
/** So much of the run is warm-up. */
const WARM_UP = 0.3;

interface Sample {
	readonly turns: number;
	readonly memory: number;
	readonly descriptors: number;
	readonly children: number;
	/** In the home, without the rollouts. */
	readonly files: number;
}

function look(client: BenchClient, { turns, memory, codexHome }: { turns: number; memory: number; codexHome: string }): Sample {
	const own = `/proc/${client.pid}`;
	const children = readFileSync(`${own}/task/${client.pid}/children`, 'utf8').split(' ').filter(Boolean);
	const files = readdirSync(codexHome, { recursive: true }).map(String);
	return {
		...{ turns, memory, descriptors: readdirSync(`${own}/fd`).length, children: children.length },
		files: files.filter((file) => !file.startsWith('sessions') && !file.includes(`${path.sep}turns${path.sep}`)).length,
	};
}

async function oneTurn(client: BenchClient, model: TimedModel, { thread, turn, workspace }: { thread: string; turn: number; workspace: string }) {
	const isCommand = turn % 10 === 9;
	model.reply(...(isCommand ? commandReplies : [shortAnswer]));
	await client.runTurn(thread, `Say hello for the ${turn}th time in ${workspace}.`);
	if (turn % 25 === 24) {
		await client.request('thread/turns/list', { threadId: thread, limit: 20, sortDirection: 'desc', itemsView: 'full' });
		await client.request('thread/list', { limit: 25, sortKey: 'updated_at' });
	}
	if (turn % 100 !== 99) return;
	model.reply(shortAnswer);
	const compacted = client.turnEnd(thread);
	await client.request('thread/compact/start', { threadId: thread });
	await compacted;
}

/** Growth of the memory in MiB for each thousand turns, by least squares, behind the warm-up. */
function slopeOf(samples: readonly Sample[]): number {
	const later = samples.filter(({ turns }) => turns >= WARM_UP * (samples.at(-1)?.turns ?? 0));
	const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
	const [x, y] = [mean(later.map(({ turns }) => turns)), mean(later.map(({ memory }) => memory))];
	const [over, under] = [
		later.reduce((sum, { turns, memory }) => sum + (turns - x) * (memory - y), 0),
		later.reduce((sum, { turns }) => sum + (turns - x) ** 2, 0),
	];
	return under === 0 ? 0 : (over / under) * 1000;
}

async function soak(turns: number, threadCount: number): Promise<readonly Sample[]> {
	const model = await TimedModel.start();
	const samples: Sample[] = [];
	try {
		await inHome(model.server.url, (home) =>
			withServer(ourProgram(buildFolder, undefined), home, async (client) => {
				const threads: string[] = [];
				for (let n = 0; n < threadCount; n++) {
					threads.push(await client.startThread({ cwd: home.workspace, sandbox: 'danger-full-access', approvalPolicy: 'never' }));
				}
				for (let n = 0; n < turns; n++) {
					await oneTurn(client, model, { thread: threads[n % threadCount] ?? '', turn: Math.floor(n / threadCount), workspace: home.workspace });
					if (n % PART !== PART - 1) continue;
					client.items.clear();
					model.reset();
					model.server.requests.splice(0);
					const sample = look(client, { turns: n + 1, memory: (await client.memory()) ?? 0, codexHome: home.codexHome });
					samples.push(sample);
					console.log(
						Object.values(sample)
							.map((value) => String(Math.round(value * 10) / 10).padStart(10))
							.join(''),
					);
				}
			}),
		);
	} finally {
		await model.server.stop();
	}
	return samples;
}

const [turns, threads] = [Number(flags.turns), Number(flags.threads)];
if (![turns, threads].every((value) => Number.isSafeInteger(value) && value > 0)) throw new Error('--turns and --threads are numbers above 0.');
if (flags.build) {
	const { status } = spawnSync(process.execPath, ['esbuild.mjs', '--production', `--outdir=${buildFolder}`], {
		stdio: ['ignore', 'ignore', 'inherit'],
	});
	if (status !== 0) throw new Error('The server could not be built.');
}
console.log(['turns', 'MiB', 'open', 'children', 'files'].map((name) => name.padStart(10)).join(''));
const samples = await soak(turns, threads);
const slope = slopeOf(samples);
const warm = samples.find((sample) => sample.turns >= WARM_UP * turns);
const last = samples.at(-1);
const left = (['descriptors', 'children', 'files'] as const).filter((what) => (last?.[what] ?? 0) > (warm?.[what] ?? 0));
console.log(`\n${slope.toFixed(2)} MiB for each 1,000 turns behind the warm-up (at most ${MAX_SLOPE}); left: ${left.join(', ') || 'nothing'}.`);
console.log(
	`${turns} turns over ${threads} threads, Node ${process.version}, load ${loadavg()
		.map((each) => each.toFixed(1))
		.join(' ')}.`,
);
process.exitCode = slope > MAX_SLOPE || left.length > 0 ? 1 : 0;
