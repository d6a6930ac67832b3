import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { projectRoot } from './projectRoot.ts';
import { lookAnew } from '../../platform/eventRound.ts';

describe('the root of a project', () => {
	let folder: string;
	beforeEach(() => (folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-root-')))));
	afterEach(() => fs.rmSync(folder, { recursive: true }));

	const at = (name: string) => path.join(folder, name);

	it('is that of a repository, also of a linked work tree', () => {
		fs.mkdirSync(at('.git/worktrees/w'), { recursive: true });
		fs.writeFileSync(at('.git/HEAD'), 'ref: refs/heads/main\n');
		fs.mkdirSync(at('a/b'), { recursive: true });
		assert.equal(projectRoot(at('a/b')), folder);
		fs.writeFileSync(at('.git/worktrees/w/HEAD'), 'x\n');
		fs.writeFileSync(at('a/.git'), 'gitdir: ../.git/worktrees/w\n');
		lookAnew();
		assert.equal(projectRoot(at('a/b')), at('a'));
	});

	it('is no folder that only has something called .git: an empty one, a link to nowhere or in a circle, a file with other words', () => {
		fs.mkdirSync(at('a/b'), { recursive: true });
		const put: readonly (() => void)[] = [
			() => fs.mkdirSync(at('a/.git')),
			() => fs.symlinkSync('nowhere', at('a/.git')),
			() => fs.symlinkSync('.git', at('a/.git')),
			() => fs.writeFileSync(at('a/.git'), 'hello\n'),
			() => fs.writeFileSync(at('a/.git'), 'gitdir: ../gone\n'),
		];
		for (const [n, make] of put.entries()) {
			make();
			lookAnew();
			assert.equal(projectRoot(at('a/b')), at('a/b'), String(n));
			fs.rmSync(at('a/.git'), { recursive: true });
		}
	});
});
