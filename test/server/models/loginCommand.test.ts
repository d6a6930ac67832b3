import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { until, within } from '../../support/deadline.ts';
import { FakeIssuer } from '../../support/model/fakeIssuer.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

describe('login and logout on the command line', () => {
	let issuer: FakeIssuer;
	let fixture: ServerFixture;
	beforeEach(async () => {
		issuer = await FakeIssuer.start();
		fixture = await serverFixture();
		await fixture.home.config(`model_provider = "openai"\n[tiller]\nlogin_issuer = "${issuer.url}"\nlogin_port = 0\n`);
	});
	afterEach(async () => {
		await fixture.dispose();
		await issuer.stop();
	});

	const start = (...args: readonly string[]) => {
		const program = fixture.start({ args });
		const end = async () => {
			const { code } = await within(`${args.join(' ')} to end`, program.ended);
			return [code, program.garbage.filter((line) => line.trim() !== '').at(-1) ?? program.stderr.trim()];
		};
		const line = async (pattern: RegExp): Promise<string> => {
			const look = () => program.garbage.map((text) => pattern.exec(text)?.[0]).find((found) => found !== undefined);
			await until(`a line like ${pattern}`, () => look() !== undefined);
			return look() ?? '';
		};
		return { program, end, line };
	};
	const run = (...args: readonly string[]) => start(...args).end();

	it('in the browser, with the status, and out again', async () => {
		assert.deepEqual(await run('login', 'status'), [1, 'Not signed in.']);
		const login = start('login');
		await fetch(await login.line(/http:\S+\/oauth\/authorize\S+/));
		assert.deepEqual(await login.end(), [0, 'Signed in with ChatGPT as ada@example.invalid (pro).']);
		assert.deepEqual(await run('login', 'status'), [0, 'Signed in with ChatGPT as ada@example.invalid (pro).']);
		assert.deepEqual(await run('logout'), [0, 'Signed out.']);
		assert.equal(issuer.bodies('/oauth/revoke').length, 1);
		assert.deepEqual(await run('logout'), [0, 'Nobody was signed in.']);
		assert.equal(existsSync(path.join(fixture.home.codexHome, 'auth.json')), false);
	});

	it('with a code', async () => {
		const login = start('login', '--device-auth');
		await login.line(/WXYZ-1234/);
		issuer.codeEntered = true;
		assert.deepEqual(await login.end(), [0, 'Signed in with ChatGPT as ada@example.invalid (pro).']);
	});

	it('with a key from standard input, which is not said again', async () => {
		const login = start('login', '--with-api-key');
		login.program.process.stdin.end('sk-of-a-person-12345\n');
		assert.deepEqual(await login.end(), [0, 'Signed in with an API key.']);
		assert.match(readFileSync(path.join(fixture.home.codexHome, 'auth.json'), 'utf8'), /sk-of-a-person-12345/);
		assert.deepEqual(await run('login', 'status'), [0, 'Signed in with an API key.']);
	});

	it('says why it cannot', async () => {
		assert.deepEqual(await run('login', '-c', 'forced_login_method=api'), [1, 'ChatGPT login is disabled. Use API key login instead.']);
		assert.equal((await run('login', '--device-auth', 'status'))[0], 2);
		assert.equal((await run('logout', '--device-auth'))[0], 2);
		assert.equal((await run('login', 'now'))[0], 2);
	});
});
