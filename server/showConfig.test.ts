import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { NO_FLAGS } from './config/layers/configFlags.ts';
import { lookAnew } from './platform/eventRound.ts';
import { showConfig } from './showConfig.ts';

describe('the settings as a person reads them', () => {
	let home = '';
	beforeEach(() => {
		home = mkdtempSync(path.join(tmpdir(), 'show-config-'));
	});
	afterEach(() => rmSync(home, { recursive: true, force: true }));
	const shown = (toml: string) => {
		writeFileSync(path.join(home, 'config.toml'), toml);
		lookAnew();
		return showConfig({ env: { CODEX_HOME: home }, flags: NO_FLAGS, cwd: home }).split('\n');
	};

	it('are values with their place, and say when there is none', () => {
		assert.ok(shown('model = "x"\n').includes(`model = "x"  # ${path.join(home, 'config.toml')}`));
		assert.equal(shown('')[0], 'Nothing is set: every setting has its default.');
	});

	it('hold no secrets, wherever they stand, and hide no numbers', () => {
		const lines = shown(
			[
				'[tiller]',
				'turn_token_cap = 500000',
				'[mcp_servers.a]',
				'command = "run"',
				'args = ["--key", "sk-abcdefghijklmnop"]',
				'[mcp_servers.a.env]',
				'NAME = "hunter2hunter2"',
			].join('\n'),
		);
		assert.ok(lines.some((line) => line.startsWith('tiller.turn_token_cap = 500000  #')));
		assert.ok(lines.some((line) => line.startsWith('mcp_servers.a.env.NAME = [hidden]  #')));
		assert.ok(lines.some((line) => line.startsWith('mcp_servers.a.args = ["--key","[redacted]"]  #')));
	});
});
