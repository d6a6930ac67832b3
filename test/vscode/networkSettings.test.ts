import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as vscode from 'vscode';
import { certificate, certificateKey } from '../support/certificate.ts';
import { patienceMs, until, within } from '../support/deadline.ts';
import { NamedProxy } from '../support/namedProxy.ts';
import { replaceInWindow } from './quickPicks.ts';

type Rows = readonly { readonly label: string; readonly detail?: string }[];

/** Only the proxy knows where that is. */
const HOST = 'models.example.invalid';

/** Settings of VS Code that change while the window and its server run. */
describe('network settings of VS Code', () => {
	const file = path.join(process.env['CODEX_HOME'] ?? '', 'config.toml');
	const changed = new Set<string>();
	const read = () => fs.readFile(file, 'utf8').catch(() => '');
	let tables = '';
	let proxy: NamedProxy;
	let plain: http.Server;
	let secure: https.Server;

	const set = async (name: string, value: unknown) => {
		changed.add(name);
		const settings = vscode.workspace.getConfiguration('http');
		await within(`http.${name} to be written`, Promise.resolve(settings.update(name, value, vscode.ConfigurationTarget.Global)));
	};
	const portOf = async (server: http.Server) => {
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		return (server.address() as AddressInfo).port;
	};
	const list: http.RequestListener = (_request, response) => {
		response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data: [{ id: 'far' }] }));
	};

	/** What "Test Connection" says of a provider now. */
	async function tested(provider: string): Promise<string> {
		const picks = [provider];
		let said = '';
		const restore = replaceInWindow({
			showQuickPick: (async (given: Rows | Promise<Rows>) => {
				const rows = await given;
				said = rows.find(({ label }) => label === '$(refresh) Test Connection')?.detail ?? said;
				const wanted = picks.shift();
				return rows.find(({ label }) => label === wanted);
			}) as never,
		});
		try {
			await vscode.commands.executeCommand('tiller.editProvider');
		} finally {
			restore();
		}
		return said;
	}
	const saysSoon = async (provider: string, expected: RegExp) => {
		let said = '';
		await until(
			`${provider} to be said to match ${String(expected)}`,
			async () => {
				said = await tested(provider);
				return expected.test(said);
			},
			patienceMs,
		).catch((error: unknown) => assert.fail(`${String(error)} Last: ${said}`));
	};
	const LISTS = /listed its models/;
	const FAILS = /\$\(error\)/;

	before(async () => {
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		proxy = await NamedProxy.start();
		plain = http.createServer(list);
		secure = https.createServer({ cert: certificate, key: certificateKey }, list);
		const table = (name: string, address: string) => `\n[model_providers.${name}]\nname = "${name}"\nbase_url = "${address}/v1"\n`;
		tables = table('far', `http://${HOST}:${await portOf(plain)}`) + table('sealed', `https://${HOST}:${await portOf(secure)}`);
		await fs.writeFile(file, (await read()) + tables);
	});
	after(async () => {
		for (const name of changed) await set(name, undefined);
		await fs.writeFile(file, (await read()).replace(tables, ''));
		await proxy.stop();
		for (const server of [plain, secure]) {
			server.closeAllConnections();
			server.close();
		}
	});

	it('are followed at once: the proxy, what goes past it, and that extensions use none', async () => {
		await saysSoon('far', FAILS);
		assert.ok(!proxy.hosts.has(HOST));
		await set('proxy', proxy.url);
		await saysSoon('far', LISTS);
		assert.ok(proxy.hosts.has(HOST));
		await set('noProxy', [HOST]);
		await saysSoon('far', FAILS);
		await set('noProxy', undefined);
		await saysSoon('far', LISTS);
		await set('proxySupport', 'off');
		await saysSoon('far', FAILS);
		await set('proxySupport', undefined);
		await saysSoon('far', LISTS);
	});

	it('decide whether a proxy may show a certificate that nobody vouches for', async () => {
		await saysSoon('sealed', /\$\(error\).*certificate/i);
		await set('proxyStrictSSL', false);
		await saysSoon('sealed', LISTS);
		await set('proxyStrictSSL', undefined);
		await saysSoon('sealed', FAILS);
	});

	it('that are taken back count no more', async () => {
		await set('proxy', undefined);
		await saysSoon('far', FAILS);
	});
});
