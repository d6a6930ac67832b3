import assert from 'node:assert/strict';
import fc from 'fast-check';
import { computeChanges, type PlannedChange } from './computeChanges.ts';
import type { FileReader } from './fileReader.ts';
import { applyChunks } from './matchHunks.ts';
import { failureText } from './patchTexts.ts';
import { parsePatch } from './parsePatch.ts';
import { previewPatch } from './previewPatch.ts';
import { recognisePatchCommand } from './recognisePatchCommand.ts';
import { decodeText, encodeText, plainUtf8 } from './textFile.ts';
import { unifiedDiff } from './unifiedDiff.ts';
import { processorMs } from '../../test/support/deadline.ts';

const patchOf = (...lines: string[]) => ['*** Begin Patch', ...lines, '*** End Patch'].join('\n');

/** The file after a patch of it, or the message for the model. */
function edit(before: string, ...lines: string[]): string {
	const parsed = parsePatch(patchOf('*** Update File: f', ...lines));
	if (!parsed.ok) return parsed.message;
	const section = parsed.value[0];
	assert(section?.type === 'update');
	const result = applyChunks(before, section.chunks, 'f');
	return result.ok ? result.value : result.message;
}

function memory(files: Readonly<Record<string, string>>): FileReader {
	return {
		read: (path) => {
			const text = files[path];
			if (text === undefined) return Promise.resolve({ type: 'missing', message: 'No such file or directory (os error 2)' });
			return Promise.resolve({ type: 'text', text, format: plainUtf8, executable: false });
		},
	};
}

async function plan(files: Readonly<Record<string, string>>, ...lines: string[]) {
	const parsed = parsePatch(patchOf(...lines));
	assert(parsed.ok, parsed.ok ? '' : parsed.message);
	return computeChanges(parsed.value, { cwd: '/w', reader: memory(files) });
}

describe('a patch that does not follow the format', () => {
	const cases: readonly (readonly [string, string])[] = [
		['nothing', "invalid patch: The first line of the patch must be '*** Begin Patch'"],
		['', "invalid patch: The first line of the patch must be '*** Begin Patch'"],
		['*** Begin Patch\n*** Delete File: a', "invalid patch: The last line of the patch must be '*** End Patch'"],
		[patchOf('*** Update File: a'), "invalid hunk at line 2, Update file hunk for path 'a' is empty"],
		[patchOf('*** Update File: a', '@@'), 'invalid hunk at line 4, Update hunk does not contain any lines'],
		[
			patchOf('*** Update File: a', '@@', '-a', '+b', 'c'),
			"invalid hunk at line 6, Expected update hunk to start with a @@ context marker, got: 'c'",
		],
	];
	for (const [text, message] of cases) {
		it(`says where: ${message}`, () => {
			const parsed = parsePatch(text);
			assert.equal(parsed.ok ? 'accepted' : parsed.message, message);
		});
	}

	it('never breaks the parser, whatever is written', () => {
		const line = fc.oneof(
			fc.constantFrom(
				'*** Begin Patch',
				'*** End Patch',
				'@@',
				'@@ x',
				'+a',
				'-b',
				' c',
				'',
				'*** Update File: a',
				'*** Add File: b',
				'*** End of File',
				'*** Move to: q',
			),
			fc.string(),
		);
		fc.assert(
			fc.property(fc.array(line), (lines) => {
				const text = lines.join('\n');
				parsePatch(text);
				previewPatch(text);
				recognisePatchCommand(text);
			}),
		);
	});

	it('is accepted inside a here-document and with white space around it', () => {
		for (const text of [`<<'EOF'\n${patchOf('*** Delete File: a')}\nEOF`, `\n\n  ${patchOf('*** Delete File: a')}  \n`]) {
			assert.deepEqual(parsePatch(text), { ok: true, value: [{ type: 'delete', path: 'a' }] });
		}
	});
});

