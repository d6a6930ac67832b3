import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localApplier } from './applyChanges.ts';
import { computeChanges, type PlannedChange } from './computeChanges.ts';
import { diskReader } from './fileReader.ts';
import { parsePatch } from './parsePatch.ts';

describe('files of a patch on this machine', () => {
	let folder = '';
	beforeEach(async () => {
		folder = await realpath(await mkdtemp(join(tmpdir(), 'apply-changes-')));
	});
	afterEach(() => rm(folder, { recursive: true, force: true }));

	const at = (name: string) => join(folder, name);
	async function plan(...lines: string[]): Promise<readonly PlannedChange[]> {
		const parsed = parsePatch(['*** Begin Patch', ...lines, '*** End Patch'].join('\n'));
		assert(parsed.ok);
		const planned = await computeChanges(parsed.value, { cwd: folder, reader: diskReader });
		assert(planned.ok, planned.ok ? '' : planned.message);
		return planned.value;
	}
	const apply = (changes: readonly PlannedChange[], mayWrite = (path: string) => path.startsWith(folder), signal = new AbortController().signal) =>
		localApplier.apply({ threadId: 't', turnId: 'u', itemId: 'i', changes, mayWrite }, signal);
	const statuses = (results: readonly { readonly status: string }[]) => results.map((result) => result.status);

	it('are added in new folders, changed with their mode, moved and deleted', async () => {
		await writeFile(at('a.sh'), 'one\n');
		await chmod(at('a.sh'), 0o750);
		await writeFile(at('b'), 'b\n');
		await writeFile(at('c'), 'c\n');
		const patch = [
			'*** Add File: x/y/new',
			'+n',
			'*** Update File: a.sh',
			'@@',
			'-one',
			'+two',
			'*** Update File: b',
			'*** Move to: z/b',
			'@@',
			'-b',
			'+B',
		];
		const results = await apply(await plan(...patch, '*** Delete File: c'));
		assert.deepEqual(statuses(results), ['applied', 'applied', 'applied', 'applied']);
		assert.deepEqual((await readdir(folder)).sort(), ['a.sh', 'x', 'z']);
		assert.equal(await readFile(at('x/y/new'), 'utf8'), 'n\n');
		assert.equal(await readFile(at('a.sh'), 'utf8'), 'two\n');
		assert.equal((await stat(at('a.sh'))).mode & 0o777, 0o750);
		assert.equal(await readFile(at('z/b'), 'utf8'), 'B\n');
	});

	it('keep a byte order mark, UTF-16 and CRLF', async () => {
		await writeFile(at('a'), '\ufeffone\r\ntwo\r\n', 'utf8');
		await writeFile(at('b'), '\ufeffone\r\ntwo\r\n', 'utf16le');
		assert.deepEqual(statuses(await apply(await plan('*** Update File: a', '@@', '-one', '+1', '*** Update File: b', '@@', '-two', '+2'))), [
			'applied',
			'applied',
		]);
		assert.equal(await readFile(at('a'), 'utf8'), '\ufeff1\r\ntwo\r\n');
		assert.equal(await readFile(at('b'), 'utf16le'), '\ufeffone\r\n2\r\n');
	});

	it('are left alone, all of them, when one has changed meanwhile', async () => {
		await writeFile(at('a'), 'a\n');
		await writeFile(at('b'), 'b\n');
		const changes = await plan('*** Update File: a', '@@', '-a', '+A', '*** Update File: b', '@@', '-b', '+B', '*** Add File: n/c', '+c');
		await writeFile(at('b'), 'typed by the user\n');
		const results = await apply(changes);
		assert.deepEqual(statuses(results), ['failed', 'conflict', 'failed']);
		assert.match(results[1]?.message ?? '', /changed by somebody else/);
		assert.deepEqual((await readdir(folder)).sort(), ['a', 'b']);
		assert.equal(await readFile(at('a'), 'utf8'), 'a\n');
		assert.equal(await readFile(at('b'), 'utf8'), 'typed by the user\n');
	});

	it('are put back when a later one fails at the last moment', async () => {
		await writeFile(at('a'), 'a\n');
		await writeFile(at('b'), 'b\n');
		const changes = await plan('*** Update File: a', '@@', '-a', '+A', '*** Add File: n/new', '+x', '*** Delete File: b');
		// A second removal of the same file passes every check and then finds nothing.
		const twice = [
			...changes.filter(({ kind }) => kind !== 'delete'),
			...changes.filter(({ kind }) => kind === 'delete'),
			...changes.filter(({ kind }) => kind === 'delete'),
		];
		const results = await apply(twice);
		assert(results.every(({ status }) => status === 'failed'));
		assert.deepEqual((await readdir(folder)).sort(), ['a', 'b']);
		assert.equal(await readFile(at('a'), 'utf8'), 'a\n');
		assert.equal(await readFile(at('b'), 'utf8'), 'b\n');
	});

	it('are written through a link, which stays one', async () => {
		await writeFile(at('real'), 'a\n');
		await symlink('real', at('link'));
		assert.deepEqual(statuses(await apply(await plan('*** Update File: link', '@@', '-a', '+b'))), ['applied']);
		assert.equal(await readlink(at('link')), 'real');
		assert.equal(await readFile(at('real'), 'utf8'), 'b\n');
	});

	it('are not written where a link leads out of what is allowed', async () => {
		await mkdir(at('in'));
		await mkdir(at('out'));
		await symlink(at('out'), at('in/way'));
		const results = await apply(await plan('*** Add File: in/way/x', '+x'), (path) => path.startsWith(at('in')));
		assert.deepEqual(statuses(results), ['failed']);
		assert.match(results[0]?.message ?? '', /outside of what may be written/);
		assert.deepEqual(await readdir(at('out')), []);
	});

	it('are not touched after an interrupt', async () => {
		const changes = await plan('*** Add File: x', '+x');
		assert.deepEqual(statuses(await apply(changes, () => true, AbortSignal.abort())), ['failed']);
		assert.deepEqual(await readdir(folder), []);
	});
});
