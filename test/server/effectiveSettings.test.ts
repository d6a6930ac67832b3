import assert from 'node:assert/strict';
import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

describe('the effective settings', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('say value, place and line of each key, hide secrets, and name what has no effect', async () => {
		fixture = await serverFixture([], { profile: '"quick"' });
		const file = path.join(fixture.home.codexHome, 'config.toml');
		await appendFile(
			file,
			'\n[profiles.quick]\nmodel_reasoning_effort = "low"\n\n[tui]\ntheme = "x"\n\n[mcp_servers.a]\ncommand = "run"\nenv = { KEY = "hunter2hunter2" }\n',
		);
		const server = fixture.start({ args: ['app-server', '-c', 'model_verbosity="high"'] });
		await server.initialize();
		const { settings, fixed } = await server.request('config/effective/read', { cwd: fixture.home.workspace });
		type Setting = (typeof settings)[number];
		const found = (key: string): Setting => settings.find((setting: Setting) => setting.key === key) ?? assert.fail(`no ${key}`);
		const lines = (await readFile(file, 'utf8')).split('\n');
		const effort = found('model_reasoning_effort');
		assert.deepEqual([effort.value, effort.file, lines[(effort.line ?? 0) - 1]], ['"low"', file, 'model_reasoning_effort = "low"']);
		assert.deepEqual([found('model_verbosity').source, found('model_verbosity').file], ['the command line', null]);
		assert.equal(found('mcp_servers.a.env.KEY').value, null);
		assert.match(found('tui.theme').withoutEffect, /terminal/);
		assert.deepEqual(fixed, []);
	});
});