describe('finding the place of a change', () => {
	it('prefers an exact match to an earlier loose one', () => assert.equal(edit('x \nx\n', '@@', '-x', '+y'), 'x \ny\n'));
	it('ignores white space at the end, then around', () => {
		assert.equal(edit('a  \nb\n', '@@', ' a', '-b', '+c'), 'a\nc\n');
		assert.equal(edit('\ta\nb\n', '@@', ' a', '-b', '+c'), 'a\nc\n');
	});
	it('takes ASCII for typographic punctuation', () => assert.equal(edit('\u201ca\u201d \u2013\u00a0b\nc\n', '@@', '-"a" - b', '+d'), 'd\nc\n'));
	it('begins after the header line', () => assert.equal(edit('x\nhead\nx\n', '@@ head', '-x', '+y'), 'x\nhead\ny\n'));
	it('begins after the innermost of several headers', () => {
		assert.equal(
			edit('class A\n def m\n  x\nclass B\n def m\n  x\n', '@@ class B', '@@  def m', '-  x', '+  y'),
			'class A\n def m\n  x\nclass B\n def m\n  y\n',
		);
	});
	it('adds right behind a header what comes without context, and at the end without a header', () => {
		assert.equal(edit('a\nhead\nb\n', '@@ head', '+new'), 'a\nhead\nnew\nb\n');
		assert.equal(edit('a\nhead\nb\n', '@@ head', '+1', '@@ b', '+2'), 'a\nhead\n1\nb\n2\n');
		assert.equal(edit('a\nhead\nb\n', '@@', '+new'), 'a\nhead\nb\nnew\n');
		assert.equal(edit('a\nhead\nb\n', '@@ head', '+new', '*** End of File'), 'a\nhead\nb\nnew\n');
	});
	it('takes blank lines at the end of a section as they are, where they are there', () => {
		assert.equal(edit('a\n\nb\n', '@@', '-a', '-'), 'b\n');
		assert.equal(edit('x\na\n', '@@', '-a', '-'), 'x\n', 'one that only stands for the end of the file');
	});
	it('takes the end of the file when told so', () => assert.equal(edit('x\na\nx\n', '@@', '-x', '+y', '*** End of File'), 'x\na\ny\n'));
	it('does not look back', () => assert.match(edit('a\nb\n', '@@', '-b', '+c', '@@', '-a', '+d'), /^Failed to find expected lines in f:\na$/));
	it('names the header or the lines that are not there', () => {
		assert.equal(edit('a\n', '@@ nope', '-a', '+b'), "Failed to find context 'nope' in f");
		assert.equal(edit('a\n', '@@', ' q', '-r'), 'Failed to find expected lines in f:\nq\nr');
	});
});

describe('line endings', () => {
	it('stay CRLF, also of added lines', () => assert.equal(edit('a\r\nb\r\n', '@@', ' a', '-b', '+c', '+d'), 'a\r\nc\r\nd\r\n'));
	it('of kept lines stay as they are in a mixed file', () => assert.equal(edit('a\r\nb\nc\n', '@@', ' a', '-b', '+B'), 'a\r\nB\nc\n'));
	it('of a patch that was written with CRLF do not get into an LF file', () => {
		const parsed = parsePatch(patchOf('*** Add File: a', '+x').replaceAll('\n', '\r\n'));
		assert.deepEqual(parsed, { ok: true, value: [{ type: 'add', path: 'a', content: 'x\n' }] });
	});
	it('are added at the end of a file that had none', () => assert.equal(edit('a\nb', '@@', '-b', '+c'), 'a\nc\n'));
});

