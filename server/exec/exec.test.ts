import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import fc from 'fast-check';
import { commandEnvironment, DEFAULT_ENVIRONMENT_POLICY, inheritedEnvironment } from './environment.ts';
import { OutputBuffer } from './outputBuffer.ts';
import { SpawnError, type SpawnRequest } from './process.ts';
import { NodeProcessHost } from './processHost.ts';
import { joinShellWords } from './shellQuote.ts';
import { Terminals } from './terminals.ts';
import { patient } from '../../test/support/deadline.ts';

const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin' };
const never = new AbortController().signal;
const sh = (script: string, more: Partial<SpawnRequest> = {}): SpawnRequest => ({
	argv: ['/bin/sh', '-c', script],
	cwd: os.tmpdir(),
	env,
	tty: null,
	stdin: 'closed',
	...more,
});

function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch {
		return false;
	}
}

async function until(what: string, condition: () => boolean): Promise<void> {
	const end = Date.now() + 5000;
	while (!condition()) {
		if (Date.now() > end) throw new Error(`waited in vain for: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 5));
	}
}

describe('processes', () => {
	let host: NodeProcessHost;
	beforeEach(() => {
		host = new NodeProcessHost();
	});
	afterEach(() => host.dispose());

	async function run(request: SpawnRequest) {
		const child = await host.spawn(request);
		const seen = { stdout: '', stderr: '' };
		child.onOutput((chunk, stream) => {
			seen[stream] += Buffer.from(chunk).toString();
		});
		return { ...(await child.exited), ...seen };
	}

	it('delivers all output before the exit is known', async () => {
		const result = await run(sh('echo out; echo err >&2; exit 3'));
		assert.deepEqual(result, { exitCode: 3, signal: null, stdout: 'out\n', stderr: 'err\n' });
		const long = await run(sh('head -c 3000000 /dev/zero | tr "\\0" a; printf END'));
		assert.equal(long.stdout.length, 3_000_003);
		assert.ok(long.stdout.endsWith('END'));
	});

	it('has its streams opened by name, as programs do', async function () {
		if (process.platform !== 'linux') this.skip();
		const byName = [
			'echo one > /dev/stderr',
			'echo two | tee /dev/stdout',
			'printf "b\\na\\n" | sort -o /dev/stdout',
			`awk 'BEGIN { print "three" > "/dev/stderr"; print "four" > "/dev/stdout" }'`,
			'echo five > /proc/self/fd/2',
		].join(' && ');
		const result = await run(sh(byName));
		assert.deepEqual(result, { exitCode: 0, signal: null, stdout: 'two\ntwo\na\nb\nfour\n', stderr: 'one\nthree\nfive\n' });
		const child = await host.spawn({ ...sh('cat /dev/stdin; echo end'), stdin: 'open' });
		let text = '';
		child.onOutput((chunk) => {
			text += Buffer.from(chunk).toString();
		});
		await child.write(Buffer.from('x'.repeat(200_000)));
		child.closeStdin();
		assert.equal((await child.exited).exitCode, 0);
		assert.equal(text, `${'x'.repeat(200_000)}end\n`);
	});

	it('gets pipes, and leaves none of their names', async function () {
		if (process.platform !== 'linux') this.skip();
		const folder = mkdtempSync(path.join(os.tmpdir(), 'pipes-test-'));
		const own = new NodeProcessHost({ pipesFolder: path.join(folder, 'pipes') });
		try {
			const kinds = await Promise.all(
				[1, 2, 3, 4, 5].map(async () => {
					const child = await own.spawn(sh('stat -L -c %F /dev/stdout /dev/stderr'));
					let text = '';
					child.onOutput((chunk) => {
						text += Buffer.from(chunk).toString();
					});
					await child.exited;
					return text;
				}),
			);
			assert.deepEqual(new Set(kinds), new Set(['fifo\nfifo\n']));
			await until('the names to be gone', () => readdirSync(path.join(folder, 'pipes')).length === 0);
		} finally {
			await own.dispose();
			rmSync(folder, { recursive: true, force: true });
		}
	});

	it('names the signal that ended a process', async () => {
		assert.deepEqual(await run(sh('kill -9 $$')), { exitCode: 137, signal: 'SIGKILL', stdout: '', stderr: '' });
	});

	it('does not wait for a background child that keeps the pipe open', async () => {
		const started = Date.now();
		const child = await host.spawn(sh('sleep 300 & echo $!; echo done'));
		let text = '';
		child.onOutput((chunk) => {
			text += Buffer.from(chunk).toString();
		});
		assert.equal((await child.exited).exitCode, 0);
		assert.ok(Date.now() - started < patient(10_000), 'not the minutes of the background child');
		assert.match(text, /^\d+\ndone\n$/);
		const background = Number.parseInt(text, 10);
		assert.ok(isAlive(background), 'a server that was put into the background lives on');
		await host.dispose();
		await until('the end of the background process', () => !isAlive(background) || zombie(background));
	});

	it('kills the whole group, also what ignores SIGTERM', async () => {
		const child = await host.spawn(sh('trap "" TERM; sh -c \'trap "" TERM; echo $$; while :; do sleep 0.1; done\' & while :; do sleep 0.1; done'));
		let text = '';
		child.onOutput((chunk) => {
			text += Buffer.from(chunk).toString();
		});
		await until('the grandchild', () => text.includes('\n'));
		await child.kill(50);
		assert.equal((await child.exited).signal, 'SIGKILL');
		const grandchild = Number.parseInt(text, 10);
		await until('the end of the grandchild', () => !isAlive(grandchild) || zombie(grandchild));
	});

	it('says in plain words why a program could not start', async () => {
		const message = async (request: SpawnRequest) => {
			const error = await host.spawn(request).then(
				() => null,
				(e: unknown) => e,
			);
			assert.ok(error instanceof SpawnError);
			return error.message;
		};
		assert.equal(await message(sh('', { argv: ['no-such-program-x'] })), 'the program no-such-program-x was not found');
		assert.equal(await message(sh('', { argv: ['no-such-program-x'], tty: { rows: 24, cols: 80 } })), 'the program no-such-program-x was not found');
		assert.equal(await message(sh('true', { cwd: '/no/such/folder' })), 'the working directory /no/such/folder does not exist');
		assert.match(await message(sh('', { argv: ['/etc/passwd'] })), /may not be executed: permission denied/);
		assert.match(await message(sh('', { argv: ['/bin/echo', 'a\0b'] })), /null character/);
		const noPty = new NodeProcessHost({ loadPty: () => Promise.reject(new Error('no native part')) });
		await assert.rejects(noPty.spawn(sh('true', { tty: { rows: 24, cols: 80 } })), /terminals are not available .* without tty/);
	});

	it('keeps stdin open only where asked, and gives a terminal a size', async () => {
		assert.equal((await run(sh('cat; echo end'))).stdout, 'end\n');
		const cat = await host.spawn(sh('cat', { stdin: 'open' }));
		let text = '';
		cat.onOutput((chunk) => {
			text += Buffer.from(chunk).toString();
		});
		await cat.write(Buffer.from('hello'));
		cat.closeStdin();
		await cat.exited;
		assert.equal(text, 'hello');
		await assert.rejects(cat.write(Buffer.from('late')));

		const term = await host.spawn(sh('trap "stty size; exit 4" WINCH; stty size; while :; do sleep 0.05; done', { tty: { rows: 10, cols: 20 } }));
		let screen = '';
		term.onOutput((chunk) => {
			screen += Buffer.from(chunk).toString();
		});
		await until('the first size', () => screen.includes('10 20'));
		await new Promise((resolve) => setImmediate(resolve));
		await until('the second size', () => {
			term.resize({ rows: 33, cols: 44 });
			return screen.includes('33 44');
		});
		assert.equal((await term.exited).exitCode, 4);
	});

	it('loses nothing of a fast terminal command', async () => {
		for (let i = 0; i < 10; i++) assert.equal((await run(sh('printf "a b c"', { tty: { rows: 24, cols: 80 } }))).stdout, 'a b c');
	});

	it('leaks no file descriptor', async () => {
		if (process.platform !== 'linux') return;
		await run(sh('true'));
		const before = readdirSync('/proc/self/fd').length;
		for (let i = 0; i < 40; i++) await run(sh('echo x'));
		await until('closed descriptors', () => readdirSync('/proc/self/fd').length <= before + 1);
	});
});

function zombie(pid: number): boolean {
	try {
		return /\) Z /.test(String(process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/stat`)));
	} catch {
		return true;
	}
}

