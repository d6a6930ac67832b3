import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type BenchClient, withServer } from '../client.ts';
import { type Measure, type Row, repeated, timed } from '../measure.ts';
import { inHome } from '../program.ts';

const WORDS = ['src', 'lib', 'test', 'util', 'model', 'view', 'index', 'server', 'client', 'handler', 'parser', 'token', 'widget', 'panel', 'story'];
const word = (n: number) => WORDS[n % WORDS.length] ?? '';
const PER_FOLDER = 20;

/** A project of so many empty files, twenty in a folder. */
async function makeFiles(root: string, count: number): Promise<void> {
	await mkdir(path.join(root, '.git'), { recursive: true });
	await writeFile(path.join(root, '.gitignore'), 'node_modules/\n*.log\n/dist\n');
	for (let folder = 0; folder * PER_FOLDER < count; folder++) {
		const place = path.join(root, `${word(folder)}${Math.floor(folder / 225)}`, `${word(Math.floor(folder / 15))}_${folder}`);
		await mkdir(place, { recursive: true });
		const names = Array.from({ length: PER_FOLDER }, (_, n) => `${word(n + folder)}-${word(n * 3 + 1)}${n}.ts`);
		await Promise.all(names.map((name) => writeFile(path.join(place, name), '')));
	}
}

function search(given: { id: string; count: number; budget: number | null; onlyWhenNamed?: boolean }): Measure {
	const name = `fuzzy file search over ${given.count.toLocaleString('en')} files`;
	const rows: Row[] = [
		{ key: given.id, name, unit: 'ms', budget: given.budget, atMost: 0.5 },
		{ key: `${given.id}First`, name: `${name}: first of a process`, unit: 'ms', budget: null, atMost: 0.5 },
		{
			key: `${given.id}Typed`,
			name: `${name}: first of a process, half a second after a search without a query`,
			unit: 'ms',
			budget: null,
			atMost: 0.5,
		},
		{ key: `${given.id}Memory`, name: `${name}: memory of the process after it`, unit: 'MiB', budget: null },
	];
	return {
		id: given.id,
		rows,
		...(given.onlyWhenNamed === undefined ? {} : { onlyWhenNamed: given.onlyWhenNamed }),
		run: (program, model) =>
			inHome(model.server.url, async (home) => {
				await makeFiles(home.workspace, given.count);
				const asking = (client: BenchClient) => async (query: string) => {
					const { files } = await client.request('fuzzyFileSearch', { query, roots: [home.workspace], cancellationToken: null });
					if (files.length === 0 && query !== '') throw new Error(`Nothing was found for ${query}.`);
				};
				const typed = await withServer(program, home, async (client) => {
					const ask = asking(client);
					// What a composer asks when it is about to be typed in.
					await ask('');
					await new Promise((resolve) => setTimeout(resolve, 500));
					return timed(() => ask('handler'));
				});
				return withServer(program, home, async (client) => {
					const ask = asking(client);
					const first = await timed(() => ask('handler'));
					const queries = ['handler', 'srvidx', 'model view', 'panel19', 'p', 'widgettoken', 'src/test'];
					// Pauses as between keys: what is known is looked at again.
					const runs = await repeated(21, async (n) => {
						await new Promise((resolve) => setTimeout(resolve, 120));
						return timed(() => ask(queries[n % queries.length] ?? 'x'));
					});
					const memory = await client.memory();
					return {
						[given.id]: runs,
						[`${given.id}First`]: [first],
						[`${given.id}Typed`]: [typed],
						[`${given.id}Memory`]: memory === null ? [] : [memory],
					};
				});
			}),
	};
}

function hundred(given: { id: string; name: string; policy: object }): Measure {
	return {
		id: given.id,
		rows: [
			{ key: given.id, name: `100 commands one after the other, ${given.name}`, unit: 'ms', budget: null },
			{ key: `${given.id}Memory`, name: `100 commands, ${given.name}: memory after them`, unit: 'MiB', budget: null },
		],
		run: (program, model) =>
			inHome(model.server.url, (home) =>
				withServer(program, home, async (client) => {
					const one = async () => {
						const params = { command: ['echo', 'bench'], cwd: home.workspace, sandboxPolicy: given.policy };
						const { exitCode, stdout, stderr } = await client.request('command/exec', params);
						if (exitCode !== 0 || stdout !== 'bench\n') throw new Error(`The command ended with ${exitCode}: ${stderr}`);
					};
					await one();
					const runs = await repeated(3, () => timed(() => repeated(100, one)));
					const memory = await client.memory();
					return { [given.id]: runs, [`${given.id}Memory`]: memory === null ? [] : [memory] };
				}),
			),
	};
}

const workspaceWrite = { type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeTmpdirEnvVar: false, excludeSlashTmp: false };

export const machineMeasures: readonly Measure[] = [
	search({ id: 'fuzzy', count: 20_000, budget: 15 }),
	search({ id: 'fuzzyLarge', count: 200_000, budget: null, onlyWhenNamed: true }),
	search({ id: 'fuzzyHuge', count: 500_000, budget: null, onlyWhenNamed: true }),
	hundred({ id: 'commands', name: 'full access', policy: { type: 'dangerFullAccess' } }),
	hundred({ id: 'commandsSandboxed', name: 'sandboxed', policy: workspaceWrite }),
];
