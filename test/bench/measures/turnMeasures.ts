import { setTimeout as pause } from 'node:timers/promises';
import { BenchClient, Refusal, withServer } from '../client.ts';
import { type Measure, repeated, timed } from '../measure.ts';
import { commandReplies, manyCommandReplies, manyDeltas, shortAnswer, type TimedModel } from '../model.ts';
import { inHome } from '../program.ts';

const start: Measure = {
	id: 'start',
	rows: [
		{ key: 'start', name: 'process start to `initialize` answered', unit: 'ms', budget: 100 },
		{ key: 'memory', name: 'memory, idle, one thread', unit: 'MiB', budget: 70 },
	],
	run: (program, model) =>
		inHome(model.server.url, async (home) => {
			const runs = await repeated(9, async () => {
				const began = performance.now();
				const client = await BenchClient.connect(program, home);
				const ms = performance.now() - began;
				await client.startThread();
				const memory = await settledMemory(client);
				await client.close();
				return { ms, memory };
			});
			return { start: runs.map((run) => run.ms), memory: present(runs.map((run) => run.memory)) };
		}),
};

const shortTurn: Measure = {
	id: 'turn',
	rows: [
		{ key: 'turn', name: 'turn with one short message, overhead', unit: 'ms', budget: 8 },
		{ key: 'firstTurn', name: 'the same, first of a process', unit: 'ms', budget: null },
	],
	run: (program, model) =>
		inHome(model.server.url, (home) =>
			withServer(program, home, async (client) => {
				const runs = await repeated(20, () => overhead(client, model, { replies: [shortAnswer], params: {} }));
				return { firstTurn: runs.slice(0, 1), turn: runs.slice(4) };
			}),
		),
};

const DELTA_COUNT = 20_000;

const deltas: Measure = {
	id: 'deltas',
	rows: [{ key: 'deltas', name: '20,000 text deltas through to the client', unit: 'ms', budget: 450 }],
	run: (program, model) =>
		inHome(model.server.url, async (home) => {
			const pieces = Array.from({ length: DELTA_COUNT }, (_, n) => `w${n} `);
			const body = manyDeltas(pieces);
			const length = pieces.join('').length;
			const runs = await repeated(program.name === 'ours' ? 5 : 2, () =>
				withServer(program, home, async (client) => {
					const threadId = await client.startThread();
					model.reply(body);
					const ms = await timed(() => client.runTurn(threadId, 'Write much.'));
					const text: unknown = client.items.get(threadId)?.find((item) => item.type === 'agentMessage')?.text;
					if (typeof text !== 'string' || text.length !== length || client.deltas === 0) {
						throw new Error(`The text did not come through: ${client.deltas} deltas, text of ${String(text).length} of ${length} characters.`);
					}
					return ms;
				}),
			);
			return { deltas: runs };
		}),
};

function command(given: { id: string; name: string; budget: number; sandbox: string }): Measure {
	return {
		id: given.id,
		rows: [{ key: given.id, name: `turn with one command, ${given.name}`, unit: 'ms', budget: given.budget }],
		run: (program, model) =>
			inHome(model.server.url, (home) =>
				withServer(program, home, async (client) => {
					const params = { cwd: home.workspace, sandbox: given.sandbox };
					const runs = await repeated(12, () => overhead(client, model, { replies: commandReplies, params, check: ranCommand }));
					return { [given.id]: runs.slice(2) };
				}),
			),
	};
}

const fullAccess = command({ id: 'command', name: 'full access', budget: 40, sandbox: 'danger-full-access' });
const sandboxed = command({ id: 'sandbox', name: 'sandboxed', budget: 60, sandbox: 'workspace-write' });

