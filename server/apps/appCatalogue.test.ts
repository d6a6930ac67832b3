import assert from 'node:assert/strict';
import { AppCatalogue } from './appCatalogue.ts';
import { readDirectory } from './appDirectory.ts';
import { type AccessibleApp, appOfTool, type DirectoryApp, type ListedApp, mergeApps } from './appEntry.ts';
import { inEnglish } from '../words/l10n.ts';

const signal = new AbortController().signal;
const inDirectory = (id: string): DirectoryApp => ({ id, name: id.toUpperCase(), entry: { description: `${id} of the directory` } });
const usable = (id: string): AccessibleApp => ({ id, name: id, description: `${id} of the gateway` });
const ids = (apps: readonly ListedApp[]) => apps.map(({ id, isAccessible }) => (isAccessible ? id : `(${id})`)).join(' ');

describe('the apps of an account', () => {
	it('that can be used come first; the words of the directory win; what it does not list stays', () => {
		const apps = mergeApps([inDirectory('b'), inDirectory('a'), inDirectory('c')], [usable('c'), usable('zz')]);
		assert.equal(ids(apps), 'c zz (a) (b)');
		assert.equal(apps[0]?.description, 'c of the directory');
		assert.equal(apps[1]?.description, 'zz of the gateway');
	});

	it('belong to the tools that name them', () => {
		assert.deepEqual(appOfTool({ _meta: { connector_id: 'm', connector_name: 'Mail', connector_description: 'd' } }), {
			id: 'm',
			name: 'Mail',
			description: 'd',
		});
		for (const raw of [{}, { _meta: null }, { _meta: { connector_id: 7 } }, { _meta: { connector_id: '' } }]) assert.equal(appOfTool(raw), null);
	});

	it('are read page by page, without what is hidden or no app', async () => {
		const asked: unknown[] = [];
		const pages = [
			{ apps: [{ id: 'a' }, { id: 'a' }, null, { name: 'no id' }], nextToken: 'x' },
			{
				apps: [
					{ id: 'h', visibility: 'HIDDEN' },
					{ id: 'b', name: 'B' },
				],
				nextToken: null,
			},
		];
		const apps = await readDirectory((path, query) => {
			asked.push([path, query]);
			return Promise.resolve(pages.shift());
		}, signal);
		assert.deepEqual(
			apps.map(({ id, name }) => [id, name]),
			[
				['a', 'a'],
				['b', 'B'],
			],
		);
		assert.deepEqual(asked, [
			['/connectors/directory/list', { external_logos: 'true' }],
			['/connectors/directory/list', { token: 'x', external_logos: 'true' }],
		]);
		await assert.rejects(
			readDirectory(() => Promise.resolve({ apps: 'none' }), signal),
			/cannot be read/,
		);
		let count = 0;
		await readDirectory(() => Promise.resolve({ apps: [], nextToken: `t${(count += 1)}` }), signal);
		assert.equal(count, 100, 'a directory without end has one here');
	});

	describe('in the cache', () => {
		let account: string | null;
		let now: number;
		let reads: string[];
		let directory: () => Promise<readonly DirectoryApp[]>;
		let accessible: () => Promise<readonly AccessibleApp[]>;
		let warned: string[];
		let catalogue: AppCatalogue;
		beforeEach(() => {
			account = 'one';
			now = 0;
			reads = [];
			warned = [];
			directory = () => Promise.resolve([inDirectory('d')]);
			accessible = () => Promise.resolve([usable('u')]);
			catalogue = new AppCatalogue({
				account: () => account,
				readDirectory: () => {
					reads.push('directory');
					return directory();
				},
				readAccessible: () => {
					reads.push('gateway');
					return accessible();
				},
				now: () => now,
				warn: (message) => warned.push(inEnglish(message)),
			});
		});
		const list = async (force = false) => {
			const news: string[] = [];
			return { apps: ids(await catalogue.list({ force, onNews: (apps) => news.push(ids(apps)) })), news };
		};

		it('those that can be used do not wait for the directory', async () => {
			const gate = Promise.withResolvers<readonly DirectoryApp[]>();
			directory = () => gate.promise;
			const told = Promise.withResolvers<string>();
			const listed = catalogue.list({ force: false, onNews: (apps) => told.resolve(ids(apps)) });
			assert.equal(await told.promise, 'u');
			gate.resolve([inDirectory('d')]);
			assert.equal(ids(await listed), 'u (d)');
		});

		it('are good for an hour, for one account, and for all who ask at once', async () => {
			await Promise.all([list(), list()]);
			await list();
			assert.deepEqual(reads, ['gateway', 'directory']);
			assert.deepEqual((await list()).news, [], 'nothing new is no news');
			await list(true);
			assert.equal(reads.length, 4);
			now = 3_600_001;
			await list();
			assert.equal(reads.length, 6);
			account = 'two';
			await list();
			assert.equal(reads.length, 8);
			account = null;
			assert.equal((await list()).apps, '');
			assert.equal(reads.length, 8);
		});

		it('that can be used are told by themselves, as long as nobody has to wait for them', async () => {
			assert.deepEqual(await catalogue.usable(60_000), new Set(['u']));
			assert.deepEqual(reads, ['gateway']);
			accessible = () => new Promise(() => {});
			assert.equal(await catalogue.usable(1), null);
			account = 'two';
			accessible = () => Promise.reject(new Error('down'));
			assert.equal(await catalogue.usable(60_000), null);
			assert.deepEqual(warned, ['The apps that you can use could not be listed']);
			account = null;
			assert.equal(await catalogue.usable(60_000), null);
		});

		it('are there while one source fails, and a failure is not kept', async () => {
			directory = () => Promise.reject(new Error('down'));
			assert.equal((await list()).apps, 'u');
			assert.deepEqual(warned, ['Only the apps that you can use are listed']);
			directory = () => Promise.resolve([inDirectory('d')]);
			accessible = () => Promise.reject(new Error('down'));
			assert.equal((await list(true)).apps, '(d)');
			directory = () => Promise.reject(new Error('down too'));
			await assert.rejects(list(true), /down too/);
		});
	});
});
