import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import type { Stats } from 'node:fs';
import { chmod, chown, link, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { localApplier } from './applyChanges.ts';
import { computeChanges, type PlannedChange } from './computeChanges.ts';
import { diskReader } from './fileReader.ts';
import { parsePatch } from './parsePatch.ts';
import { needsBubblewrap } from '../../test/support/needsBubblewrap.ts';

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

	it('in an encoding that nobody knows are changed and deleted as bytes, and otherwise refused by name', async () => {
		const latin1 = Buffer.from('caf\u00e9\nplain\n', 'latin1');
		const shiftJis = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a, 0x61, 0x0a]);
		await writeFile(at('l'), latin1);
		await writeFile(at('s'), shiftJis);
		await writeFile(at('gone'), shiftJis);
		const results = await apply(
			await plan('*** Update File: l', '@@', '-plain', '+better', '*** Update File: s', '@@', '-a', '+b', '*** Delete File: gone'),
		);
		assert.deepEqual(statuses(results), ['applied', 'applied', 'applied']);
		assert.deepEqual(await readFile(at('l')), Buffer.from('caf\u00e9\nbetter\n', 'latin1'));
		assert.deepEqual(await readFile(at('s')), Buffer.from([...shiftJis.subarray(0, 5), 0x62, 0x0a]));
		const refused = async (...lines: string[]) => {
			const parsed = parsePatch(['*** Begin Patch', ...lines, '*** End Patch'].join('\n'));
			assert(parsed.ok);
			const planned = await computeChanges(parsed.value, { cwd: folder, reader: diskReader });
			return planned.ok ? 'planned' : planned.message;
		};
		assert.match(await refused('*** Update File: s', '@@', '-b', '+\u65e5\u672c'), /not stored as UTF-8/);
		assert.match(await refused('*** Update File: s', '@@', '-\u65e5\u672c', '+x'), /not stored as UTF-8/);
	});

	it('are left alone when they were made, removed or put in the way meanwhile, and it is said which', async () => {
		const said = async (meanwhile: () => Promise<unknown>, ...lines: string[]) => {
			await writeFile(at('a'), 'a\n');
			const changes = await plan(...lines);
			await meanwhile();
			const [result] = await apply(changes);
			assert.equal(result?.status, 'conflict');
			return result?.message ?? '';
		};
		assert.match(await said(() => writeFile(at('new'), ''), '*** Add File: new', '+x'), /new was created by somebody else/);
		assert.match(await said(() => rm(at('a')), '*** Update File: a', '@@', '-a', '+b'), /a was removed/);
		assert.match(await said(() => writeFile(at('a'), 'z'), '*** Delete File: a'), /a was changed by somebody else/);
		assert.match(
			await said(() => writeFile(at('to'), ''), '*** Update File: a', '*** Move to: to', '@@', '-a', '+b'),
			/to was created by somebody else/,
		);
		assert.deepEqual((await readdir(folder)).sort(), ['a', 'new', 'to']);
		for (const name of ['new', 'to']) assert.equal(await readFile(at(name), 'utf8'), '');
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
		assert.deepEqual(statuses(results), ['failed', 'failed', 'conflict', 'conflict']);
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

	it('stay the same files: number, owner, mode and other names', async () => {
		for (const name of ['a', 'b', 'm']) await writeFile(at(name), `${name}\n`);
		await link(at('a'), at('other-name'));
		await chmod(at('a'), 0o640);
		if (process.getuid?.() === 0) await chown(at('a'), 12345, 54321);
		const before = await Promise.all(['a', 'm'].map((name) => stat(at(name))));
		const results = await apply(
			await plan('*** Update File: a', '@@', '-a', '+a longer line than before', '*** Update File: m', '*** Move to: n/moved', '@@', '-m', '+M'),
		);
		assert.deepEqual(statuses(results), ['applied', 'applied']);
		const after = await Promise.all(['a', 'n/moved'].map((name) => stat(at(name))));
		const kept = ({ ino, uid, gid, mode, nlink }: Stats) => ({ ino, uid, gid, mode, nlink });
		assert.deepEqual(after.map(kept), before.map(kept));
		assert.equal(await readFile(at('other-name'), 'utf8'), 'a longer line than before\n');
		assert.equal(await readFile(at('n/moved'), 'utf8'), 'M\n');
	});

	it('get shorter, and leave nothing beside them', async () => {
		await writeFile(at('a'), 'a long first line\nb\n');
		assert.deepEqual(statuses(await apply(await plan('*** Update File: a', '@@', '-a long first line', ' b'))), ['applied']);
		assert.deepEqual([await readFile(at('a'), 'utf8'), await readdir(folder)], ['b\n', ['a']]);
	});

	it('are written where they are mount points of their own, and moved away from there as copies', async function () {
		needsBubblewrap(this);
		for (const name of ['a', 'b']) {
			await writeFile(at(`${name}.host`), `${name}\n`);
			await writeFile(at(name), '');
		}
		const patch = ['*** Begin Patch', '*** Update File: a', '@@', '-a', '+A', '*** Update File: b', '@@', '-b', '+B', '*** End Patch'].join('\n');
		const binds = ['a', 'b'].flatMap((name) => ['--bind', at(`${name}.host`), at(name)]);
		const code = `import { runPatchProgram } from ${JSON.stringify(join(import.meta.dirname, 'patchProgram.ts'))};
			const end = await runPatchProgram(${JSON.stringify(patch)}, ${JSON.stringify(folder)}); console.log(end.stdout + end.stderr);`;
		const run = spawnSync('bwrap', ['--dev-bind', '/', '/', ...binds, '--', process.execPath, '--input-type=module', '-e', code], {
			encoding: 'utf8',
		});
		assert.match(run.stdout, /^Success/, run.stdout + run.stderr);
		assert.deepEqual([await readFile(at('a.host'), 'utf8'), await readFile(at('b.host'), 'utf8')], ['A\n', 'B\n']);
	});

	it('that are links are removed and moved as such, only where that is allowed, and come back', async () => {
		await mkdir(at('in'));
		await mkdir(at('out'));
		await writeFile(at('in/real'), 'a\n');
		await symlink('../in/real', at('out/link'));
		const removed = await plan('*** Delete File: out/link');
		assert.match((await apply(removed, (path) => path.startsWith(at('in'))))[0]?.message ?? '', /outside of what may be written/);
		assert.equal(await readlink(at('out/link')), '../in/real');
		// A second removal finds nothing, so that the first one is taken back.
		const twice = await apply([...removed, ...(await plan('*** Delete File: in/real')), ...removed]);
		assert.equal(statuses(twice).includes('applied'), false);
		assert.deepEqual([await readlink(at('out/link')), await readFile(at('in/real'), 'utf8')], ['../in/real', 'a\n']);
		assert.deepEqual(statuses(await apply(removed)), ['applied']);
		assert.deepEqual([await readdir(at('out')), await readFile(at('in/real'), 'utf8')], [[], 'a\n']);
	});

	it('are not touched after an interrupt', async () => {
		const changes = await plan('*** Add File: x', '+x');
		assert.deepEqual(statuses(await apply(changes, () => true, AbortSignal.abort())), ['failed']);
		assert.deepEqual(await readdir(folder), []);
	});
});
