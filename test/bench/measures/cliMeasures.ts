import { type BenchClient, Refusal, withServer } from '../client.ts';
import { type Generation, writeCliThread } from '../cliThreads.ts';
import { type Measure, repeated, timed } from '../measure.ts';
import { shortAnswer } from '../model.ts';
import { inHome } from '../program.ts';

const TURN_COUNT = 1000;
const CALL_COUNT = 3;

function checkTurns(method: string, thread: { readonly turns: readonly unknown[] }): void {
	if (thread.turns.length !== TURN_COUNT) throw new Refusal(`${method} gave ${thread.turns.length} turns instead of ${TURN_COUNT}`);
}

/** Threads that the CLI wrote, read by another program. */
function cliThreads(id: string, generation: Generation): Measure {
	const form = `of 1,000 turns as the CLI ${generation} writes them`;
	return {
		id,
		rows: [
			{ key: `${id}ReadFirst`, name: `\`thread/read\` ${form}, first of a process`, unit: 'ms', budget: null, atMost: 0.5 },
			{ key: `${id}Read`, name: `\`thread/read\` ${form}`, unit: 'ms', budget: null, atMost: 0.5 },
			{ key: `${id}Resume`, name: `\`thread/resume\` ${form}`, unit: 'ms', budget: null, atMost: 0.3 },
		],
		run: (program, model) =>
			inHome(model.server.url, async (home) => {
				const write = (index: number) =>
					writeCliThread(home.codexHome, { generation, index, cwd: home.workspace, turns: TURN_COUNT, calls: CALL_COUNT });
				const ids = [await write(0), await write(1), await write(2)] as const;
				const read = async (client: BenchClient, threadId: string) =>
					checkTurns('thread/read', (await client.request('thread/read', { threadId, includeTurns: true })).thread);
				const resume = async (client: BenchClient, threadId: string) =>
					checkTurns('thread/resume', (await client.request('thread/resume', { threadId })).thread);
				const runs = await repeated(3, () =>
					withServer(program, home, async (client) => {
						const first = await timed(() => read(client, ids[0]));
						const others = await repeated(6, (n) => timed(() => read(client, ids[n % 2 === 0 ? 1 : 0])));
						return { first, others, resume: await timed(() => resume(client, ids[2])) };
					}),
				);
				return {
					[`${id}ReadFirst`]: runs.map((run) => run.first),
					[`${id}Read`]: runs.flatMap((run) => run.others),
					[`${id}Resume`]: runs.map((run) => run.resume),
				};
			}),
	};
}

const firstDelta: Measure = {
	id: 'firstDelta',
	rows: [
		{ key: 'threadStart', name: '`thread/start`', unit: 'ms', budget: null, atMost: 0.4 },
		{ key: 'threadStartFirst', name: '`thread/start`, first of a process', unit: 'ms', budget: null, atMost: 0.4 },
		{ key: 'firstDelta', name: "a thread's first turn: time to the first delta", unit: 'ms', budget: null, atMost: 0.5 },
		{ key: 'firstDeltaFirst', name: "the same, a process's first turn", unit: 'ms', budget: null, atMost: 0.5 },
	],
	run: (program, model) =>
		inHome(model.server.url, async (home) => {
			const runs = await repeated(3, () =>
				withServer(program, home, (client) =>
					repeated(10, async () => {
						let threadId = '';
						const start = await timed(async () => {
							threadId = await client.startThread({ cwd: home.workspace });
						});
						model.reset();
						model.reply(shortAnswer);
						let delta = 0;
						const began = performance.now();
						const came = client.nextDelta().then(() => {
							delta = performance.now() - began;
						});
						await client.runTurn(threadId, 'Say hello.');
						await came;
						return { start, delta };
					}),
				),
			);
			const later = runs.flatMap((run) => run.slice(2));
			const first = runs.flatMap((run) => run.slice(0, 1));
			return {
				threadStart: later.map((run) => run.start),
				threadStartFirst: first.map((run) => run.start),
				firstDelta: later.map((run) => run.delta),
				firstDeltaFirst: first.map((run) => run.delta),
			};
		}),
};

export const cliMeasures: readonly Measure[] = [cliThreads('cli130', '0.130'), cliThreads('cli171', '0.171'), firstDelta];
