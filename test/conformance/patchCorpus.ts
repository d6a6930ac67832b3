/**
 * Applies generated patches with our engine and with the reference's `apply_patch`, and compares the files.
 *
 *     node test/conformance/patchCorpus.ts PROGRAM [--cases 300] [--seed N]
 *
 * PROGRAM is that program's binary. It is started through a link named `apply_patch`, which makes it apply a patch.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { localApplier } from '../../server/patch/applyChanges.ts';
import { computeChanges } from '../../server/patch/computeChanges.ts';
import { diskReader } from '../../server/patch/fileReader.ts';
import { parsePatch } from '../../server/patch/parsePatch.ts';

type Files = Readonly<Record<string, string>>;
interface Case {
	readonly files: Files;
	readonly patch: string;
}

const { values, positionals } = parseArgs({ allowPositionals: true, options: { cases: { type: 'string' }, seed: { type: 'string' } } });
const program = positionals[0];
if (program === undefined || !existsSync(program)) {
	process.stderr.write('usage: node test/conformance/patchCorpus.ts PROGRAM [--cases N] [--seed N]\n');
	process.exit(2);
}

const words = ['a', 'b', 'c', '', '}', '\tx', '  y', 'z  ', 'fn main() {', '\u201cq\u201d \u2013 r', 'caf\u00e9 \u{1f980}', 'x\u00a0y', '-', '+p', '@@ h', '*** t'];
const lines = fc.array(fc.constantFrom(...words), { maxLength: 12 });
const loosen: readonly ((line: string) => string)[] = [
	(line) => line,
	(line) => line,
	(line) => line,
	(line) => `${line}  `,
	(line) => line.trim(),
	(line) => line.replace(/[\u201c\u201d]/g, '"').replace(/\u2013/g, '-').replace(/\u00a0/g, ' '),
	(line) => `${line}?`,
];

interface Edit {
	readonly at: number;
	readonly removed: number;
	readonly added: readonly string[];
	readonly context: number;
	readonly loose: number;
	readonly header: 'none' | 'bare' | 'line' | 'wrong';
	readonly end: boolean;
}

const edit: fc.Arbitrary<Edit> = fc.record({
	at: fc.nat(12),
	removed: fc.nat(3),
	added: fc.array(fc.constantFrom(...words), { maxLength: 3 }),
	context: fc.nat(3),
	loose: fc.nat(loosen.length - 1),
	header: fc.constantFrom('none', 'bare', 'bare', 'bare', 'bare', 'line', 'line', 'wrong'),
	end: fc.boolean(),
});

function chunkText(file: readonly string[], { at, removed, added, context, loose, header, end }: Edit): string {
	const from = Math.min(at, file.length);
	const to = Math.min(from + removed, file.length);
	const write = loosen[loose] ?? ((line: string) => line);
	const first = Math.max(0, from - context);
	const last = Math.min(file.length, to + context);
	const headers = { none: [], bare: ['@@'], line: [`@@ ${write(file[Math.max(0, first - 1)] ?? 'a')}`], wrong: ['@@ nowhere'] };
	return [
		...headers[header],
		...file.slice(first, from).map((line) => ` ${write(line)}`),
		...file.slice(from, to).map((line) => `-${write(line)}`),
		...added.map((line) => `+${line}`),
		...file.slice(to, last).map((line) => ` ${write(line)}`),
		...(end && last === file.length ? ['*** End of File'] : []),
	].join('\n');
}

interface FileCase {
	readonly name: string;
	readonly content: readonly string[];
	readonly newline: boolean;
	readonly crlf: boolean;
	readonly action: 'update' | 'move' | 'delete' | 'overwrite' | 'none' | 'lost';
	readonly edits: readonly Edit[];
}

const fileCase = (name: string, crlf: boolean): fc.Arbitrary<FileCase> =>
	fc.record({
		name: fc.constant(name),
		content: lines,
		newline: fc.boolean(),
		crlf: fc.constant(crlf),
		action: fc.constantFrom('update', 'update', 'update', 'update', 'move', 'move', 'delete', 'overwrite', 'none', 'none', 'lost'),
		edits: fc.oneof({ weight: 3, arbitrary: fc.array(edit, { minLength: 1, maxLength: 1 }) }, { weight: 2, arbitrary: fc.array(edit, { minLength: 1, maxLength: 3 }) }),
	});

function sectionText({ name, content, action, edits }: FileCase): string {
	const chunks = edits.toSorted((a, b) => a.at - b.at).map((each) => chunkText(content, each));
	switch (action) {
		case 'none':
			return '';
		case 'delete':
			return `*** Delete File: ${name}\n`;
		case 'overwrite':
			return `*** Add File: ${name}\n${content.map((line) => `+${line}\n`).join('')}`;
		case 'lost':
			return `*** Update File: not-there-${name}\n@@\n-a\n+b\n`;
		case 'move':
			return `*** Update File: ${name}\n*** Move to: moved/${name}\n${chunks.join('\n')}\n`;
		case 'update':
			return `*** Update File: ${name}\n${chunks.join('\n')}\n`;
	}
}

const oneCase = fc
	.tuple(fc.boolean(), fc.constantFrom('\n', '\n', '\n', '\r\n'), fc.array(fc.constantFrom(...words), { maxLength: 4 }))
	.chain(([crlf, patchEol, added]) =>
		fc.tuple(fileCase('one.txt', crlf), fileCase('sub/two.txt', false)).map((both): Case => {
			const files: Record<string, string> = {};
			for (const file of both) {
				const eol = file.crlf ? '\r\n' : '\n';
				files[file.name] = file.content.join(eol) + ((file.newline || file.crlf) && file.content.length > 0 ? eol : '');
			}
			const extra = added.length > 1 ? `*** Add File: new/made.txt\n${added.map((line) => `+${line}\n`).join('')}` : '';
			return { files, patch: `*** Begin Patch\n${extra}${both.map(sectionText).join('')}*** End Patch`.replaceAll('\n', patchEol) };
		}),
	);

const scratch = mkdtempSync(join(tmpdir(), 'patch-corpus-'));
const link = join(scratch, 'apply_patch');
symlinkSync(program, link);

function makeFolder(name: string, files: Files): string {
	const folder = join(scratch, name);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	for (const [path, content] of Object.entries(files)) {
		mkdirSync(dirname(join(folder, path)), { recursive: true });
		writeFileSync(join(folder, path), content);
	}
	return folder;
}

function readFolder(folder: string): Files {
	const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
	const pairs = entries.map((entry) => join(entry.parentPath, entry.name)).map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')] as const);
	return Object.fromEntries(pairs.sort(([a], [b]) => (a < b ? -1 : 1)));
}

async function applyOurs(folder: string, patch: string): Promise<boolean> {
	const parsed = parsePatch(patch);
	if (!parsed.ok || parsed.value.length === 0) return false;
	const planned = await computeChanges(parsed.value, { cwd: folder, reader: diskReader });
	if (!planned.ok) return false;
	const request = { threadId: 't', turnId: 't', itemId: 'i', changes: planned.value, mayWrite: () => true };
	return (await localApplier.apply(request, new AbortController().signal)).every((result) => result.status === 'applied');
}

/**
 * The reference turns the lines that it touches into LF, and then treats a blank one at the end as LF files' are; ours keep
 * their endings and the blank line. Apart from that the files are the same.
 */
