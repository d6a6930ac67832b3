import assert from 'node:assert/strict';
import { appendFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { say } from '../support/model/fakeModelServer.ts';
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

	it('of a profile hold over those beside it: nobody runs under a looser policy than the one that the profile says', async () => {
		fixture = await serverFixture([], { profile: '"strict"', approval_policy: '"never"' });
		await appendFile(path.join(fixture.home.codexHome, 'config.toml'), '\n[profiles.strict]\napproval_policy = "untrusted"\n');
		const server = fixture.start();
		await server.initialize();
		assert.equal((await server.request('thread/start', { cwd: fixture.home.workspace })).approvalPolicy, 'untrusted');
	});

	it('hold for `[tools] web_search`: a server that starts with it says so in config/read', async () => {
		fixture = await serverFixture([say('Hi.')]);
		const file = path.join(fixture.home.codexHome, 'config.toml');
		await appendFile(file, '\n[tools]\nweb_search = true\n');
		const server = fixture.start();
		await server.initialize();
		await server.runTurn(await server.startThread(fixture.home), 'go');
		const { config } = await server.request('config/read', { cwd: fixture.home.workspace, includeLayers: true });
		assert.ok(config.tools && 'web_search' in config.tools, JSON.stringify(config.tools));
	});

	it('of `model_instructions_file` are what the model is told, or no thread starts', async () => {
		fixture = await serverFixture([say('Hi.')], { model_instructions_file: '"own.md"' });
		const file = path.join(fixture.home.codexHome, 'own.md');
		const server = fixture.start();
		await server.initialize();
		const missing = await server.requestError('thread/start', { cwd: fixture.home.workspace });
		assert.match(missing.message, /model_instructions_file: .*own\.md cannot be used: there is no such file/);
		await writeFile(file, 'Speak as a pirate.');
		await server.runTurn(await server.startThread(fixture.home), 'go');
		assert.equal(fixture.model.requests[0]?.body.instructions, 'Speak as a pirate.');
	});

	it('name `use_legacy_landlock` as what there is not', async () => {
		fixture = await serverFixture();
		await appendFile(path.join(fixture.home.codexHome, 'config.toml'), '\n[features]\nuse_legacy_landlock = true\n');
		const server = fixture.start();
		await server.initialize();
		const { params } = await server.waitForNotification('deprecationNotice');
		assert.match(params.summary, /use_legacy_landlock/);
		assert.match(params.details, /bubblewrap.*remove it/);
	});
});
