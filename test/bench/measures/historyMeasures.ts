import { type BenchClient, withServer } from '../client.ts';
import { type Measure, repeated, timed } from '../measure.ts';
import { shortAnswer } from '../model.ts';
import { inHome } from '../program.ts';
import { writeStoredThread } from '../storedThreads.ts';

async function turnsPage(client: BenchClient, params: object): Promise<string> {
	const { data, nextCursor } = await client.request('thread/turns/list', { limit: 20, sortDirection: 'desc', itemsView: 'full', ...params });
	if (data.length !== 20 || nextCursor === null) throw new Error(`thread/turns/list gave ${data.length} turns instead of 20.`);
	return nextCursor;
}

/** A thread of 10 KB a turn whose history was compacted five turns before its end. */
const longThread = (id: string, turnCount: number): Measure => ({
	id,
	onlyWhenNamed: id !== 'long',
	rows: [
		{ key: `${id}Turns`, name: `last 20 of ${turnCount.toLocaleString('en')} turns, first of a process`, unit: 'ms', budget: null },
		{ key: `${id}Page`, name: 'a page further on', unit: 'ms', budget: null },
		{ key: `${id}Resume`, name: `\`thread/resume\` of ${turnCount.toLocaleString('en')} turns, without them`, unit: 'ms', budget: null },
		{ key: `${id}Oldest`, name: `first 20 of ${turnCount.toLocaleString('en')} turns`, unit: 'ms', budget: null },
		{ key: `${id}Compact`, name: 'compacted', unit: 'ms', budget: null },
		{ key: `${id}Revert`, name: 'its last turn taken back', unit: 'ms', budget: null },
		{ key: `${id}Memory`, name: 'memory after all this', unit: 'MiB', budget: null },
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
					model.reply(shortAnswer);
					const compact = await timed(async () => {
						const ended = client.turnEnd(threadId);
						await client.request('thread/compact/start', { threadId });
						await ended;
					});
					const last = await client.request('thread/turns/list', { threadId, limit: 1, sortDirection: 'desc' });
					const revert = await timed(() => client.request('thread/revert', { threadId, beforeTurnId: last.data[0].id }));
					return { turns, page, resume, oldest, compact, revert, memory: await client.memory() };
				}),
			);
			return {
				[`${id}Turns`]: runs.map((run) => run.turns),
				[`${id}Page`]: runs.map((run) => run.page),
				[`${id}Resume`]: runs.map((run) => run.resume),
				[`${id}Oldest`]: runs.map((run) => run.oldest),
				[`${id}Compact`]: runs.map((run) => run.compact),
				[`${id}Revert`]: runs.map((run) => run.revert),
				[`${id}Memory`]: runs.flatMap((run) => (run.memory === null ? [] : [run.memory])),
			};
		}),
});

/** The others show how it grows. */
export const historyMeasures: readonly Measure[] = [
	longThread('long', 20_000),
	longThread('long1k', 1000),
	longThread('long10k', 10_000),
	longThread('long100k', 100_000),
];