const comparable = (files: Files, before: Files) =>
	JSON.stringify(
		Object.entries(files).map(([name, text]) => {
			const isCrlf = Object.entries(before).some(([old, content]) => name.endsWith(old) && content.includes('\r\n'));
			return [name, isCrlf ? text.replaceAll('\r\n', '\n').trimEnd() : text];
		}),
	);

const counts = { applied: 0, refused: 0 };
try {
	await fc.assert(
		fc.asyncProperty(oneCase, async ({ files, patch }) => {
			// Several headers over one chunk find the inner of nested places; only ours can.
			fc.pre(!/^@@.*\r?\n@@/m.test(patch));
			const theirFolder = makeFolder('theirs', files);
			const theirs = spawnSync(link, [patch], { cwd: theirFolder, env: { HOME: scratch, PATH: '/usr/bin:/bin' }, encoding: 'utf8' });
			const ourFolder = makeFolder('ours', files);
			const ok = await applyOurs(ourFolder, patch);
			const ours = readFolder(ourFolder);
			if (ok !== (theirs.status === 0)) throw new Error(`applied: ours ${ok}, theirs ${theirs.status === 0} ${theirs.stderr}`);
			counts[ok ? 'applied' : 'refused']++;
			// A patch that fails half way leaves the reference with half of it done; ours with nothing.
			const expected = ok ? readFolder(theirFolder) : readFolder(makeFolder('before', files));
			if (comparable(ours, files) !== comparable(expected, files)) throw new Error(`ours ${JSON.stringify(ours)}\ntheirs ${JSON.stringify(expected)}`);
			for (const [name, text] of Object.entries(ours)) {
				const before = files[name];
				if (before?.includes('\r\n') && !/(?<!\r)\n/.test(before) && /(?<!\r)\n/.test(text) && !patch.includes(`*** Add File: ${name}`)) {
					throw new Error(`${name} lost its CRLF: ${JSON.stringify(text)}`);
				}
			}
		}),
		{ numRuns: Number(values.cases ?? 300), ...(values.seed === undefined ? {} : { seed: Number(values.seed) }) },
	);
	process.stdout.write(`same files in ${counts.applied + counts.refused} cases: ${counts.applied} applied by both, ${counts.refused} refused by both\n`);
} finally {
	rmSync(scratch, { recursive: true, force: true });
}
