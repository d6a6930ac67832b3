import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import { patienceMs, until } from '../support/deadline.ts';
import { inLists, replaceInWindow, type Step } from './quickPicks.ts';

type Rows = readonly { readonly label: string; readonly detail?: string }[];

/** "Tiller: Add a Model Provider…" and its end, with a server on loopback. Questions of VS Code are answered here. */
describe('model providers', () => {
	const run = (command: string) => vscode.commands.executeCommand(`tiller.${command}`);
	const config = path.join(process.env['CODEX_HOME'] ?? '', 'config.toml');
	const keys: (string | undefined)[] = [];
	let restore = () => {};
	let provider: http.Server;

	function answer(picks: readonly string[], inputs: readonly string[]): string[] {
		const [lists, texts] = [[...picks], [...inputs]];
		const shown: string[] = [];
		const { showQuickPick, showInputBox, showWarningMessage } = vscode.window;
		Object.assign(vscode.window, {
			showQuickPick: async (given: Rows | Promise<Rows>) => {
				const rows = await given;
				shown.push(rows.map(({ label, detail = '' }) => `${label} ${detail}`.trim()).join(', '));
				const wanted = lists.shift();
				return rows.find(({ label }) => label === wanted);
			},
			showInputBox: async () => texts.shift(),
			showWarningMessage: async (_text: string, _options: object, first: string) => first,
		});
		restore = () => Object.assign(vscode.window, { showQuickPick, showInputBox, showWarningMessage });
		return shown;
	}

	/** What the list of models says of one. */
	async function detailIn(label: string): Promise<string> {
		const { createQuickPick } = vscode.window;
		const made: vscode.QuickPick<vscode.QuickPickItem>[] = [];
		const undo = replaceInWindow({
			createQuickPick: (() => {
				const pick = createQuickPick();
				pick.ignoreFocusOut = true;
				made.push(pick);
				return pick;
			}) as never,
		});
		const over = run('pickModel');
		const item = () => made[0]?.items.find((each) => each.label === label);
		await until('the model is listed', () => item() !== undefined && made[0]?.busy === false, patienceMs);
		const detail = item()?.detail ?? '';
		made[0]?.hide();
		await over;
		undo();
		return detail;
	}

	before(async () => {
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		provider = http.createServer((request, response) => {
			keys.push(request.headers.authorization);
			response.writeHead(request.headers.authorization === 'Bearer sk-of-the-person' ? 200 : 401, { 'content-type': 'application/json' });
			const small = { id: 'small', supported_parameters: ['temperature'], architecture: { input_modalities: ['text'] } };
			const large = { id: 'large', context_length: 200_000, pricing: { prompt: '0.000003', completion: '0.000015' } };
			response.end(JSON.stringify({ data: [small, large] }));
		});
		await new Promise<void>((resolve) => provider.listen(0, '127.0.0.1', resolve));
	});
	afterEach(() => restore());
	after(() => provider.close());

	it('are added with address and key, list their models, and leave no key in the configuration', async () => {
		const address = `http://127.0.0.1:${(provider.address() as AddressInfo).port}/v1`;
		const shown = answer(['Another Server…', 'It needs an API key', 'large'], ['My Own', address, 'sk-of-the-person']);
		await run('addProvider');
		assert.match(shown[0] ?? '', /Anthropic, Google Gemini, OpenRouter, Azure OpenAI, DeepSeek/);
		assert.match(shown.at(-1) ?? '', /large/);
		assert.equal(keys.at(-1), 'Bearer sk-of-the-person');
		const written = await fs.readFile(config, 'utf8');
		assert.match(written, /\[model_providers\.my-own\]/);
		assert.match(written, /env_key = "TILLER_MY_OWN_KEY"/);
		assert.doesNotMatch(written, /sk-of-the-person/);
	});

	it('have their models in the list of all, with window, price and limits; favourites stand at the top', async () => {
		const rows = async (...steps: readonly Step[]) => (await inLists('tiller.pickModel', ...steps)).at(-1) ?? [];
		const star = { row: 'large', button: 'Add to Favorites' };
		const shown = await rows(star);
		assert.ok(shown.indexOf('Favorites') >= 0 && shown[shown.indexOf('Favorites') + 1]?.startsWith('large (Current · My Own)'), shown.join(', '));
		assert.ok(shown.indexOf('My Own') > shown.indexOf('Favorites'), shown.join(', '));
		assert.match(await detailIn('large'), /^200K tokens · \$3 in, \$15 out per million tokens/);
		assert.match(await detailIn('small'), /No tools: it cannot read or change files · \$\(warning\) No images/);
		assert.match((await rows('small')).join(), /large/);
		assert.ok((await rows('large')).includes('small (Current · My Own)'));
		assert.ok(!(await rows({ row: 'large', button: 'Remove from Favorites' })).includes('Favorites'));
	});

	it('are edited: the list says why a key is refused, and another name keeps the id', async () => {
		const shown = answer(
			['My Own', '$(key) API Key', '$(key) API Key', '$(tag) Name', '$(refresh) Test Connection'],
			['sk-of-yesterday', 'sk-of-the-person', 'Our Own'],
		);
		await run('editProvider');
		assert.deepEqual(
			shown.slice(1).map((rows) => /\((\d+)\)|listed its models/.exec(rows)?.[0]),
			['listed its models', '(401)', 'listed its models', 'listed its models', 'listed its models'],
		);
		const written = await fs.readFile(config, 'utf8');
		assert.match(written, /\[model_providers\.my-own\]\s+name = "Our Own"/);
		assert.doesNotMatch(written, /sk-of/);
		assert.equal(keys.at(-1), 'Bearer sk-of-the-person');
	});

	it('get another id: the file keeps its comments, and favorites and the choice of model follow', async () => {
		const before = (await fs.readFile(config, 'utf8')).replace('[model_providers.my-own]', '[model_providers.my-own] # of ours');
		await fs.writeFile(config, before);
		await inLists('tiller.pickModel', { row: 'large', button: 'Add to Favorites' });
		const shown = answer(['Our Own', '$(symbol-key) ID in config.toml', '$(tag) Name'], ['ours', 'Our Own']);
		await run('editProvider');
		assert.match(shown.at(-1) ?? '', /ID in config\.toml/);
		const written = await fs.readFile(config, 'utf8');
		assert.ok(written.startsWith(before.replace('[model_providers.my-own]', '[model_providers.ours]').trimEnd()), written);
		assert.match(written, /\[tiller\.renamed_providers\]\s+my-own = "ours"/);
		restore();
		const rows = (await inLists('tiller.pickModel', { row: 'large', button: 'Remove from Favorites' })).at(0) ?? [];
		assert.ok(rows[rows.indexOf('Favorites') + 1]?.startsWith('large (Current · Our Own)'), rows.join(', '));
	});

	it('are removed with their table, and new threads no longer ask for one that is gone', async () => {
		const table = await fs.readFile(config, 'utf8');
		await fs.writeFile(config, `model_provider = "ours"\n${table.replace(/^model_provider = .*$/m, '')}`);
		answer(['Our Own'], []);
		await run('removeProvider');
		assert.doesNotMatch(await fs.readFile(config, 'utf8'), /\bours\]|model_provider =/);
		await fs.writeFile(config, table.replace(/\[model_providers\.ours\][^[]*/, '').replace(/\[tiller\.renamed_providers\][^[]*/, ''));
	});
});