describe('several sections', () => {
	it('see what earlier ones did, and make one change per file', async () => {
		const result = await plan({ '/w/a': '1\n2\n' }, '*** Update File: a', '@@', '-1', '+one', '*** Update File: a', '@@', '-one', '+uno');
		assert(result.ok);
		assert.deepEqual(
			result.value.map(({ path, kind, before, after }) => ({ path, kind, before, after })),
			[{ path: '/w/a', kind: 'update', before: '1\n2\n', after: 'uno\n2\n' }],
		);
	});
	it('change nothing when one of them does not fit', async () => {
		const result = await plan({ '/w/a': '1\n' }, '*** Add File: b', '+x', '*** Update File: a', '@@', '-2', '+3');
		assert.deepEqual(result, { ok: false, message: 'Failed to find expected lines in /w/a:\n2' });
	});
	it('say that an added file replaces one that is there', async () => {
		const result = await plan({ '/w/a': 'old\n' }, '*** Add File: a', '+new');
		assert(result.ok);
		assert.deepEqual([result.value[0]?.kind, result.value[0]?.before], ['update', 'old\n']);
	});
	it('move a file, and say what stands in its way', async () => {
		const result = await plan({ '/w/a': '1\n', '/w/b': 'there\n' }, '*** Update File: a', '*** Move to: b', '@@', '-1', '+2');
		assert(result.ok);
		assert.equal(result.value.length, 1);
		const [change] = result.value;
		assert.deepEqual([change?.path, change?.movePath, change?.before, change?.after, change?.replaced], ['/w/a', '/w/b', '1\n', '2\n', 'there\n']);
	});
	it('do not lose a file that is moved onto itself', async () => {
		const result = await plan({ '/w/a': '1\n' }, '*** Update File: a', '*** Move to: ./a', '@@', '-1', '+2');
		assert(result.ok);
		assert.deepEqual([result.value[0]?.movePath, result.value[0]?.after], [null, '2\n']);
	});
});

describe('a patch in a shell command', () => {
	const patch = patchOf('*** Add File: a', '+x');
	it('is recognised when the command does nothing else', () => {
		assert.deepEqual(recognisePatchCommand(`apply_patch <<'EOF'\n${patch}\nEOF`), { patch, folder: null });
		assert.deepEqual(recognisePatchCommand(`cd 'my dir' && apply_patch <<"P"\n${patch}\nP\n`), { patch, folder: 'my dir' });
		assert.deepEqual(recognisePatchCommand(['/bin/bash', '-lc', `cd sub && applypatch <<EOF\n${patch}\nEOF`]), { patch, folder: 'sub' });
		assert.deepEqual(recognisePatchCommand(['apply_patch', patch]), { patch, folder: null });
	});
	it('is a command like any other when there is more', () => {
		for (const script of [
			`apply_patch <<'EOF'\n${patch}\nEOF\nrm -rf x`,
			`apply_patch <<'EOF'\n${patch}\nEOF\nrm -rf x\nEOF`,
			`cd $(evil) && apply_patch <<'EOF'\n${patch}\nEOF`,
			`ls; apply_patch <<'EOF'\n${patch}\nEOF`,
			'cat apply_patch',
		]) {
			assert.equal(recognisePatchCommand(script), null, script);
		}
	});
});

describe('a preview', () => {
	it('grows with the complete lines of the patch', () => {
		const text = patchOf('*** Add File: a', '+1', '+2', '*** Update File: b', '*** Move to: c', '@@ h', ' k', '-x', '+y', '*** Delete File: d');
		const whole = [
			{ path: 'a', kind: 'add', movePath: null, diff: '1\n2\n' },
			{ path: 'b', kind: 'update', movePath: 'c', diff: '@@ h\n k\n-x\n+y\n' },
			{ path: 'd', kind: 'delete', movePath: null, diff: '' },
		];
		assert.deepEqual(previewPatch(text), whole);
		assert.deepEqual(previewPatch(text.slice(0, text.indexOf('+2') + 1)), [{ path: 'a', kind: 'add', movePath: null, diff: '1\n' }]);
	});
});

describe('text of a file', () => {
	it('keeps its encoding and its mark', () => {
		for (const encoding of ['utf8', 'utf16le', 'utf16be'] as const) {
			const bytes = encodeText('h\u00e9 \u{1f980}\r\n', { encoding, bom: true });
			const decoded = decodeText(bytes);
			assert(decoded);
			assert.equal(decoded.text, 'h\u00e9 \u{1f980}\r\n');
			assert.deepEqual(encodeText(decoded.text, decoded.format), bytes);
		}
	});
	it('is refused when it is none', () => assert.equal(decodeText(Buffer.from([0x41, 0xff, 0x42])), null));
});

