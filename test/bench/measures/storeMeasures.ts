import { type BenchClient, withServer } from '../client.ts';
import { forgetIndex, type TestHome } from '../home.ts';
import { type Measure, repeated, timed } from '../measure.ts';
import { inHome, type Program } from '../program.ts';
import { writeStoredThread } from '../storedThreads.ts';

const THREAD_COUNT = 2000;
const FOLDER_COUNT = 20;
const TURN_COUNT = 1000;

const list: Measure = {
	id: 'list',
	rows: [
		{ key: 'listFirst', name: 'first `thread/list` over 2,000 threads (no index)', unit: 'ms', budget: 12 },
		{ key: 'list', name: '`thread/list` over 2,000 threads, warm', unit: 'ms', budget: 3, atMost: 0.1 },
		{ key: 'listFolder', name: '`thread/list` by folder, warm', unit: 'ms', budget: 3, atMost: 0.1 },
		{ key: 'listSidebar', name: 'the same, last changed first, as the sidebar asks', unit: 'ms', budget: 3 },
		{ key: 'listSearch', name: '`thread/list` with a search that finds nothing, warm', unit: 'ms', budget: null },
	],
	run: (program, model) =>
		inHome(model.server.url, async (home) => {
			for (let index = 0; index < THREAD_COUNT; index++) {
				await writeStoredThread(home.codexHome, { index, cwd: folder(home, index), turns: 1 });
			}
			const runs = await repeated(3, async () => {
				await forgetIndex(home);
				return withServer(program, home, async (client) => {
					const all = () => listThreads(client, {});
					const byFolder = () => listThreads(client, { cwd: folder(home, 7) });
					const sidebar = () => listThreads(client, { cwd: folder(home, 7), sortKey: 'updated_at' });
					const search = () => client.request('thread/list', { searchTerm: 'no thread says this' });
					const warm = async (work: () => Promise<unknown>) => (await repeated(14, () => timed(work))).slice(5);
					const first = await timed(all);
					return { first, all: await warm(all), folder: await warm(byFolder), sidebar: await warm(sidebar), search: await warm(search) };
				});
			});
			return {
				listFirst: runs.map((run) => run.first),
				list: runs.flatMap((run) => run.all),
				listFolder: runs.flatMap((run) => run.folder),
				listSidebar: runs.flatMap((run) => run.sidebar),
				listSearch: runs.flatMap((run) => run.search),
			};
		}),
};

const folder = (home: TestHome, index: number) => `${home.workspace}/project${index % FOLDER_COUNT}`;

async function listThreads(client: BenchClient, params: object): Promise<void> {
	const { data } = await client.request('thread/list', { limit: 25, ...params });
	if (data.length !== 25) {
		throw new Error(`thread/list gave ${data.length} threads instead of 25.`);
	}
}

const read: Measure = {
	id: 'read',
	rows: [
		{ key: 'read', name: '`thread/read` of 1,000 turns', unit: 'ms', budget: 50 },
		{ key: 'readFirst', name: 'the same, first of a process', unit: 'ms', budget: null },
		{ key: 'readAgain', name: 'the same, again', unit: 'ms', budget: null },
	],
	run: (program, model) =>
		inHome(model.server.url, (home) =>
			repeatedReads(program, home, async (client, threadId) => {
				const { thread } = await client.request('thread/read', { threadId, includeTurns: true });
				if (thread.turns.length !== TURN_COUNT) {
					throw new Error(`thread/read gave ${thread.turns.length} turns instead of ${TURN_COUNT}.`);
				}
			}).then(({ first, other, again }) => ({ read: other, readFirst: first, readAgain: again })),
		),
};

const lastTurns: Measure = {
	id: 'turns',
	rows: [
		{ key: 'turns', name: 'last 20 of 1,000 turns (`thread/turns/list`)', unit: 'ms', budget: 5 },
		{ key: 'turnsFirst', name: 'the same, first of a process', unit: 'ms', budget: null },
		{ key: 'turnsAgain', name: 'the same, again', unit: 'ms', budget: null },
	],
	run: (program, model) =>
		inHome(model.server.url, (home) =>
			repeatedReads(program, home, async (client, threadId) => {
				const { data } = await client.request('thread/turns/list', { threadId, limit: 20, sortDirection: 'desc', itemsView: 'full' });
				if (data.length !== 20) {
					throw new Error(`thread/turns/list gave ${data.length} turns instead of 20.`);
				}
			}).then(({ first, other, again }) => ({ turns: other, turnsFirst: first, turnsAgain: again })),
		),
};

/** Reads stored threads of 1,000 turns in several processes: in turns, so that nothing kept of the last one helps, and one again and again. */
async function repeatedReads(program: Program, home: TestHome, work: (client: BenchClient, threadId: string) => Promise<void>) {
	const [one, two] = await Promise.all([0, 1].map((index) => writeStoredThread(home.codexHome, { index, cwd: home.workspace, turns: TURN_COUNT })));
	if (one === undefined || two === undefined) {
		throw new Error('The threads were not written.');
	}
	const runs = await repeated(3, () =>
		withServer(program, home, async (client) => {
			const first = await timed(() => work(client, one));
			const other = await repeated(8, (n) => timed(() => work(client, n % 2 === 0 ? two : one)));
			return { first, other: other.slice(2), again: (await repeated(6, () => timed(() => work(client, one)))).slice(1) };
		}),
	);
	return { first: runs.map((run) => run.first), other: runs.flatMap((run) => run.other), again: runs.flatMap((run) => run.again) };
}

export const storeMeasures: readonly Measure[] = [list, read, lastTurns];
