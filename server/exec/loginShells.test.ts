import assert from 'node:assert/strict';
import {
	appendFileSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	realpathSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { LoginShells } from './loginShells.ts';
import { NodeProcessHost } from './processHost.ts';
import { shellNamed } from '../platform/shellPlan.ts';

const bash = shellNamed('/bin/bash');

describe('login shells', () => {
	let home: string;
	let host: NodeProcessHost;
	let shells: LoginShells;
	let problems: string[];
	let now = 0;
	let mode: 'snapshot' | 'always' | 'never';
	beforeEach(() => {
		home = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'tiller-login-')));
		host = new NodeProcessHost();
		problems = [];
		now = 1;
		mode = 'snapshot';
		shells = new LoginShells({
			host,
			env: { PATH: '/usr/bin:/bin', HOME: home, GIVEN: 'by the server', VSCODE_PID: '1' },
			folder: path.join(home, 'shell'),
			mode: () => mode,
			onProblem: (message) => problems.push(message),
			timeoutMs: 2000,
			now: () => now,
		});
	});
	afterEach(async () => {
		shells.dispose();
		await host.dispose();
		rmSync(home, { recursive: true, force: true });
	});

	const profile = (text: string, name = '.bash_profile') => writeFileSync(path.join(home, name), text);
	const reads = () => (existsSync(path.join(home, 'reads')) ? readFileSync(path.join(home, 'reads'), 'utf8').length : 0);
	/** What a command prints. */
	const run = async (script: string): Promise<string> => {
		const { argv, base } = await shells.command(bash, script, { cwd: home, request: {}, threadConfig: {} });
		const env = Object.fromEntries(Object.entries(base).filter((entry): entry is [string, string] => entry[1] !== undefined));
		const child = await host.spawn({ argv, cwd: home, env, tty: null, stdin: 'closed' });
		let output = '';
		child.onOutput((chunk) => (output += Buffer.from(chunk).toString()));
		await child.exited;
		return output.trim();
	};

	it('give commands the variables and functions of the profile, which is read once', async () => {
		profile(`printf x >> ~/reads
export PATH=$HOME/own:$PATH MADE="two
lines"
unset GIVEN
greet() { echo "hello $1"; }
shopt -s extglob
odd() { case $1 in @(a|b)) echo odd;; esac; }`);
		const [first, ...rest] = (await run('echo "$PATH|$MADE|${GIVEN-gone}"; greet you; odd a')).split('|');
		assert.ok(first?.startsWith(`${home}/own:`));
		assert.deepEqual(rest, ['two\nlines', 'gone\nhello you\nodd']);
		await Promise.all([run('greet a'), run('greet b')]);
		assert.equal(reads(), 1);
		assert.deepEqual(problems, []);
	});

	it('know what is set for interactive shells too, however the profile reads it', async () => {
		profile('printf x >> ~/reads; export FROM=rc', '.bashrc');
		assert.equal(await run('echo $FROM'), 'rc');
		profile('. ~/.bashrc');
		assert.equal(await run('echo $FROM'), 'rc');
		assert.equal(reads(), 2);
	});

	it('write functions into a file for this user only, never a value of a variable, and remove it', async () => {
		mkdirSync(path.join(home, 'shell'));
		writeFileSync(path.join(home, 'shell/999999999-0.sh'), 'left by a server that was killed');
		profile('export API_TOKEN=secret-value; f() { :; }');
		assert.equal(await run('echo $API_TOKEN'), 'secret-value');
		const [file = ''] = readdirSync(path.join(home, 'shell'));
		assert.equal(readdirSync(path.join(home, 'shell')).length, 1);
		assert.equal(statSync(path.join(home, 'shell', file)).mode & 0o777, 0o600);
		assert.doesNotMatch(readFileSync(path.join(home, 'shell', file), 'utf8'), /secret-value/);
		shells.dispose();
		assert.deepEqual(readdirSync(path.join(home, 'shell')), []);
		assert.equal(await run('echo still runs'), 'still runs');
	});

	it('read a profile again that was changed, or that is old', async () => {
		profile('export V=1; printf x >> ~/reads');
		assert.equal(await run('echo $V'), '1');
		appendFileSync(path.join(home, '.bash_profile'), '\nexport V=22');
		assert.equal(await run('echo $V'), '22');
		now += 60 * 60_000;
		await run('true');
		assert.equal(reads(), 3);
	});

	it('are not disturbed by a profile that prints, fails or asks', async () => {
		profile('echo "Welcome to $HOSTNAME"; echo oops >&2; false; read -r answer; nonsense-command; export V=1; printf "no end of line"');
		assert.equal(await run('echo $V'), '1');
		assert.deepEqual(problems, []);
	});

	for (const [what, text] of [
		['hangs', 'sleep 100'],
		['ends the shell', 'exit 3'],
		['becomes another program', 'exec true'],
		['is no script', 'if (('],
		['never ends printing', 'yes'],
	] as const) {
		it(`run commands without a profile that ${what}, and say so once`, async () => {
			profile(`export V=1; ${text}`);
			const isBroken = text !== 'if ((';
			assert.equal(await run('echo "[$V]"'), '[]');
			assert.equal(await run('echo again'), 'again');
			assert.equal(problems.length, isBroken ? 1 : 0);
		});
	}

	it('leave the profile to each command, or out, where that is configured', async () => {
		profile('printf x >> ~/reads; export V=1');
		mode = 'always';
		assert.equal(await run('echo $V'), '1');
		assert.equal(await run('echo $V'), '1');
		assert.equal(reads(), 2);
		mode = 'never';
		assert.equal(await run('echo "[$V]"'), '[]');
		assert.equal(reads(), 2);
	});

	it('keep the numbers of lines in messages', async () => {
		profile('f() { :; }');
		assert.match(await run('echo one 2>&1\nno-such-program 2>&1'), /line 2: no-such-program/);
	});
});
