import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { newRepository } from './newRepository.ts';

describe('a command that makes a repository of the workspace', () => {
	const found = (...commands: string[]) =>
		newRepository(
			{ kind: 'plain', commands: commands.map((text) => ({ words: text.split(' '), hasGlob: false, after: null })) },
			{ cwd: '/ws/sub', folders: ['/ws', '/ws/sub'] },
		);
	const made = (...commands: string[]) => found(...commands)?.folder ?? null;

	it('is told by its words, wherever it runs', () => {
		for (const text of [
			'git init',
			'git init -b main',
			'/usr/bin/git -c a.b=c init --bare .',
			'git clone --depth 1 -b x https://h/r .',
			'git clone r -- ./',
		])
			assert.equal(made(text), '/ws/sub', text);
		assert.equal(made('git -C .. init'), '/ws');
		assert.equal(made('cd ..', 'git clone r /ws'), '/ws');
		assert.equal(made('ls', 'cd /ws', 'git init'), '/ws');
	});

	it('is no other', () => {
		for (const text of [
			'git clone r',
			'git clone r new',
			'git init new',
			'git status',
			'git -C init log',
			'echo git init',
			'git clone -o . r',
			'git init -- -new',
			'git',
		])
			assert.equal(made(text), null, text);
		assert.equal(newRepository({ kind: 'opaque' }, { cwd: '/ws', folders: ['/ws'] }), null);
	});

	it('is sure to do nothing else when all of it is known', () => {
		for (const [commands, programs] of [
			[['git init'], ['git']],
			[['git init -q -b main .'], ['git']],
			[
				['git init --initial-branch=main', 'ls -la', 'git status'],
				['git', 'ls'],
			],
			[
				['cd /ws', 'git init'],
				['cd', 'git'],
			],
			[['/usr/bin/git clone -q --depth 1 -b x https://h/r .'], ['/usr/bin/git']],
			[['git clone git@h:r ./', 'git log'], ['git']],
		] as const)
			assert.deepEqual(found(...commands)?.programs, programs, commands.join());
	});

	it('is not sure when git would run or read what somebody else wrote', () => {
		for (const commands of [
			['git -c core.fsmonitor=./x init'],
			['git --exec-path=. init'],
			['git init --template=./x'],
			['git init --template ./x'],
			['git init --separate-git-dir /ws/x'],
			['git init --bare'],
			['git init --shared=all'],
			['git clone -c core.fsmonitor=./x r .'],
			['git clone -u ./x r .'],
			['git clone --upload-pack=./x r .'],
			['git clone --recurse-submodules r .'],
			['git clone --reference /ws/x r .'],
			['git clone ext::x .'],
			['git init', './x'],
			['./x', 'git init'],
			['git init', 'git config core.fsmonitor ./x'],
			['git init', 'git add .'],
			['git init', 'git commit -m x'],
			// A folder can look like a repository itself, and its settings count until there is another one.
			['git status', 'git init'],
			['cd other', 'git status', 'cd ..', 'git init'],
			['git init', 'cd other', 'git status'],
			['git init', 'git -C other status'],
			['git init', 'git init ../other'],
			['cd ..', 'git init sub'],
			['git init', 'mkdir x'],
		])
			if (found(...commands) !== null) assert.equal(found(...commands)?.programs, null, commands.join());
		const input = newRepository(
			{ kind: 'plain', commands: [{ words: ['git', 'init'], hasGlob: false, after: null, input: 'x' }] },
			{ cwd: '/ws', folders: ['/ws'] },
		);
		assert.deepEqual(input, { folder: '/ws', by: 'init', programs: null });
	});
});
