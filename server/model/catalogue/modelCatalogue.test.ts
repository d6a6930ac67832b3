import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { HttpTransport } from '../http/httpStream.ts';
import { closeAll, type Handler, nobody, serve, status, noKeyCommands } from '../../../test/support/model/mockProvider.ts';
import { ModelCatalogue } from './modelCatalogue.ts';
import { builtInProviders, type Provider } from '../provider.ts';

const ollama = builtInProviders.find(({ id }) => id === 'ollama');
assert.ok(ollama);
const base: Provider = ollama;
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, trace: () => {} };

describe('the catalogue of models', () => {
	const folders: string[] = [];
	const transport = new HttpTransport({});
	let time = 1_000_000_000;

	afterEach(() => {
		closeAll();
		for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
	});
	after(() => transport.dispose());

	const folder = () => {
		const made = fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-models-'));
		folders.push(made);
		return made;
	};
	const catalogue = (kept = folder()) =>
		new ModelCatalogue({
			folder: kept,
			transport,
			env: {},
			version: '1.2.3',
			log: silent as never,
			now: () => time,
			account: nobody,
			keyCommands: noKeyCommands,
		});
	const provider = (url: string, more: Partial<Provider> = {}): Provider => ({ ...base, id: 'mine', name: 'Mine', baseUrl: `${url}/v1`, ...more });
	const slugs = async (from: ModelCatalogue, of: Provider) => (await from.list(of)).map(({ slug }) => slug);
	const described = {
		models: [
			{ slug: 'second', display_name: 'Second', visibility: 'list', priority: 2, prefer_websockets: true },
			{
				slug: 'first',
				display_name: 'First',
				visibility: 'list',
				priority: 1,
				context_window: 5000,
				supported_reasoning_levels: [{ effort: 'low', description: 'Little' }, { effort: 'unheard-of' }],
				default_reasoning_level: 'low',
				input_modalities: ['text'],
				upgrade: { model: 'second', migration_markdown: 'Go on.' },
			},
			{ slug: 'secret', visibility: 'hide' },
			'nonsense',
			{ display_name: 'without a name' },
		],
	};

	it('is what the provider describes, in its order, with one default', async () => {
		const { url, seen } = await serve(status(200, described));
		const mine = catalogue();
		const models = await mine.list(provider(url));
		assert.deepEqual(
			models.slice(0, 3).map(({ slug, isDefault, hidden }) => ({ slug, isDefault, hidden })),
			[
				{ slug: 'first', isDefault: true, hidden: false },
				{ slug: 'second', isDefault: false, hidden: false },
				{ slug: 'secret', isDefault: false, hidden: true },
			],
		);
		// A word of a later day is one that may be chosen.
		assert.deepEqual(
			models[0]?.supportedEfforts.map(({ effort }) => effort),
			['low', 'unheard-of'],
		);
		assert.equal(models[0]?.supportedEfforts[0]?.description, 'Little');
		assert.deepEqual(models[0]?.upgrade, { model: 'second', markdown: 'Go on.' });
		assert.equal(mine.info(provider(url), 'first').contextWindow, 5000);
		assert.deepEqual(mine.info(provider(url), 'first').inputModalities, ['text']);
		assert.equal(mine.info(provider(url), 'second').preferWebsockets, true);
		assert.equal(models.filter(({ isDefault }) => isDefault).length, 1);
		assert.match(seen[0]?.url ?? '', /\/v1\/models\?client_version=1\.2\.3$/);
	});

	it('holds the names that a plain server gives, without embeddings', async () => {
		const { url } = await serve(status(200, { object: 'list', data: [{ id: 'qwen3-coder' }, { id: 'nomic-embed-text' }, { id: 'llama' }] }));
		assert.deepEqual(await slugs(catalogue(), provider(url)), ['qwen3-coder', 'llama']);
	});

	it('asks Ollama for what is installed', async () => {
		const { url, seen } = await serve(status(200, { models: [{ name: 'gpt-oss:20b' }, { name: 'qwen3:8b' }] }));
		const models = await catalogue().list({ ...base, baseUrl: `${url}/v1` });
		assert.deepEqual(
			models.map(({ slug, isDefault }) => [slug, isDefault]),
			[
				['gpt-oss:20b', true],
				['qwen3:8b', false],
			],
		);
		assert.equal(seen[0]?.url, '/api/tags');
	});

	it('is asked for once in five minutes, then with the version that is known', async () => {
		const notModified: Handler = (_request, response) => response.writeHead(304).end();
		const { url, seen } = await serve(status(200, { data: [{ id: 'a' }] }, { etag: '"v1"' }), notModified, status(200, { data: [{ id: 'b' }] }));
		const kept = folder();
		const mine = catalogue(kept);
		await mine.list(provider(url));
		await mine.list(provider(url));
		assert.equal(seen.length, 1);
		time += 6 * 60_000;
		// Old, and there at once; the provider is asked meanwhile.
		assert.deepEqual(await slugs(mine, provider(url)), ['a']);
		await until(() => seen.length === 2);
		assert.equal(seen[1]?.headers['if-none-match'], '"v1"');
		assert.deepEqual(await slugs(mine, provider(url)), ['a']);
	});

	it('is asked for again soon after it could not be had', async () => {
		const { url, seen } = await serve(status(503), status(503), status(200, { data: [{ id: 'a' }] }));
		const mine = catalogue();
		await mine.list(provider(url));
		await mine.list(provider(url));
		assert.equal(seen.length, 1);
		time += 11_000;
		await mine.list(provider(url));
		time += 11_000;
		assert.deepEqual(await slugs(mine, provider(url)), ['a']);
		time += 11_000;
		await mine.list(provider(url));
		assert.equal(seen.length, 3, 'a list that came is fresh for longer');
	});

	it('asks again when an answer names another version', async () => {
		const { url, seen } = await serve(status(200, { data: [{ id: 'a' }] }, { etag: '"v1"' }), status(200, { data: [{ id: 'b' }] }, { etag: '"v2"' }));
		const mine = catalogue();
		await mine.list(provider(url));
		mine.seen(provider(url), '"v1"');
		mine.seen(provider(url), '"v2"');
		await until(async () => (await slugs(mine, provider(url))).includes('b'));
		assert.equal(seen.length, 2);
	});

	it('is there offline, from what was kept', async () => {
		const { url } = await serve(status(200, { data: [{ id: 'a' }] }));
		const kept = folder();
		await catalogue(kept).list(provider(url));
		closeAll();
		time += 6 * 60_000;
		assert.deepEqual(await slugs(catalogue(kept), provider(url)), ['a']);
		// That of another address is not that of this one.
		assert.ok(!(await slugs(catalogue(kept), provider('http://127.0.0.1:9'))).includes('a'));
	});

	for (const [what, handler] of [
		['an error', status(500)],
		['no JSON', status(200, '<html>')],
		['another shape', status(200, { models: 'none' })],
		['nothing', status(200, { data: [] })],
	] as const) {
		it(`is the bundled one when the server answers with ${what}`, async () => {
			const { url } = await serve(handler);
			const models = await catalogue().list(provider(url));
			assert.ok(models.some(({ slug }) => slug === 'gpt-5.4'));
			assert.equal(models.filter(({ isDefault }) => isDefault).length, 1);
		});
	}

	it('survives a damaged file', async () => {
		const kept = folder();
		fs.writeFileSync(path.join(kept, 'mine.json'), '{"version":1,');
		const { url } = await serve(status(200, { data: [{ id: 'a' }] }));
		assert.deepEqual(await slugs(catalogue(kept), provider(url)), ['a']);
	});
});

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
