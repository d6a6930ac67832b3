import { type BenchClient, withServer } from './client.ts';
import { type Measure, repeated, timed } from './measure.ts';
import { inHome } from './program.ts';
import { writeStoredThread } from './storedThreads.ts';

const turnCount = 20_000;

async function turnsPage(client: BenchClient, params: object): Promise<string> {
	const { data, nextCursor } = await client.request('thread/turns/list', { limit: 20, sortDirection: 'desc', itemsView: 'full', ...params });
	if (data.length !== 20 || nextCursor === null) throw new Error(`thread/turns/list gave ${data.length} turns instead of 20.`);
	return nextCursor;
}

/** A thread of 200 MB whose history was compacted five turns before its end. */
const longThread: Measure = {
	id: 'long',
	rows: [
		{ key: 'longTurns', name: 'last 20 of 20,000 turns, first of a process', unit: 'ms', budget: null },
		{ key: 'longPage', name: 'a page further on', unit: 'ms', budget: null },
		{ key: 'longResume', name: '`thread/resume` of 20,000 turns, without them', unit: 'ms', budget: null },
		{ key: 'longOldest', name: 'first 20 of 20,000 turns', unit: 'ms', budget: null },
		{ key: 'longMemory', name: 'memory after all this', unit: 'MiB', budget: null },
	],
	run: (program, model) =>
		inHome(model.server.url, async (home) => {
			const threadId = await writeStoredThread(home.codexHome, { index: 0, cwd: home.workspace, turns: turnCount, compacted: turnCount - 5 });
			const runs = await repeated(3, () =>
				withServer(program, home, async (client) => {
					let cursor = '';
					const turns = await timed(async () => {
						cursor = await turnsPage(client, { threadId });
					});
					const page = await timed(() => turnsPage(client, { threadId, cursor }));
					const resume = await timed(() => client.request('thread/resume', { threadId, excludeTurns: true }));
					const oldest = await timed(() => turnsPage(client, { threadId, sortDirection: 'asc' }));
					return { turns, page, resume, oldest, memory: await client.memory() };
				}),
			);
			return {
				longTurns: runs.map((run) => run.turns),
				longPage: runs.map((run) => run.page),
				longResume: runs.map((run) => run.resume),
				longOldest: runs.map((run) => run.oldest),
				longMemory: runs.flatMap((run) => (run.memory === null ? [] : [run.memory])),
			};
		}),
};

export const historyMeasures: readonly Measure[] = [longThread];
