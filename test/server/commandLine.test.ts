import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, afterEach, before, describe, it } from 'mocha';
import { serverFile } from '../support/appServerProcess.ts';
import { patient } from '../support/deadline.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const TOKEN = ['--ws-auth', 'capability-token', '--ws-token-sha256', 'a'.repeat(64)];
const WS = ['--listen', 'ws://127.0.0.1:0'];

/** What each command line is refused with. A server that started would run until the time-out. */
const refused: readonly (readonly [args: readonly string[], reason: RegExp])[] = [
	[['app-server', ...WS, '--ws-token-file', '{token}'], /--ws-token-file has no effect without --ws-auth capability-token/],
	[['app-server', ...WS, '--ws-token-sha256', 'a'.repeat(64)], /--ws-token-sha256 has no effect without --ws-auth capability-token/],
	[['app-server', ...WS, '--ws-shared-secret-file', '{token}'], /--ws-shared-secret-file has no effect without --ws-auth signed-bearer-token/],
	[['app-server', ...WS, ...TOKEN, '--ws-issuer', 'me'], /--ws-issuer has no effect without --ws-auth signed-bearer-token/],
	[['app-server', ...WS, ...TOKEN, '--ws-audience', 'me'], /--ws-audience has no effect/],
	[['app-server', ...WS, ...TOKEN, '--ws-max-clock-skew-seconds', '5'], /--ws-max-clock-skew-seconds has no effect/],
	[['app-server', ...WS, ...TOKEN, '--ws-token-file', '{token}'], /--ws-token-file has no effect beside --ws-token-sha256/],
	[['app-server', ...WS, ...TOKEN, '--ws-allow-open-secret-files'], /--ws-allow-open-secret-files has no effect/],
	[['app-server', ...WS, '--ws-auth', 'signed-bearer-token', '--ws-token-file', '{token}'], /--ws-token-file has no effect/],
	[['app-server', ...WS, '--ws-auth', 'magic'], /invalid --ws-auth magic/],
	[['app-server', ...WS, '--ws-auth', 'capability-token', '--ws-token-file', '{open}'], /others can read/],
	[['app-server', ...TOKEN], /--ws-auth has no effect without --listen ws:/],
	[['app-server', '--listen', 'unix://', ...TOKEN], /--ws-auth has no effect without --listen ws:/],
	[['app-server', '--listen', 'off', ...TOKEN], /--ws-auth has no effect/],
	[['app-server', '--linger', '5'], /--linger has no effect without --listen/],
	[['app-server', '--listen', 'off', '--linger', '5'], /--linger has no effect/],
	[['app-server', '--state-file', '/nowhere/x'], /--state-file has no effect without --listen/],
	[['app-server', ...WS, '--linger', ''], /--linger needs a value/],
	[['app-server', ...WS, '--linger=-1'], /invalid --linger -1/],
	[['app-server', ...WS, '--linger', 'Infinity'], /invalid --linger Infinity/],
	[['app-server', '--thread-idle', 'soon'], /invalid --thread-idle soon/],
	[['app-server', '--listen', 'stdio://', '--listen', 'off'], /--listen is given twice/],
	[['app-server', ...WS, '--ws-auth', 'none', '--ws-auth', 'capability-token'], /--ws-auth is given twice/],
	[['app-server', '--enable', 'goals', '--disable', 'goals'], /--enable goals and --disable goals contradict each other/],
	[['app-server', 'extra'], /extra/],
	[['config', '--cd', ''], /--cd needs a value/],
	[['config', '--enable', 'goals', '--disable', 'goals'], /contradict each other/],
	[['app-server', 'proxy', '--sock', ''], /--sock needs a value/],
	[['app-server', 'proxy', '--sock', '/a', '--sock', '/b'], /--sock is given twice/],
	[['app-server', 'generate-ts', '--out', ''], /--out needs a value/],
	[['app-server', 'generate-ts', '--out', '/a', '--out', '/b'], /--out is given twice/],
	[['exec', '--full-auto', '--sandbox', 'read-only', 'task'], /--full-auto has no effect beside another --sandbox/],
	[['exec', '--model', '', 'task'], /--model needs a value/],
	[['exec', '-m', 'a', '-m', 'b', 'task'], /--model is given twice/],
	[['exec', '--sandbox', 'none', 'task'], /invalid --sandbox none/],
];

describe('a command line that makes no sense is refused', () => {
	let folder = '';
	before(() => {
		folder = mkdtempSync(path.join(tmpdir(), 'command-line-'));
		writeFileSync(path.join(folder, 'token'), 'the-token', { mode: 0o600 });
	});
	after(() => rmSync(folder, { recursive: true, force: true }));

	for (const [args, reason] of refused) {
		it(args.join(' '), function () {
			// A folder of its own that everybody may enter.
			const open = path.join('/var/tmp', `tiller-open-${process.pid}`);
			if (args.includes('{open}') && process.platform === 'win32') this.skip();
			if (args.includes('{open}')) writeFileSync(open, 'the-token', { mode: 0o644 });
			try {
				const words = args.map((arg) => (arg === '{token}' ? path.join(folder, 'token') : arg === '{open}' ? open : arg));
				const run = spawnSync(process.execPath, [serverFile, ...words], {
					encoding: 'utf8',
					timeout: patient(60_000),
					input: '',
					env: { PATH: process.env['PATH'] ?? '', HOME: folder, CODEX_HOME: folder },
				});
				assert.match(run.stderr, reason);
				assert.equal(run.status, 2, run.stderr);
				assert.equal(run.stderr.trim().split('\n').length, 1, 'a message for people, no stack');
			} finally {
				rmSync(open, { force: true });
			}
		});
	}
});

describe('a websocket without a token', () => {
	let fixture: ServerFixture;
	afterEach(() => fixture.dispose());

	it('is said at the start, unless a person wants it so', async () => {
		fixture = await serverFixture();
		const said = async (...more: readonly string[]) => {
			const server = fixture.start({ args: ['app-server', ...WS, ...more] });
			await server.waitUntilReady(() => /listening/.test(server.stderr));
			return /every program on this computer, of every user, can connect/.test(server.stderr);
		};
		assert.deepEqual([await said(), await said('--ws-auth', 'none'), await said(...TOKEN)], [true, false, false]);
	});
});
