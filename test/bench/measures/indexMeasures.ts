import { statSync } from 'node:fs';
import { indexFile } from '../../../server/store/index/indexDatabase.ts';
import { type BenchClient, withServer } from '../client.ts';
import { forgetIndex, type TestHome } from '../home.ts';
import { type Figures, type Measure, repeated, type Row, timed } from '../measure.ts';
import { inHome, type Program } from '../program.ts';
import { writeStoredThread } from '../storedThreads.ts';

const FOLDER_COUNT = 20;

/** Lists and searches with an index that an earlier process has made. */
function indexMeasure(id: string, given: { readonly threads: number; readonly isSmall: boolean; readonly budget: number | null }): Measure {
	const count = given.threads.toLocaleString('en');
	const row = (key: string, name: string, more: Partial<Row> = {}): Row => ({ key: id + key, name, unit: 'ms', budget: null, ...more });
	return {
		id,
		onlyWhenNamed: id !== 'index',
		rows: [
			row('NoIndex', `first \`thread/list\` over ${count} threads (no index)`, { budget: given.budget === null ? null : 12 }),
			row('Build', `the index of ${count} threads made, in the background`),
			row('Size', `its size`, { unit: 'MB' }),
			row('First', `first \`thread/list\` over ${count} threads, with the index`),
			row('FirstFolder', 'the first by folder'),
			row('Warm', 'any, warm', { budget: given.budget }),
			row('Folder', 'by folder, warm', { budget: given.budget }),
			row('Sidebar', 'by folder, last changed first, warm', { budget: given.budget }),
			row('Changed', 'all, last changed first, warm'),
			row('Nothing', 'with a search that finds nothing, warm'),
			row('Word', '`thread/search` of a word that every thread has'),
			row('Rare', '`thread/search` of words that one thread has'),
			row('Memory', 'memory after all that', { unit: 'MiB' }),
		],
		run: (program, model) => inHome(model.server.url, (home) => run(program, home, id, given)),
	};
}

const folder = (home: TestHome, index: number) => `${home.workspace}/project${index % FOLDER_COUNT}`;

async function run(program: Program, home: TestHome, id: string, given: { threads: number; isSmall: boolean }): Promise<Figures> {
	for (let index = 0; index < given.threads; index++) {
		await writeStoredThread(home.codexHome, { index, cwd: folder(home, index), turns: 1, isSmall: given.isSmall });
	}
	await forgetIndex(home);
	const list = async (client: BenchClient, params: object) => {
		const { data } = await client.request('thread/list', { limit: 25, ...params });
		if (data.length !== 25) throw new Error(`thread/list gave ${data.length} threads instead of 25.`);
	};
	const search = async (client: BenchClient, query: string, hits: number) => {
		const { data } = await client.request('thread/search', { query });
		if (data.length !== hits) throw new Error(`thread/search gave ${data.length} hits instead of ${hits}.`);
	};
	const byFolder = { cwd: folder(home, 7) };
	const built = await withServer(program, home, async (client) => {
		const noIndex = await timed(() => list(client, {}));
		const build = await timed(async () => {
			while (!(await client.request('thread/search', { query: 'x' })).isComplete);
		});
		return { noIndex, build };
	});
	const runs = await repeated(3, () =>
		withServer(program, home, async (client) => {
			const warm = async (work: () => Promise<unknown>) => (await repeated(12, () => timed(work))).slice(4);
			return {
				First: [await timed(() => list(client, {}))],
				FirstFolder: [await timed(() => list(client, byFolder))],
				Warm: await warm(() => list(client, {})),
				Folder: await warm(() => list(client, byFolder)),
				Sidebar: await warm(() => list(client, { ...byFolder, sortKey: 'updated_at' })),
				Changed: await warm(() => list(client, { sortKey: 'updated_at' })),
				Nothing: await warm(() => client.request('thread/list', { searchTerm: 'no thread says this' })),
				Word: await warm(() => search(client, 'please part', 25)),
				Rare: await warm(() => search(client, `"thread ${given.threads - 12}"`, 1)),
				Memory: [await client.memory()].filter((memory) => memory !== null),
			};
		}),
	);
	const size = statSync(indexFile(home.codexHome)).size / 1e6;
	const figures = (key: keyof (typeof runs)[number]) => runs.flatMap((each) => each[key]);
	const keys = ['First', 'FirstFolder', 'Warm', 'Folder', 'Sidebar', 'Changed', 'Nothing', 'Word', 'Rare', 'Memory'] as const;
	return {
		[`${id}NoIndex`]: [built.noIndex],
		[`${id}Build`]: [built.build],
		[`${id}Size`]: [size],
		...Object.fromEntries(keys.map((key) => [id + key, figures(key)])),
	};
}

export const indexMeasures: readonly Measure[] = [
	indexMeasure('index', { threads: 2000, isSmall: false, budget: 3 }),
	indexMeasure('many', { threads: 50_000, isSmall: true, budget: null }),
	// How it grows.
	indexMeasure('many1k', { threads: 1000, isSmall: true, budget: null }),
	indexMeasure('many10k', { threads: 10_000, isSmall: true, budget: null }),
	indexMeasure('many100k', { threads: 100_000, isSmall: true, budget: null }),
	indexMeasure('many1m', { threads: 1_000_000, isSmall: true, budget: null }),
];
