import assert from 'node:assert/strict';
import { riskText } from './riskText.ts';

const words = {
	riskFiles: () => 'Files:',
	riskCommits: () => 'Commits:',
	riskCopies: () => 'Copies:',
	riskSubmodules: () => 'Submodules:',
	riskMore: (count: number) => `and ${count} more`,
};

describe('the risk of removing a worktree', () => {
	it('is named by kind, without kinds that have nothing', () => {
		const commits = [{ sha: '0123456789abcdef', title: 'Fix it' }];
		assert.equal(
			riskText({ files: ['a.txt'], commits, copies: [], submodules: [], detached: false, token: 't' }, words),
			'Files:\n  a.txt\n\nCommits:\n  01234567 Fix it',
		);
	});

	it('fits on the screen, and shows hidden characters', () => {
		const copies = [...Array.from({ length: 10 }, (_, at) => `f${at}`), '\u202Ex'].toReversed();
		const text = riskText({ files: [], commits: [], copies, submodules: [], detached: false, token: 't' }, words);
		assert.equal(text.split('\n').length, 10);
		assert.match(text, /^Copies:\n  ⟨U\+202E⟩x\n[^]*\n  and 3 more$/);
	});
});
