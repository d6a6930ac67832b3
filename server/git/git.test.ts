import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { git } from './git.ts';

describe('git', () => {
	let root: string;
	beforeEach(() => {
		root = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'tiller-git-')));
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));
	const signal = () => AbortSignal.timeout(60_000);

	it('of a project is never run, also where its folder stands first in PATH', async function () {
		if (process.platform === 'win32') this.skip();
		mkdirSync(path.join(root, 'bin'));
		const planted = path.join(root, 'bin/git');
		writeFileSync(planted, `#!/bin/sh\ntouch ${root}/ran\necho planted\n`);
		chmodSync(planted, 0o755);
		for (const first of [path.join(root, 'bin'), '', '.', 'bin']) {
			const said = await git(['--version'], { cwd: root, env: { ...process.env, PATH: `${first}:${process.env['PATH']}` }, signal: signal() });
			assert.match(said, /^git version/);
		}
		await assert.rejects(git(['--version'], { cwd: root, env: { PATH: `${root}/bin:.` }, signal: signal() }), /there is no git in PATH/);
	});
});
