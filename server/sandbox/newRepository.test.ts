import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { needsBubblewrap } from '../../test/support/needsBubblewrap.ts';
import { NodeProcessHost } from '../exec/processHost.ts';
import { BubblewrapSandbox } from './linux/bubblewrap.ts';
import type { FileSystemEntry } from './policy/fileSystemEntry.ts';
import type { SandboxPolicy } from './policy/policy.ts';
import { hasNoRepository } from './newRepository.ts';
import { workspaceWrite } from '../../test/support/workspaceWrite.ts';

describe('a repository made in the sandbox', function () {
	const host = new NodeProcessHost();
	let base = '';
	let workspace = '';
	let problems: string[] = [];

	beforeEach(function () {
		needsBubblewrap(this);
		base = realpathSync(mkdtempSync('/var/tmp/tiller-repository-'));
		workspace = path.join(base, 'workspace');
		problems = [];
		for (const name of ['workspace', 'home', 'person']) mkdirSync(path.join(base, name));
	});
	afterEach(() => {
		if (base) rmSync(base, { recursive: true, force: true });
	});

	const open = () => new BubblewrapSandbox({ host, env: process.env, codexHome: path.join(base, 'home'), onProblem: (text) => problems.push(text) });

	async function prepare(
		script: string,
		{ by = null, env = {}, policy = workspaceWrite }: { by?: 'init' | 'clone' | null; env?: Record<string, string>; policy?: SandboxPolicy } = {},
	) {
		const prepared = await open().prepare({
			argv: ['/bin/sh', '-c', script],
			cwd: workspace,
			policyCwd: workspace,
			env: { PATH: '/usr/bin:/bin', HOME: path.join(base, 'person'), ...env },
			policy,
			newRepository: by === null ? null : { folder: workspace, by, programs: ['git'] },
		});
		assert.ok(prepared.kind === 'run', prepared.kind === 'refused' ? prepared.reason : '');
		return {
			release: prepared.release,
			run: async () => {
				const child = await host.spawn({ argv: prepared.argv, cwd: workspace, env: prepared.env, tty: null, stdin: 'closed' });
				let output = '';
				child.onOutput((chunk) => (output += Buffer.from(chunk).toString()));
				return { exitCode: (await child.exited).exitCode, output };
			},
		};
	}
	async function run(...given: Parameters<typeof prepare>) {
		const command = await prepare(...given);
		const result = await command.run();
		command.release();
		return result;
	}
	const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { stdio: 'pipe' }).toString();

	it('is whole, has no programs of anybody, and cannot be changed afterwards', async () => {
		const template = path.join(workspace, 'template');
		mkdirSync(path.join(template, 'hooks'), { recursive: true });
		writeFileSync(path.join(template, 'hooks', 'pre-commit'), 'evil', { mode: 0o755 });
		writeFileSync(path.join(base, 'person', '.gitconfig'), `[init]\n\ttemplateDir = ${template}\n`);
		const { exitCode, output } = await run('git init -q; ls -A', { by: 'init' });
		assert.deepEqual([exitCode, output.split('\n').filter(Boolean)], [0, ['.agents', '.codex', '.git', '.vscode', 'template']]);
		assert.deepEqual(readdirSync(workspace).sort(), ['.git', 'template']);
		assert.equal(git('-C', workspace, 'rev-parse', '--is-inside-work-tree').trim(), 'true');
		assert.ok(!existsSync(path.join(workspace, '.git', 'hooks')));
		assert.match((await run('git config core.fsmonitor ./x; touch .git/x', { by: 'init' })).output, /Read-only file system/);
		assert.deepEqual(problems, []);
	});

	it('can be made beside a command that keeps its place free, which still cannot write there', async () => {
		const other = await prepare('touch .git/x');
		assert.match((await other.run()).output, /Read-only file system/);
		assert.ok(hasNoRepository(workspace));
		assert.equal((await run('git init -q', { by: 'init' })).exitCode, 0);
		assert.match((await other.run()).output, /Read-only file system/);
		other.release();
		assert.ok(existsSync(path.join(workspace, '.git', 'HEAD')));
		assert.ok(!hasNoRepository(workspace));
	});

	it('is made under a profile of permissions, too', async () => {
		const entries: readonly FileSystemEntry[] = [
			{ path: { type: 'special', value: { kind: 'root' } }, access: 'read' },
			{ path: { type: 'special', value: { kind: 'project_roots' } }, access: 'write' },
			{ path: { type: 'special', value: { kind: 'project_roots', subpath: '.git' } }, access: 'read' },
		];
		const policy: SandboxPolicy = { type: 'managed', fileSystem: { type: 'restricted', entries }, network: 'restricted' };
		assert.equal((await run('git init -q', { by: 'init', policy })).exitCode, 0);
		assert.ok(existsSync(path.join(workspace, '.git', 'HEAD')));
	});

	it('is not made where the git that would run can be another one', async () => {
		mkdirSync(path.join(workspace, 'bin'));
		symlinkSync(path.join(workspace, 'bin'), path.join(base, 'way'));
		for (const first of [path.join(workspace, 'bin'), path.join(base, 'way'), path.join(workspace, 'none'), 'bin', '']) {
			const { output } = await run('git init', { by: 'init', env: { PATH: `${first}:/usr/bin:/bin` } });
			assert.match(output, /Read-only file system/, first);
		}
		assert.deepEqual(readdirSync(workspace), ['bin']);
		assert.match((await run('git init')).output, /Read-only file system/);
	});

	it('is cloned into an empty folder, without the settings that would run programs', async () => {
		const source = path.join(base, 'source');
		git('init', '-q', source);
		for (const name of ['.vscode', '.codex', '.agents', 'src/.vscode']) {
			mkdirSync(path.join(source, name), { recursive: true });
			writeFileSync(path.join(source, name, 'tasks.json'), '{}');
		}
		git('-C', source, 'add', '-A');
		git('-C', source, 'commit', '-qm', 'one');
		const refused = await run(`git clone -q ${source} .`);
		assert.match(refused.output, /already exists and is not an empty directory/);
		assert.deepEqual(await run(`git clone -q ${source} . && git log --format=%s`, { by: 'clone' }), { exitCode: 0, output: 'one\n' });
		assert.deepEqual(readdirSync(workspace).sort(), ['.git', 'src']);
		assert.ok(existsSync(path.join(workspace, 'src', '.vscode')));
		assert.equal(git('-C', workspace, 'status', '--short'), '');
		assert.deepEqual(problems, []);
		// A person gets them by git's own means.
		git('-C', workspace, 'sparse-checkout', 'disable');
		assert.equal(readFileSync(path.join(workspace, '.vscode', 'tasks.json'), 'utf8'), '{}');
	});

	it('leaves nothing in the places for settings, whatever the command was', async () => {
		await run('mkdir .vscode && echo evil > .vscode/tasks.json', { by: 'clone' });
		assert.ok(!existsSync(path.join(workspace, '.vscode')));
		assert.match(problems.join(), /\.vscode holds, which are settings: that is now .*\.vscode\.not-allowed/);
	});
});
