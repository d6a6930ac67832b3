import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { diffToRemote } from './diffToRemote.ts';

describe('the diff to a remote', () => {
	let root: string;
	const env = { ...process.env, HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1' };
	const run = (folder: string, ...args: string[]) =>
		execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', ...args], {
			cwd: path.join(root, folder),
			env,
			stdio: 'pipe',
		})
			.toString()
			.trim();
	const write = (file: string, text: string) => {
		mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
		writeFileSync(path.join(root, file), text);
	};

	beforeEach(() => {
		root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'tiller-remote-')));
		write('upstream/a.txt', 'one\n');
		run('upstream', 'init', '-q');
		run('upstream', 'add', '.');
		run('upstream', 'commit', '-qm', 'first');
		run('.', 'clone', '-q', path.join(root, 'upstream'), 'work');
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));

	const files = (diff: string) => [...diff.matchAll(/^diff --git .* (b\/.*)$/gm)].map((match) => match[1]);

	it('begins at the newest commit that a remote has, and shows commits, changes and new files', async () => {
		const pushed = run('work', 'rev-parse', 'HEAD');
		write('work/a.txt', 'two\n');
		run('work', 'commit', '-qam', 'own');
		write('work/.gitignore', 'ignored\n');
		write('work/ignored', '');
		write('work/folder/new one.txt', 'new\n');
		const before = readFileSync(path.join(root, 'work/.git/index'));
		const { sha, diff } = await diffToRemote(path.join(root, 'work/folder'), env);
		assert.equal(sha, pushed);
		assert.deepEqual(files(diff), ['b/.gitignore', 'b/a.txt', 'b/folder/new one.txt']);
		assert.match(diff, /-one\n\+two/);
		assert.deepEqual(readFileSync(path.join(root, 'work/.git/index')), before);
		run('work', 'push', '-q', 'origin', 'HEAD:other');
		assert.equal((await diffToRemote(path.join(root, 'work'), env)).sha, run('work', 'rev-parse', 'HEAD'));
	});

	it('has a change of the same size in the very second in which the index was written', async () => {
		const second = Math.floor(Date.now() / 1000) - 10;
		const touch = (file: string) => utimesSync(path.join(root, file), second, second);
		// No one can set when a file's status changed last.
		run('work', 'config', 'core.trustctime', 'false');
		touch('work/a.txt');
		run('work', 'update-index', '--refresh');
		write('work/a.txt', 'two\n');
		touch('work/a.txt');
		touch('work/.git/index');
		assert.deepEqual(files((await diffToRemote(path.join(root, 'work'), env)).diff), ['b/a.txt']);
	});

	it('can be applied to that commit, whatever the files are', async () => {
		writeFileSync(path.join(root, 'work/binary'), Buffer.from([0, 1, 255]));
		write('work/ümläut "quoted"\n.txt', 'text without an end');
		rmSync(path.join(root, 'work/a.txt'));
		const { sha, diff } = await diffToRemote(path.join(root, 'work'), env);
		run('.', 'clone', '-q', path.join(root, 'upstream'), 'copy');
		run('copy', 'checkout', '-q', sha);
		execFileSync('git', ['apply', '-'], { cwd: path.join(root, 'copy'), input: diff });
		const list = (folder: string) =>
			readdirSync(path.join(root, folder))
				.filter((name) => name !== '.git')
				.sort();
		assert.deepEqual(list('copy'), list('work'));
	});

	it('is refused outside a repository, without a remote, and for no folder', async () => {
		await assert.rejects(diffToRemote(root, env));
		await assert.rejects(diffToRemote(path.join(root, 'upstream'), env), /no branch of a remote/);
		await assert.rejects(diffToRemote(path.join(root, 'missing'), env));
		await assert.rejects(diffToRemote('relative', env));
	});

	it('runs nothing that the repository names', async () => {
		const mark = (name: string) => `touch ${path.join(root, 'ran', name)}; cat`;
		mkdirSync(path.join(root, 'ran'));
		for (const [key, value] of [
			['core.fsmonitor', mark('fsmonitor')],
			['diff.x.textconv', mark('textconv')],
			['diff.x.command', mark('command')],
			['diff.external', mark('external')],
			['filter.x.clean', mark('clean')],
			['filter.x.process', mark('process')],
			['filter.x.required', 'true'],
			['core.pager', mark('pager')],
		] as const) {
			run('work', 'config', key, value);
		}
		write('work/.git/info/attributes', '* diff=x filter=x\n');
		for (const hook of ['post-index-change', 'pre-commit', 'fsmonitor-watchman']) {
			writeFileSync(path.join(root, 'work/.git/hooks', hook), `#!/bin/sh\n${mark(hook)}\n`, { mode: 0o755 });
		}
		write('work/a.txt', 'changed\n');
		write('work/new.txt', 'new\n');
		const { diff } = await diffToRemote(path.join(root, 'work'), env);
		assert.deepEqual(files(diff), ['b/a.txt', 'b/new.txt']);
		assert.deepEqual(readdirSync(path.join(root, 'ran')), []);
	});
});
