import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../../support/appServerProcess.ts';
import { type ServerFixture, serverFixture } from '../../support/serverFixture.ts';

const LFS = process.env['TILLER_GIT_LFS'];

describe('worktrees of checkouts that are not simple', () => {
	let fixture: ServerFixture;
	let folder: string;

	const env = () => ({
		...process.env,
		...fixture.home.env,
		...(LFS === undefined ? {} : { PATH: `${path.dirname(LFS)}:${process.env.PATH}` }),
		GIT_CONFIG_NOSYSTEM: '1',
		GIT_CONFIG_GLOBAL: '/dev/null',
	});
	const git = (cwd: string, ...args: string[]) =>
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'protocol.file.allow=always', ...args], {
			cwd,
			env: env(),
			stdio: 'pipe',
		})
			.toString()
			.replace(/\n$/, '');
	const write = (root: string, name: string, text: string | Buffer) => {
		mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
		writeFileSync(path.join(root, name), text);
	};
	const read = (root: string, name: string) => readFileSync(path.join(root, name), 'utf8');
	const repository = (root: string, files: Readonly<Record<string, string>>) => {
		for (const [name, text] of Object.entries(files)) write(root, name, text);
		git(root, 'init', '-q', '-b', 'main');
		git(root, 'add', '.');
		git(root, 'commit', '-qm', 'first');
	};
	const open = async (more: Readonly<Record<string, string>> = {}): Promise<AppServerProcess> => {
		const server = fixture.start({ env: { ...more } });
		await server.initialize({ experimentalApi: true });
		return server;
	};
	const changesOf = async (server: AppServerProcess, id: string) =>
		((await server.request('worktree/changes', { id })).changes as { path: string; status: string; kind: string }[]).map(
			(change) => `${change.status} ${change.kind} ${change.path}`,
		);

	beforeEach(async () => {
		fixture = await serverFixture();
		folder = path.join(fixture.home.workspace, 'project');
	});
	afterEach(() => fixture.dispose());

	it('sparse without cones, with its patterns of this worktree alone: has what the folder has, also new files outside of them', async () => {
		repository(folder, { 'a.txt': 'a\n', 'sub/b.txt': 'b\n', 'big/large.txt': 'large\n', 'big/small.txt': 'small\n' });
		git(folder, 'sparse-checkout', 'set', '--no-cone', '/*', '!/big/', '/big/small.txt');
		write(folder, 'sub/b.txt', 'changed\n');
		write(folder, 'big/new.txt', 'new\n');
		const server = await open();
		const { worktree, warnings } = await server.request('worktree/create', { cwd: folder, start: 'folder' });
		assert.deepEqual(warnings, []);
		assert.equal(read(worktree.folder, 'sub/b.txt'), 'changed\n');
		assert.equal(read(worktree.folder, 'big/new.txt'), 'new\n');
		assert.equal(existsSync(path.join(worktree.folder, 'big/large.txt')), false);
		assert.equal(existsSync(path.join(worktree.folder, 'big/small.txt')), true);
		assert.deepEqual(await changesOf(server, worktree.id), []);
		write(worktree.folder, 'big/made.txt', 'made\n');
		write(worktree.folder, 'a.txt', 'A\n');
		assert.deepEqual(await changesOf(server, worktree.id), ['modified text a.txt', 'added text big/made.txt']);
		const { risk } = await server.request('worktree/remove', { id: worktree.id });
		assert.deepEqual([...risk.files].sort(), ['a.txt', 'big/made.txt']);
		assert.equal(git(folder, 'status', '--porcelain'), ' M sub/b.txt\n?? big/new.txt');
	});

	it('with submodules in submodules, with names and changes of all kinds', async () => {
		const inner = path.join(fixture.home.workspace, 'inner');
		const outer = path.join(fixture.home.workspace, 'outer lib');
		repository(inner, { 'inner.txt': 'inner\n' });
		repository(outer, { 'outer.txt': 'outer\n' });
		git(outer, 'submodule', 'add', '-q', '--name', 'the "inner" one.path', inner, 'deep/in ner');
		git(outer, 'commit', '-qm', 'inner');
		repository(folder, { 'a.txt': 'a\n' });
		git(folder, 'submodule', 'add', '-q', outer, 'vendor/outer');
		git(folder, 'submodule', 'add', '-q', inner, 'not-here');
		git(folder, 'commit', '-qm', 'submodules');
		git(folder, 'submodule', 'update', '--init', '--recursive', '-q');
		git(folder, 'submodule', 'deinit', '-q', '-f', 'not-here');
		write(folder, 'vendor/outer/outer.txt', 'by the person\n');
		rmSync(inner, { recursive: true });
		rmSync(outer, { recursive: true });
		const server = await open();
		const { worktree, warnings } = await server.request('worktree/create', { cwd: folder, start: 'folder' });
		assert.deepEqual(warnings, []);
		assert.equal(read(worktree.folder, 'vendor/outer/outer.txt'), 'outer\n');
		assert.equal(read(worktree.folder, 'vendor/outer/deep/in ner/inner.txt'), 'inner\n');
		assert.deepEqual(await changesOf(server, worktree.id), []);
		write(worktree.folder, 'vendor/outer/deep/in ner/inner.txt', 'changed\n');
		const { risk } = await server.request('worktree/remove', { id: worktree.id });
		assert.deepEqual(risk.submodules, ['vendor/outer/deep/in ner']);
		assert.deepEqual(await server.request('worktree/remove', { id: worktree.id, confirmed: risk.token }), { risk: null });
		assert.equal(read(folder, 'vendor/outer/outer.txt'), 'by the person\n');
		assert.equal(git(folder, 'submodule', 'status').split('\n').length, 2);
	});

	const pointer = (size: number) => `version https://git-lfs.github.com/spec/v1\noid sha256:${'0123456789abcdef'.repeat(4)}\nsize ${size}\n`;

	it('with Git LFS in its attributes and no such program: has the pointers, as the folder has', async () => {
		repository(folder, { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'a.bin': pointer(5), 'a.txt': 'a\n' });
		const server = await open();
		const { worktree, warnings } = await server.request('worktree/create', { cwd: folder, start: 'folder' });
		assert.deepEqual(warnings, []);
		assert.equal(read(worktree.folder, 'a.bin'), pointer(5));
		assert.deepEqual(await changesOf(server, worktree.id), []);
		write(worktree.folder, 'a.bin', pointer(6));
		assert.deepEqual(await changesOf(server, worktree.id), ['modified text a.bin']);
	});

	it('with Git LFS set up and no such program: says what is missing, and leaves nothing behind', async () => {
		repository(folder, { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n', 'a.bin': pointer(5) });
		for (const [key, value] of [
			['clean', 'git-lfs clean -- %f'],
			['smudge', 'git-lfs smudge -- %f'],
			['process', 'git-lfs filter-process'],
			['required', 'true'],
		] as const)
			git(folder, 'config', `filter.lfs.${key}`, value);
		const server = await open({ PATH: '/usr/bin:/bin' });
		const { message } = await server.requestError('worktree/create', { cwd: folder });
		assert.match(message, /git-lfs/);
		assert.equal(git(folder, 'branch', '--list', 'tiller/*'), '');
		assert.equal(
			git(folder, 'worktree', 'list', '--porcelain')
				.split('\n')
				.filter((each) => each.startsWith('worktree ')).length,
			1,
		);
	});

	(LFS === undefined ? it.skip : it)('with Git LFS itself', async () => {
		repository(folder, { 'a.txt': 'a\n' });
		git(folder, 'lfs', 'install', '--local');
		git(folder, 'lfs', 'track', '*.bin');
		write(folder, 'a.bin', Buffer.from('large\0file'));
		git(folder, 'add', '.');
		git(folder, 'commit', '-qm', 'large');
		write(folder, 'a.bin', Buffer.from('large\0changed'));
		const server = await open({ PATH: `${path.dirname(LFS ?? '')}:${process.env.PATH}` });
		const { worktree, warnings } = await server.request('worktree/create', { cwd: folder, start: 'folder' });
		assert.deepEqual(warnings, []);
		assert.equal(read(worktree.folder, 'a.bin'), 'large\0changed');
		assert.deepEqual(await changesOf(server, worktree.id), []);
		write(worktree.folder, 'a.bin', Buffer.from('large\0by the agent'));
		const { changes } = await server.request('worktree/changes', { id: worktree.id });
		assert.deepEqual(
			changes.map(({ path: name, kind, unchangedInFolder }: never) => [name, kind, unchangedInFolder]),
			[['a.bin', 'binary', true]],
		);
	});
});