describe('a unified diff', () => {
	it('counts like git', () => {
		assert.equal(unifiedDiff('', 'a\nb\n', 1), '@@ -0,0 +1,2 @@\n+a\n+b\n');
		assert.equal(unifiedDiff('a\n', '', 1), '@@ -1 +0,0 @@\n-a\n');
		assert.equal(unifiedDiff('a', 'b\n', 1), '@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n');
	});
	it('has a hunk of its own for each change that lies apart', () => {
		const letters = 'a\nb\nc\nd\ne\nf\ng\n';
		const hunks = '@@ -1,2 +1,2 @@\n-a\n+A\n b\n@@ -6,2 +6,2 @@\n f\n-g\n+G\n';
		assert.equal(unifiedDiff(letters, letters.replace('a', 'A').replace('g', 'G'), 1), hunks);
	});
	it('of files that share nothing is one block, and quick', () => {
		const many = (word: string) => Array.from({ length: 30_000 }, (_, i) => `${word}${i}\n`).join('');
		let diff = '';
		const took = processorMs(() => {
			diff = unifiedDiff(`head\n${many('a')}tail\n`, `head\n${many('b')}tail\n`, 1);
		});
		assert.ok(took < 5000, `${took} ms`);
		assert.match(diff, /^@@ -1,30002 \+1,30002 @@\n head\n-a0\n/);
		assert.match(diff, /\+b29999\n tail\n$/);
	});
});

describe('a patch of a file that cannot be worked with', () => {
	it('is refused with the reason of the system, whatever it wants to do with it', async () => {
		const reader: FileReader = {
			read: (path) =>
				Promise.resolve(
					path === '/w/ok' ? { type: 'text', text: 'a\n', format: plainUtf8, executable: false } : { type: 'unreadable', message: 'denied' },
				),
		};
		const refused = async (...lines: string[]) => {
			const parsed = parsePatch(patchOf(...lines));
			assert(parsed.ok);
			const planned = await computeChanges(parsed.value, { cwd: '/w', reader });
			return planned.ok ? 'accepted' : planned.message;
		};
		assert.equal(await refused('*** Update File: f', '@@', '-a', '+b'), 'Failed to read file to update /w/f: denied');
		assert.equal(await refused('*** Delete File: f'), 'Failed to read /w/f: denied');
		assert.equal(await refused('*** Add File: f', '+a'), 'Failed to write file /w/f: denied');
		assert.equal(await refused('*** Update File: ok', '*** Move to: f', '@@', '-a', '+b'), 'Failed to write file /w/f: denied');
	});

	it('does not fit a file that has fewer lines than it, even with empty ones before it', () => {
		assert.match(edit('c\n', '@@', ' ', ' ', '-c', '+d', '*** End of File'), /^Failed to find expected lines in f/);
		assert.match(edit('c\n', '@@', ' ', '-c', '+d'), /^Failed to find expected lines in f/);
	});

	it('puts lines without a place behind all others, also when chunks before them follow', () => {
		assert.equal(edit('a\nb\n', '@@', '+end', '@@', '-a', '+A', '+B'), 'A\nB\nb\nend\n');
	});
});

describe('what a person is told of a patch that failed', () => {
	it('is, file by file, the reason, or what kind of failure it was where nobody said more', () => {
		const change = (path: string) => ({ path }) as PlannedChange;
		const result = (path: string, status: 'applied' | 'conflict' | 'failed', message: string | null = null) => ({
			path,
			status,
			message,
			content: null,
		});
		const told = (one: ReturnType<typeof result>) => failureText([change('a')], [one]);
		assert.equal(told(result('a', 'applied')), 'a: changed\n');
		assert.equal(told(result('a', 'conflict')), 'a: it was changed by somebody else at the same place\n');
		assert.equal(told(result('a', 'failed')), 'a: it could not be written\n');
		assert.equal(told(result('a', 'failed', 'no room')), 'a: no room\n');
		assert.equal(told(result('a', 'failed', 'Cannot write a.')), 'Cannot write a.\n');
		assert.equal(told(result('b', 'applied')), 'a: no answer about this file\n');
		assert.equal(failureText([change('a')], []), 'a: no answer about this file\n');
	});
});