const manyCalls = (id: string, calls: number): Measure => ({
	id,
	onlyWhenNamed: id !== 'calls',
	rows: [{ key: id, name: `turn of ${calls} commands one after the other, full access, a command`, unit: 'ms', budget: null }],
	run: (program, model) =>
		inHome(model.server.url, (home) =>
			withServer(program, home, async (client) => {
				const params = { cwd: home.workspace, sandbox: 'danger-full-access' };
				const runs = await repeated(id === 'calls' ? 3 : 1, () =>
					overhead(client, model, { replies: manyCommandReplies(calls), params, check: ranCommand }),
				);
				return { [id]: runs.map((ms) => ms / calls) };
			}),
		),
});

const dispatch: Measure = {
	id: 'dispatch',
	rows: [
		{ key: 'roundTrip', name: 'one small request, there and back', unit: 'µs', budget: null },
		{ key: 'dispatch', name: 'one small request of 100 at a time', unit: 'µs', budget: 200 },
	],
	run: (program, model) =>
		inHome(model.server.url, (home) =>
			withServer(program, home, async (client) => {
				const ask = () => client.request('thread/loaded/list', {});
				await repeated(500, ask);
				const alone = await repeated(9, () => timed(() => repeated(100, ask)));
				const together = await repeated(9, () => timed(() => Promise.all(Array.from({ length: 100 }, ask))));
				return { roundTrip: alone.map((ms) => ms * 10), dispatch: together.map((ms) => ms * 10) };
			}),
		),
};

const manyThreads: Measure = {
	id: 'threads',
	rows: [
		{ key: 'threads', name: '30 threads, one turn each: time', unit: 'ms', budget: 300 },
		{ key: 'threadsMemory', name: '30 threads, one turn each: memory', unit: 'MiB', budget: 115 },
	],
	run: (program, model) =>
		inHome(model.server.url, async (home) => {
			const runs = await repeated(3, () =>
				withServer(program, home, async (client) => {
					model.reply(...Array.from({ length: 30 }, () => shortAnswer));
					const one = async () => client.runTurn(await client.startThread(), 'Say hello.');
					const ms = await timed(() => Promise.all(Array.from({ length: 30 }, one)));
					return { ms, memory: await settledMemory(client) };
				}),
			);
			return { threads: runs.map((run) => run.ms), threadsMemory: present(runs.map((run) => run.memory)) };
		}),
};

export const turnMeasures: readonly Measure[] = [
	start,
	shortTurn,
	deltas,
	fullAccess,
	sandboxed,
	manyCalls('calls', 50),
	manyCalls('calls500', 500),
	manyCalls('calls5000', 5000),
	dispatch,
	manyThreads,
];

/** A turn in a thread of its own, from `turn/start` to `turn/completed`, less the time that the model took. */
async function overhead(
	client: BenchClient,
	model: TimedModel,
	given: { replies: readonly string[]; params: object; check?: (client: BenchClient, threadId: string) => void },
): Promise<number> {
	const threadId = await client.startThread(given.params);
	model.reset();
	model.reply(...given.replies);
	const ms = await timed(() => client.runTurn(threadId, 'Say hello.'));
	given.check?.(client, threadId);
	return ms - (await model.ownTime());
}

/** A turn whose command did not run would be a fast one. */
function ranCommand(client: BenchClient, threadId: string): void {
	const item = client.items.get(threadId)?.find((each) => each.type === 'commandExecution');
	if (item === undefined) {
		throw new Refusal('no command was run');
	}
	if (item.exitCode !== 0) {
		throw new Refusal(`the command ended with ${item.exitCode}: ${String(item.aggregatedOutput).slice(0, 200)}`);
	}
}

/** Memory when the work of the start is over: the last of the samples, taken until it stops moving. */
async function settledMemory(client: BenchClient): Promise<number | null> {
	let before = await client.memory();
	for (let sample = 0; sample < 10; sample++) {
		await pause(150);
		const now = await client.memory();
		if (now === null || before === null || Math.abs(now - before) < 0.25) {
			return now;
		}
		before = now;
	}
	return before;
}

const present = (values: readonly (number | null)[]): number[] => values.filter((value) => value !== null);
