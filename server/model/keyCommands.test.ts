import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { NodeProcessHost } from '../exec/processHost.ts';
import { type KeyCommand, KeyCommands } from './keyCommands.ts';
import { ModelError } from './model.ts';

describe('keys that a program prints', () => {
	const host = new NodeProcessHost({ pipesFolder: null });
	let home: string;
	let time = 0;
	before(() => {
		home = mkdtempSync(path.join(os.tmpdir(), 'tiller-keys-'));
	});
	after(async () => {
		await host.dispose();
		rmSync(home, { recursive: true, force: true });
	});

	const provider = (script: string, more: Partial<KeyCommand> = {}) => ({
		name: 'Mine',
		keyCommand: { command: '/bin/sh', args: ['-c', script], cwd: null, timeoutMs: 20_000, refreshIntervalMs: 1000, ...more },
	});
	const commands = (env = {}) => new KeyCommands({ host, env: { PATH: process.env['PATH'], ...env }, home, now: () => time });
	const failure = (promise: Promise<unknown>) =>
		promise.then(
			() => assert.fail('it should have failed'),
			(error: unknown) => {
				assert.ok(error instanceof ModelError, String(error));
				assert.equal(error.kind, 'unauthorized');
				return error.message;
			},
		);
	/** Prints another key each time. */
	const counting = (name: string) => provider(`echo x >> ${name}; echo "  key-$(wc -l < ${name} | tr -d ' ')  "`);

	it('are used until they are old, by all who wait for them', async () => {
		const keys = commands();
		const mine = counting('one');
		assert.deepEqual(await Promise.all([keys.key(mine), keys.key(mine)]), ['key-1', 'key-1']);
		time += 999;
		assert.equal(await keys.key(mine), 'key-1');
		assert.deepEqual(keys.secrets, ['key-1']);
		time += 1;
		assert.equal(await keys.key(mine), 'key-2');
	});

	it('are asked for anew when the provider refuses them, not when it refused an older one', async () => {
		const keys = commands();
		const mine = { ...counting('two'), name: 'Other' };
		assert.equal(await keys.key(mine), 'key-1');
		assert.equal(keys.refused(mine, 'key-0'), true);
		assert.equal(await keys.key(mine), 'key-1');
		assert.equal(keys.refused(mine, 'key-1'), true);
		assert.equal(await keys.key(mine), 'key-2');
		assert.equal(keys.refused(mine, null), false);
	});

	it('stay for ever where the configuration says so', async () => {
		const keys = commands();
		const mine = provider('echo x >> three; wc -l < three', { refreshIntervalMs: null });
		const first = await keys.key(mine);
		time += 10 ** 9;
		assert.equal(await keys.key(mine), first);
	});

	it('come from a program in its folder, with the environment', async () => {
		writeFileSync(path.join(home, 'key.sh'), 'echo "$PWD $WHO"');
		const mine = provider('', { args: ['key.sh'] });
		assert.equal(await commands({ WHO: 'ada' }).key(mine), `${home} ada`);
		assert.equal(readFileSync(path.join(home, 'key.sh'), 'utf8'), 'echo "$PWD $WHO"');
	});

	it('that do not come have a reason, without secrets', async () => {
		assert.match(await failure(commands().key(provider('echo "no login, sk-abcdefghijklmnop" >&2; exit 3'))), /exit code 3: no login, \[redacted\]/);
		assert.match(await failure(commands().key(provider('true'))), /printed nothing/);
		assert.match(await failure(commands().key(provider('exec sleep 60', { timeoutMs: 50 }))), /did not end within 50 ms/);
		assert.match(await failure(commands().key(provider('', { command: '/nowhere/key' }))), /\/nowhere\/key.*could not be started/);
	});
});
