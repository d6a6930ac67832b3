import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';
import { OtlpCollector } from '../support/otlpCollector.ts';

/** These windows have `telemetry.telemetryLevel` "off". A collector is configured nevertheless. */
describe('telemetry', () => {
	const config = path.join(process.env['CODEX_HOME'] ?? '', 'config.toml');
	const restart = () => vscode.commands.executeCommand('tiller.restartServer');
	let collector: OtlpCollector;
	let configBefore: string | null = null;

	before(async () => {
		collector = await OtlpCollector.start();
		configBefore = await fs.readFile(config, 'utf8').catch(() => null);
		await vscode.extensions.getExtension('tiller.tiller')?.activate();
		const exporter = `{ otlp-http = { endpoint = "${collector.url('traces')}", protocol = "json" } }`;
		await fs.writeFile(config, `${configBefore ?? ''}\n[otel]\ntrace_exporter = ${exporter}\n`);
		await restart();
	});
	after(async () => {
		if (configBefore === null) await fs.rm(config, { force: true });
		else await fs.writeFile(config, configBefore);
		await restart();
		collector.stop();
	});

	/** The server that belongs to the extension, started as another client would, with the same configuration. */
	const runWithoutTheWindow = async () => {
		const script = path.join(vscode.extensions.getExtension('tiller.tiller')?.extensionPath ?? '', 'dist', 'server.js');
		const child = spawn(process.execPath, [script, 'app-server'], {
			env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
			stdio: ['pipe', 'pipe', 'ignore'],
		});
		child.stdin.write(`${JSON.stringify({ id: 1, method: 'initialize', params: { clientInfo: { name: 'other', version: '1' } } })}\n`);
		await once(child.stdout, 'data');
		child.stdin.end();
		await once(child, 'close');
	};

	it('leaves no window that has it switched off, although another client of the same configuration exports', async () => {
		assert.equal(vscode.env.isTelemetryEnabled, false);
		await vscode.commands.executeCommand('tiller.refreshThreads');
		// The end of a server waits until everything is exported.
		await restart();
		assert.deepEqual(collector.spans, []);

		await runWithoutTheWindow();
		assert.deepEqual(
			collector.spans.map(({ name }) => name),
			['initialize'],
		);
	});
});
