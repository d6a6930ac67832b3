import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { newRepository } from './newRepository.ts';

describe('a command that makes a repository of the workspace', () => {
	const made = (...commands: string[]) =>
		newRepository(
			{ kind: 'plain', commands: commands.map((text) => ({ words: text.split(' '), hasGlob: false, after: null })) },
			{ cwd: '/ws/sub', folders: ['/ws', '/ws/sub'] },
		);

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
			'git',
		])
			assert.equal(made(text), null, text);
		assert.equal(newRepository({ kind: 'opaque' }, { cwd: '/ws', folders: ['/ws'] }), null);
	});
});