describe('output buffer', () => {
	it('keeps beginning and end and says what is missing', () => {
		const buffer = new OutputBuffer(20);
		buffer.append(Buffer.from('0123456789abcdefghij'));
		assert.equal(buffer.text(), '0123456789abcdefghij');
		buffer.append(Buffer.from('KLMNO'));
		assert.equal(buffer.text(), '0123456789\n[... 5 bytes not kept ...]\nfghijKLMNO');
	});

	it('never shows half a character at the cut, for any chunks', () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 8 })), fc.integer({ min: 8, max: 40 }), (parts, cap) => {
				const buffer = new OutputBuffer(cap);
				for (const part of parts) buffer.append(Buffer.from(part));
				const whole = Buffer.from(parts.join(''));
				assert.equal(buffer.totalBytes, whole.length);
				if (whole.length <= cap) assert.equal(buffer.text(), whole.toString());
				else if (!whole.toString().includes('\ufffd')) assert.ok(!buffer.text().includes('\ufffd'));
			}),
		);
	});
});

describe('terminals', () => {
	const host = new NodeProcessHost();
	const texts: string[] = [];
	const start = (terminals: Terminals, script: string, more: Partial<SpawnRequest> = {}, threadId = 'a') =>
		terminals.start(terminals.reserveId(), { threadId, command: script, request: sh(script, more), onText: (text) => texts.push(text) });

	it('answers in steps and tells the end', async () => {
		const folder = mkdtempSync(path.join(os.tmpdir(), 'tiller-terminals-'));
		const terminals = new Terminals(host);
		const terminal = await start(terminals, 'echo one; while [ ! -e go ]; do sleep 0.02; done; echo two', { cwd: folder });
		assert.equal(await terminal.wait(250, never), 'timeout');
		assert.equal(terminal.read().text, 'one\n');
		assert.deepEqual(terminals.list('a'), [terminal]);
		assert.equal(terminals.get('b', terminal.id), null, 'another thread does not see it');
		writeFileSync(path.join(folder, 'go'), '');
		assert.equal(await terminal.wait(5000, never), 'exited');
		assert.equal(terminal.read().text, 'two\n');
		assert.equal(terminal.captured.text(), 'one\ntwo\n');
		assert.deepEqual(terminals.list('a'), []);
		rmSync(folder, { recursive: true });
	});

	it('keeps the bytes of one character together and replaces invalid ones', async () => {
		texts.length = 0;
		const terminals = new Terminals(host);
		const terminal = await start(terminals, "printf '\\303'; sleep 0.1; printf '\\244 \\377!'");
		await terminal.wait(5000, never);
		assert.equal(texts.join(''), 'ä \ufffd!');
		assert.equal(terminal.captured.text(), 'ä \ufffd!');
	});

	it('is bounded, and ends what a thread left', async () => {
		const terminals = new Terminals(host, { max: 2 });
		const [one, two, three] = [await start(terminals, 'sleep 60'), await start(terminals, 'sleep 60'), await start(terminals, 'sleep 60')];
		await one.exited;
		assert.deepEqual(terminals.list('a'), [two, three]);
		await terminals.killAll('a');
		assert.equal((await three.exited).signal, 'SIGTERM');
		assert.deepEqual(terminals.list('a'), []);
	});
});

