import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond } from '../../support/model/fakeModelServer.ts';
import { execCommand, message } from '../../support/model/modelEvents.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('what we sign in with', function () {
	let fixture: ServerFixture;
	afterEach(() => fixture?.dispose());

	/** What a model's command and one of a client print of the keys. */
	async function seen(config: Readonly<Record<string, string>>): Promise<string> {
		const script = 'echo "$OPENAI_API_KEY" "$OTHER_KEY" "$HEADER_KEY" "$PLAIN"; cat "$CODEX_HOME/auth.json"';
		fixture = await serverFixture([respond(execCommand(script)), respond(message('Done.'))], {
			sandbox_mode: '"workspace-write"',
			'model_providers.other.env_key': '"OTHER_KEY"',
			'model_providers.other.env_http_headers': '{ "x-key" = "HEADER_KEY" }',
			...config,
		});
		writeFileSync(path.join(fixture.home.codexHome, 'auth.json'), '{ "OPENAI_API_KEY": "in-the-file" }');
		const server = fixture.start({ env: { OPENAI_API_KEY: 'key-one', OTHER_KEY: 'key-two', HEADER_KEY: 'key-three', PLAIN: 'plain' } });
		await server.initialize();
		const threadId = await server.startThread(fixture.home);
		const { items = [] } = await server.runTurn(threadId, 'go');
		assert.deepEqual(items, []);
		const { stdout, stderr } = await server.request('command/exec', { command: ['/bin/sh', '-c', script], cwd: fixture.home.workspace });
		return JSON.stringify(fixture.model.requests.at(-1)?.body.input) + stdout + stderr;
	}

	it('is hidden from commands: the variables of providers and the file', async function () {
		needsBubblewrap(this);
		const text = await seen({});
		assert.match(text, /plain[^]*plain/);
		assert.doesNotMatch(text, /key-one|key-two|key-three|in-the-file/);
	});

	it('is shown where the person says so', async function () {
		needsBubblewrap(this);
		assert.match(await seen({ 'tiller.keys_in_commands': 'true' }), /key-one key-two key-three plain[^]*in-the-file/);
	});

	it('is given by name where the environment policy names it', async function () {
		needsBubblewrap(this);
		const text = await seen({ 'shell_environment_policy.include_only': '["PATH", "OTHER_*", "PLAIN", "CODEX_HOME"]' });
		assert.match(text, /key-two/);
		assert.doesNotMatch(text, /key-one|key-three/);
	});
});
