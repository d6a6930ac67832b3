import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	existsSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	readlinkSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { after, before, describe, it } from 'mocha';
import { NodeProcessHost } from '../../exec/processHost.ts';
import { BubblewrapSandbox, findBubblewrap } from './bubblewrap.ts';
import type { NewRepository } from '../newRepository.ts';
import type { SandboxPolicy } from '../policy/policy.ts';
import { needsBubblewrap } from '../../../test/support/needsBubblewrap.ts';
import { workspaceWrite } from '../../../test/support/workspaceWrite.ts';

describe('bubblewrap', function () {
	const host = new NodeProcessHost();
	let base = '';
	let workspace = '';
	let outside = '';
	let home = '';

	before(function () {
		needsBubblewrap(this);
		base = realpathSync(mkdtempSync('/var/tmp/tiller-sandbox-'));
		[workspace, outside, home] = ['workspace', 'outside', 'home'].map((name) => {
			mkdirSync(path.join(base, name));
			return path.join(base, name);
		}) as [string, string, string];
	});
	after(async () => {
		await host.dispose();
		if (base) rmSync(base, { recursive: true, force: true });
	});

	async function run(
		script: string,
		options: {
			changesNothing?: boolean;
			keys?: 'shown';
			policy?: SandboxPolicy;
			cwd?: string;
			policyCwd?: string;
			env?: Record<string, string>;
			newRepository?: NewRepository;
		} = {},
	) {
		const sandbox = new BubblewrapSandbox({ host, env: process.env, codexHome: home, keys: () => options.keys ?? 'hidden' });
		const policyCwd = options.policyCwd ?? workspace;
		const env = { PATH: '/usr/bin:/bin', ...options.env };
		const prepared = await sandbox.prepare({
			argv: ['/bin/sh', '-c', script],
			cwd: options.cwd ?? policyCwd,
			policyCwd,
			env,
			policy: options.policy ?? workspaceWrite,
			changesNothing: options.changesNothing ?? false,
			newRepository: options.newRepository ?? null,
		});
		assert.ok(prepared.kind === 'run', prepared.kind === 'refused' ? prepared.reason : '');
		const child = await host.spawn({ argv: prepared.argv, cwd: options.cwd ?? policyCwd, env: prepared.env, tty: null, stdin: 'closed' });
		let output = '';
		child.onOutput((chunk) => {
			output += Buffer.from(chunk).toString();
		});
		const { exitCode } = await child.exited;
		prepared.release();
		return { exitCode, output };
	}

	it('writes inside the workspace and nowhere else', async () => {
		const result = await run(`echo in > in.txt; echo out > ${outside}/out.txt; echo tmp > /tmp/tiller-sandbox-test; cat in.txt`);
		// What goes to the two streams may arrive in either order.
		assert.match(result.output, /^in$/m);
		assert.equal(result.output.match(/Read-only file system/g)?.length, 2);
		assert.equal(readFileSync(path.join(workspace, 'in.txt'), 'utf8'), 'in\n');
		assert.ok(!existsSync(path.join(outside, 'out.txt')));
	});

	it('cannot read what we sign in with, nor hear the pipes of others, unless the person shows the keys', async () => {
		writeFileSync(path.join(home, 'auth.json'), 'the key');
		mkdirSync(path.join(home, 'tiller/pipes'), { recursive: true });
		writeFileSync(path.join(home, 'tiller/pipes/one'), 'heard');
		symlinkSync(path.join(home, 'auth.json'), path.join(workspace, 'way'));
		const script = `cat ${home}/auth.json; cat way; cat ${home}/tiller/pipes/*; cat ${home}/config.toml; echo x > ${home}/auth.json`;
		writeFileSync(path.join(home, 'config.toml'), 'settings');
		for (const policy of [workspaceWrite, { type: 'readOnly', networkAccess: false } as const, { ...workspaceWrite, writableRoots: [base] }]) {
			const { output } = await run(script, { policy });
			assert.doesNotMatch(output, /the key|heard/);
			assert.match(output, /settings/);
		}
		assert.equal(readFileSync(path.join(home, 'auth.json'), 'utf8'), 'the key');
		const shown = await run(`cat ${home}/auth.json; cat ${home}/tiller/pipes/*`, { keys: 'shown' });
		assert.match(shown.output, /the key/);
		assert.doesNotMatch(shown.output, /heard/);
		rmSync(path.join(workspace, 'way'));
	});

	it('opens its streams by name, also where nothing may be written', async () => {
		for (const policy of [workspaceWrite, { type: 'readOnly', networkAccess: false } as const]) {
			const result = await run('echo one > /dev/stderr && echo two | tee /dev/stdout && echo b | sort -o /dev/stdout', { policy });
			assert.deepEqual([result.exitCode, result.output.split('\n').sort().join(' ').trim()], [0, 'b one two two']);
		}
	});

	it('writes nowhere under read-only', async () => {
		const result = await run('echo x > ro.txt; ls in.txt', { policy: { type: 'readOnly', networkAccess: false } });
		assert.match(result.output, /Read-only file system/);
		assert.match(result.output, /in\.txt/);
		assert.ok(!existsSync(path.join(workspace, 'ro.txt')));
	});

	it('allows the temporary folders when the policy does, and not the whole disk for TMPDIR=/', async () => {
		const policy: SandboxPolicy = { ...workspaceWrite, excludeTmpdirEnvVar: false };
		assert.equal((await run('echo x > "$TMPDIR/t" && rm "$TMPDIR/t"', { policy, env: { TMPDIR: outside } })).exitCode, 0);
		assert.notEqual((await run(`echo x > ${home}/t`, { policy, env: { TMPDIR: '/' } })).exitCode, 0);
		assert.equal((await run('f=$(mktemp /tmp/tiller-XXXXXX) && rm "$f"', { policy: { ...workspaceWrite, excludeSlashTmp: false } })).exitCode, 0);
	});

	it('protects .git, .agents and .codex, whether they exist or not, and leaves nothing behind', async () => {
		mkdirSync(path.join(workspace, '.git'));
		writeFileSync(path.join(workspace, '.git', 'config'), 'x');
		const result = await run('echo evil > .git/config; mkdir -p .codex/rules; echo x > .agents; mv .git old; rmdir .codex; rm -rf .git; ls -a; true');
		assert.equal(readFileSync(path.join(workspace, '.git', 'config'), 'utf8'), 'x', result.output);
		assert.deepEqual(readdirSync(workspace).sort(), ['.git', 'in.txt']);
	});

	it('keeps the place of a missing folder covered while another command runs', async () => {
		const sandbox = new BubblewrapSandbox({ host, env: process.env, codexHome: home });
		const request = {
			argv: ['/bin/sh', '-c', 'mkdir .codex/x'],
			cwd: workspace,
			policyCwd: workspace,
			env: { PATH: '/usr/bin:/bin' },
			policy: workspaceWrite,
		};
		const [one, two] = [await sandbox.prepare(request), await sandbox.prepare(request)];
		assert.ok(one.kind === 'run' && two.kind === 'run');
		const start = (argv: readonly string[]) => host.spawn({ argv, cwd: workspace, env: {}, tty: null, stdin: 'closed' });
		await (await start(one.argv)).exited;
		one.release();
		assert.ok(existsSync(path.join(workspace, '.codex')));
		assert.notEqual((await (await start(two.argv)).exited).exitCode, 0);
		two.release();
		assert.ok(!existsSync(path.join(workspace, '.codex')));
	});

	it('runs where a settings folder is a link that leads nowhere or in a circle, and keeps the link', async () => {
		const place = path.join(base, 'stray');
		mkdirSync(place);
		symlinkSync('/no/such/place', path.join(place, '.vscode'));
		symlinkSync('.codex', path.join(place, '.codex'));
		symlinkSync('made/later', path.join(place, '.agents'));
		const look = () =>
			readdirSync(place)
				.filter((name) => !name.includes('not-allowed'))
				.map((name) => [name, lstatSync(path.join(place, name)).isSymbolicLink()]);
		const before = look();
		assert.deepEqual(await run('echo in > in.txt && cat in.txt', { policyCwd: place }), { exitCode: 0, output: 'in\n' });
		rmSync(path.join(place, 'in.txt'));
		await run('rm .vscode .codex && mkdir .vscode && echo evil > .vscode/tasks.json; echo evil > .codex; mkdir -p made/later', { policyCwd: place });
		rmSync(path.join(place, 'made'), { recursive: true });
		// A link that a command makes lead somewhere is moved aside.
		assert.deepEqual(
			look(),
			before.filter(([name]) => name !== '.agents'),
		);
		assert.equal(readlinkSync(path.join(place, '.vscode')), '/no/such/place');
		assert.ok(!existsSync(path.join(place, '.vscode/tasks.json')));
		rmSync(place, { recursive: true });
	});

	it('lets a person open the repository of a work tree', async () => {
		const [main, tree] = [path.join(base, 'main'), path.join(base, 'tree')];
		const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { stdio: 'pipe' });
		git('init', '-q', main);
		git('-C', main, 'commit', '-q', '--allow-empty', '-m', 'one');
		git('-C', main, 'worktree', 'add', '-q', tree);
		const add = (writableRoots: readonly string[]) =>
			run('echo x > new.txt && git add new.txt && git status --short', { policyCwd: tree, policy: { ...workspaceWrite, writableRoots } });
		assert.notEqual((await add([])).exitCode, 0);
		assert.match((await add([path.join(main, '.git')])).output, /^A {2}new\.txt$/m);
		git('-C', tree, 'reset', '-q');
		assert.match((await add([path.join(tree, '.git')])).output, /^A {2}new\.txt$/m);
		for (const folder of [main, tree]) rmSync(folder, { recursive: true });
	});

	it('shows a command that only reads none of the places that it keeps free, and makes none', async () => {
		const place = path.join(base, 'bare');
		mkdirSync(place);
		const { output } = await run('ls -A', { policyCwd: place, changesNothing: true });
		assert.equal(output, '');
		const written = await run('mkdir .codex; echo x > new; ls -A', { policyCwd: place, changesNothing: true });
		assert.match(written.output, /Read-only file system/);
		assert.deepEqual(readdirSync(place), []);
	});

	it('leaves a place to the command of another server, and takes what a killed one left', async () => {
		const place = path.join(base, 'shared');
		mkdirSync(place);
		await run('true', { policyCwd: place });
		const note = (server: string) => {
			const file = path.join(place, '.codex');
			const folder = path.join(home, 'tiller/placeholders', createHash('sha256').update(file).digest('hex').slice(0, 24));
			mkdirSync(folder, { recursive: true });
			writeFileSync(path.join(folder, server), file);
			mkdirSync(file, { recursive: true });
			return () => rmSync(path.join(folder, server));
		};
		const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
		const alive = `${process.ppid}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
		const forget = note(alive);
		assert.match((await run('mkdir .codex/x', { policyCwd: place })).output, /Read-only/);
		assert.ok(existsSync(path.join(place, '.codex')));
		forget();
		note('999999999-1');
		await run('true', { policyCwd: place });
		assert.deepEqual(readdirSync(place), []);
	});

	it('follows links to writable roots and ignores roots that do not exist', async () => {
		symlinkSync(outside, path.join(base, 'link'));
		const policy: SandboxPolicy = { ...workspaceWrite, writableRoots: [path.join(base, 'link'), path.join(base, 'missing')] };
		assert.equal((await run(`echo x > ${base}/link/via-link && rm ${outside}/via-link`, { policy })).exitCode, 0);
		assert.notEqual((await run(`mkdir ${base}/missing`, { policy })).exitCode, 0);
		symlinkSync(workspace, path.join(base, 'ws-link'));
		assert.equal((await run('echo x > a && rm a', { policyCwd: path.join(base, 'ws-link') })).exitCode, 0);
	});

	it('is not fooled by a link in the workspace that leads out', async () => {
		symlinkSync(outside, path.join(workspace, 'way-out'));
		assert.match((await run('echo x > way-out/x')).output, /Read-only file system/);
		rmSync(path.join(workspace, 'way-out'));
	});

	it('protects our own home inside a writable folder, but not a workspace inside that home', async () => {
		writeFileSync(path.join(home, 'config.toml'), 'safe');
		const policy: SandboxPolicy = { ...workspaceWrite, writableRoots: [base] };
		await run(`echo x > ${home}/config.toml; mkdir ${home}/rules`, { policy });
		assert.equal(readFileSync(path.join(home, 'config.toml'), 'utf8'), 'safe');
		assert.ok(!existsSync(path.join(home, 'rules')));
		mkdirSync(path.join(home, 'ws'));
		assert.equal((await run('echo x > y', { policyCwd: path.join(home, 'ws') })).exitCode, 0);
	});

	it('makes only the policy folder writable when the command runs elsewhere', async () => {
		assert.notEqual((await run('echo x > x', { cwd: outside })).exitCode, 0);
		assert.equal((await run('pwd', { cwd: outside })).output, `${outside}\n`);
	});

	it('closes the network, and opens it when the policy does', async () => {
		const server = net.createServer((socket) => socket.end('reached'));
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		const port = typeof address === 'object' && address !== null ? address.port : 0;
		const script = `bash -c 'cat < /dev/tcp/127.0.0.1/${port}'`;
		assert.doesNotMatch((await run(script)).output, /reached/);
		assert.match((await run(script, { policy: { ...workspaceWrite, networkAccess: true } })).output, /reached/);
		await new Promise((resolve) => server.close(resolve));
	});

	it('gives no power to mount, even to root, and no view of other processes', async () => {
		assert.notEqual((await run('mount -o remount,rw /')).exitCode, 0);
		assert.notEqual((await run(`mount --bind ${workspace} ${outside}`)).exitCode, 0);
		assert.notEqual((await run(`kill -0 ${process.pid}`)).exitCode, 0);
		assert.notEqual((await run('unshare -Urm mount -o remount,rw,bind / && echo x > /etc/tiller-test')).exitCode, 0);
	});

	it('ends everything in the sandbox with its first process', async () => {
		// A duration that nothing else sleeps, to find the process by.
		const mark = `98765.${process.pid}`;
		const result = await run(`sleep ${mark} & echo started`);
		assert.equal(result.output, 'started\n');
		const isAlive = () =>
			readdirSync('/proc').some((pid) => {
				try {
					return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(`sleep\0${mark}\0`);
				} catch {
					return false;
				}
			});
		while (isAlive()) await new Promise(setImmediate);
	});

	it('refuses, with the reason and a way out, when bubblewrap is missing or broken', async () => {
		const request = { argv: ['true'], cwd: workspace, policyCwd: workspace, env: {}, policy: workspaceWrite };
		const missing = await new BubblewrapSandbox({ host, env: {}, codexHome: null, program: '/no/such/bwrap' }).prepare(request);
		assert.ok(missing.kind === 'refused');
		assert.match(missing.reason, /\/no\/such\/bwrap was not found\. Install it .*bubblewrap/);
		const broken = await new BubblewrapSandbox({ host, env: {}, codexHome: null, program: '/bin/false' }).prepare(request);
		assert.ok(broken.kind === 'refused');
		const strange = await new BubblewrapSandbox({ host, env: process.env, codexHome: null, arch: 'riscv64' }).prepare(request);
		assert.ok(strange.kind === 'refused' && strange.reason.includes('no filter of system calls for riscv64'));
		const full = await new BubblewrapSandbox({ host, env: {}, codexHome: null, program: '/no/such/bwrap' }).prepare({
			...request,
			policy: { type: 'dangerFullAccess' },
		});
		assert.ok(full.kind === 'run' && !full.sandboxed);
	});

	it('runs without a /proc of its own where none is permitted', async () => {
		const fake = path.join(base, 'bwrap');
		writeFileSync(
			fake,
			`#!/bin/sh\nfor a in "$@"; do [ "$a" = --proc ] && { echo "bwrap: Can't mount proc on /newroot/proc: Operation not permitted" >&2; exit 1; }; done\nexec /usr/bin/bwrap "$@"\n`,
			{ mode: 0o755 },
		);
		const prepared = await new BubblewrapSandbox({ host, env: {}, codexHome: null, program: fake }).prepare({
			argv: ['/bin/true'],
			cwd: workspace,
			policyCwd: workspace,
			env: {},
			policy: workspaceWrite,
		});
		assert.ok(prepared.kind === 'run' && !prepared.argv.includes('--proc'));
		prepared.release();
	});

	it('does not take a bwrap that lies in the workspace', () => {
		assert.equal(
			findBubblewrap({ PATH: '/ws/bin:rel:/x' }, '/ws', (file) => file === '/ws/bin/bwrap' || file === '/x/bwrap'),
			'/x/bwrap',
		);
	});
});
