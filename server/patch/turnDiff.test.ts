import assert from 'node:assert/strict';
import type { PlannedChange } from './computeChanges.ts';
import { plainUtf8 } from './textFile.ts';
import { TurnDiff } from './turnDiff.ts';

function setUp() {
	const files = new Map<string, string>();
	const diff = new TurnDiff('/w', {
		read: (path) => {
			const text = files.get(path);
			return Promise.resolve(text === undefined ? { type: 'missing', message: '' } : { type: 'text', text, format: plainUtf8, executable: false });
		},
	});
	/** Makes the change in the files and tells the diff. */
	const change = (path: string, after: string | null, movePath: string | null = null) => {
		const before = files.get(path) ?? null;
		const replaced = movePath === null ? null : (files.get(movePath) ?? null);
		const kind = before === null ? 'add' : after === null ? 'delete' : 'update';
		files.delete(path);
		if (after !== null) files.set(movePath ?? path, after);
		diff.add({ path, kind, movePath, before, after, replaced, format: plainUtf8, executable: false } satisfies PlannedChange);
	};
	return { files, diff, change };
}

describe('the diff of a turn', () => {
	it('shows a new file with the names that git gives to contents', async () => {
		const { diff, change } = setUp();
		change('/w/sub/new.txt', 'first\nsecond\n');
		assert.equal(
			await diff.render(),
			`diff --git a/sub/new.txt b/sub/new.txt\nnew file mode 100644\nindex ${'0'.repeat(40)}..66a52ee7a1d803dc57859c3e95ac9dcdc87c0164\n--- /dev/null\n+++ b/sub/new.txt\n@@ -0,0 +1,2 @@\n+first\n+second\n`,
		);
	});

	it('compares with the beginning of the turn, and forgets what was undone', async () => {
		const { files, diff, change } = setUp();
		files.set('/w/a', '1\n');
		change('/w/a', '2\n');
		change('/w/a', '3\n');
		assert.match(await diff.render(), /\n-1\n\+3\n$/);
		change('/w/a', '1\n');
		change('/w/b', 'x\n');
		change('/w/b', null);
		assert.equal(await diff.render(), '');
	});

	it('shows a move as one entry, and a move over a file as a removal and a change', async () => {
		const { files, diff, change } = setUp();
		files.set('/w/a', 'a\n').set('/w/d', 'd\n').set('/w/e', 'e\n');
		change('/w/a', 'A\n', '/w/b');
		change('/w/d', 'D\n', '/w/e');
		const heads = (await diff.render()).split('\n').filter((line) => /^(diff|deleted|new)/.test(line));
		assert.deepEqual(heads, ['diff --git a/a b/b', 'diff --git a/d b/d', 'deleted file mode 100644', 'diff --git a/e b/e']);
	});

	it('follows a file through two moves', async () => {
		const { files, diff, change } = setUp();
		files.set('/w/a', 'a\n');
		change('/w/a', 'b\n', '/w/b');
		change('/w/b', 'c\n', '/w/c');
		assert.deepEqual(
			(await diff.render()).split('\n').filter((line) => line.startsWith('diff')),
			['diff --git a/a b/c'],
		);
	});
});
