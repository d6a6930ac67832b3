import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, describe, it } from 'mocha';
import { respond, say } from '../../support/model/fakeModelServer.ts';
import { execCommand } from '../../support/model/modelEvents.ts';
import { needsBubblewrap } from '../../support/needsBubblewrap.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const SERVER = path.resolve(import.meta.dirname, '../../support/networkServer.ts');

describe('what an administrator requires', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	const begin = async (requirements: string) => {
		await writeFile(path.join(fixture.home.env['HOME'] ?? '', 'requirements.toml'), requirements);
		const server = fixture.start({ serverFile: SERVER });
		await server.initialize();
		return server;
	};

	it('hides files from commands with full access, and from clients', async function () {
		needsBubblewrap(this);
		fixture = await serverFixture([respond(execCommand('cat secret.txt open.txt')), say('Done.')], {
			approval_policy: '"never"',
			sandbox_mode: '"danger-full-access"',
		});
		const secret = path.join(fixture.home.workspace, 'secret.txt');
		await writeFile(secret, 'the secret\n');
		await writeFile(path.join(fixture.home.workspace, 'open.txt'), 'anybody may read this\n');
		const server = await begin(`[permissions.filesystem]\ndeny_read = [${JSON.stringify(secret)}]\n`);
		await server.runTurn(await server.startThread(fixture.home), 'go');
		const told = JSON.stringify(fixture.model.requests.at(-1)?.body.input);
		assert.ok(told.includes('anybody may read this') && !told.includes('the secret'), told.slice(-400));
		await server.requestError('fs/readFile', { path: secret });
		assert.ok((await server.request('fs/readFile', { path: path.join(fixture.home.workspace, 'open.txt') })).dataBase64);
		const { exitCode, stdout } = await server.request('command/exec', { command: ['cat', secret], cwd: fixture.home.workspace });
		assert.ok(exitCode !== 0 && !stdout.includes('the secret'));
	});

	it('has the reviewer follow the policy of the administrator, and not that of the configuration', async function () {
		needsBubblewrap(this);
		const verdict = JSON.stringify({ risk_level: 'low', user_authorization: 'high', outcome: 'allow', rationale: 'Fine.' });
		const asks = { sandbox_permissions: 'require_escalated', justification: 'It is needed.' };
		fixture = await serverFixture([respond(execCommand('touch one.txt', asks)), say(verdict), say('Done.')], {
			approval_policy: '"on-request"',
			sandbox_mode: '"read-only"',
			approvals_reviewer: '"auto_review"',
			auto_review: '{ policy = "Everything is fine." }',
		});
		const server = await begin('guardian_policy_config = "Nothing of the company leaves it."\n');
		await server.runTurn(await server.startThread(fixture.home), 'go');
		const reviewer = JSON.stringify(fixture.model.requests[1]?.body);
		assert.ok(reviewer.includes('Nothing of the company leaves it.') && !reviewer.includes('Everything is fine.'));
	});

	it('and nobody enforces here is named to every client', async () => {
		fixture = await serverFixture();
		const server = await begin('allow_managed_hooks_only = true\n');
		const { params } = await server.waitForNotification('configWarning', ({ summary }) => /not enforced/.test(summary));
		assert.match(params.summary, /allow_managed_hooks_only in .*requirements\.toml is not enforced/);
	});
});