describe('environment and shell', () => {
	it('hides the editor, keeps the rest, and marks a closed network exactly when it is closed', () => {
		const base = { PATH: '/bin', ELECTRON_RUN_AS_NODE: '1', VSCODE_PID: '5', CODEX_HOME: '/h', CODEX_SANDBOX_NETWORK_DISABLED: '1', TERM: 'xterm' };
		const closed = commandEnvironment({ base, policy: DEFAULT_ENVIRONMENT_POLICY, threadId: 't', network: 'restricted' });
		assert.equal(closed['CODEX_HOME'], '/h');
		assert.equal(closed['TERM'], 'dumb');
		assert.equal(closed['CODEX_THREAD_ID'], 't');
		assert.equal(closed['CODEX_SANDBOX_NETWORK_DISABLED'], '1');
		assert.ok(!('ELECTRON_RUN_AS_NODE' in closed) && !('VSCODE_PID' in closed));
		const open = commandEnvironment({ base, policy: DEFAULT_ENVIRONMENT_POLICY, threadId: 't', network: 'enabled' });
		assert.ok(!('CODEX_SANDBOX_NETWORK_DISABLED' in open));
	});

	it('follows the environment policy', () => {
		const base = { PATH: '/bin', HOME: '/h', API_KEY: 'x', AWS_A: '1', FOO: '2' };
		const policy = { ...DEFAULT_ENVIRONMENT_POLICY };
		assert.deepEqual(inheritedEnvironment(base, { ...policy, inherit: 'core' }), { PATH: '/bin', HOME: '/h' });
		assert.deepEqual(inheritedEnvironment(base, { ...policy, inherit: 'none', set: { A: 'b' } }), { A: 'b' });
		assert.deepEqual(inheritedEnvironment(base, { ...policy, ignoreDefaultExcludes: false, exclude: ['aws_*'] }), {
			PATH: '/bin',
			HOME: '/h',
			FOO: '2',
		});
		assert.deepEqual(inheritedEnvironment(base, { ...policy, includeOnly: ['P*'], set: { Q: '1' } }), { PATH: '/bin' });
	});

	it('withholds our keys from commands, unless they are asked for by name', () => {
		const base = { OPENAI_API_KEY: 'a', My_Key: 'b', OTHER: 'c' };
		const policy = { ...DEFAULT_ENVIRONMENT_POLICY, withheld: ['OPENAI_API_KEY', 'MY_KEY'] };
		assert.deepEqual(inheritedEnvironment(base, policy), { OTHER: 'c' });
		assert.deepEqual(inheritedEnvironment(base, { ...policy, includeOnly: ['openai_*', 'other'] }), { OPENAI_API_KEY: 'a', OTHER: 'c' });
		assert.deepEqual(inheritedEnvironment(base, { ...policy, set: { OPENAI_API_KEY: 'own' } }), { OTHER: 'c', OPENAI_API_KEY: 'own' });
	});

	it('quotes words so that a shell reads the same again', async () => {
		assert.equal(joinShellWords(['/bin/bash', '-lc', 'ls']), '/bin/bash -lc ls');
		assert.equal(joinShellWords(['sed', '-n', '1,2p']), "sed -n '1,2p'");
		assert.equal(joinShellWords(['printf "one\\n"']), '"printf \\"one\\\\n\\""');
		assert.equal(joinShellWords(["awk '{print}'"]), '"awk \'{print}\'"');
		const child = await host.spawn(sh(`printf '%s|' ${joinShellWords(["a'b", '$x `y` \\ " !^', '^', '', 'ü\n'])}`));
		let text = '';
		child.onOutput((chunk) => {
			text += Buffer.from(chunk).toString();
		});
		await child.exited;
		assert.equal(text, 'a\'b|$x `y` \\ " !^|^||ü\n|');
	});
	const host = new NodeProcessHost();
});
