import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'mocha';
import fc from 'fast-check';
import { DeniedFiles } from '../deniedFiles.ts';
import type { FileSystemAccess, FileSystemEntry, FileSystemPath } from './fileSystemEntry.ts';
import { accessAt, fileView, pinnedFolders } from './fileView.ts';
import { globExpression, globSource } from './globPattern.ts';
import { denialsOf, legacyPolicyOf, withDenials } from './permissionProfile.ts';
import type { ManagedPolicy, SandboxPolicy } from './policy.ts';
import { withPermissions } from './withPermissions.ts';
import { type FileLookup, isInside } from './writableRoots.ts';
import { hostPaths } from '../../platform/host.ts';

/** A disk on which every path that is asked for is a folder, but for the ones that are missing. */
const lookup = (missing: readonly string[] = []): FileLookup => ({
	paths: hostPaths,
	realpath: (file) => (missing.some((gone) => isInside(gone, file)) ? null : file),
	kind: (file) => (missing.some((gone) => isInside(gone, file)) ? null : 'folder'),
	read: () => null,
	isWritable: () => true,
});

const named = (file: string, access: FileSystemAccess): FileSystemEntry => ({ path: { type: 'path', path: file }, access });
const special = (value: Extract<FileSystemPath, { type: 'special' }>['value'], access: FileSystemAccess): FileSystemEntry => ({
	path: { type: 'special', value },
	access,
});
const glob = (pattern: string): FileSystemEntry => ({ path: { type: 'glob', pattern }, access: 'none' });
const managed = (...entries: readonly FileSystemEntry[]): ManagedPolicy => ({
	type: 'managed',
	network: 'restricted',
	fileSystem: { type: 'restricted', entries },
});
const root = (access: FileSystemAccess) => special({ kind: 'root' }, access);
const project = (access: FileSystemAccess, subpath?: string) =>
	special(subpath === undefined ? { kind: 'project_roots' } : { kind: 'project_roots', subpath }, access);

function access(policy: SandboxPolicy, file: string, { cwd = '/ws', missing = [] as readonly string[] } = {}): FileSystemAccess {
	return accessAt(fileView({ policy, policyCwd: cwd, env: {}, codexHome: null }, lookup(missing)), file);
}

describe('what a profile says of a file', () => {
	const segment = fc.constantFrom('a', 'b', 'c');
	const file = fc.array(segment, { minLength: 1, maxLength: 4 }).map((names) => `/${names.join('/')}`);
	const kind = fc.constantFrom<FileSystemAccess>('read', 'write', 'none');
	const entries = fc.array(
		fc.tuple(file, kind).map(([where, what]) => named(where, what)),
		{ maxLength: 6 },
	);

	it('is what its most specific entry says, of two for one path the stronger', () => {
		const strength = { read: 0, write: 1, none: 2 };
		fc.assert(
			fc.property(entries, kind, file, (list, base, asked) => {
				const covering = list.flatMap((entry) =>
					entry.path.type === 'path' && isInside(entry.path.path, asked) ? [{ where: entry.path.path, what: entry.access }] : [],
				);
				covering.sort((a, b) => a.where.length - b.where.length || strength[a.what] - strength[b.what]);
				assert.equal(access(managed(root(base), ...list), asked), covering.at(-1)?.what ?? base);
			}),
		);
	});

	it('hides what was hidden under every other policy, with every grant', () => {
		const policies = fc.constantFrom<SandboxPolicy>(
			{ type: 'dangerFullAccess' },
			{ type: 'readOnly', networkAccess: true },
			{ type: 'workspaceWrite', writableRoots: ['/a'], networkAccess: false, excludeSlashTmp: false, excludeTmpdirEnvVar: true },
			managed(root('write')),
			{ type: 'managed', network: 'restricted', fileSystem: { type: 'unrestricted' } },
		);
		fc.assert(
			fc.property(policies, file, fc.array(file), file, (policy, hidden, granted, below) => {
				const denials = denialsOf(managed(root('read'), named(hidden, 'none'), glob('**/*.env')));
				const over = withPermissions(withDenials(policy, denials), { network: true, read: granted, write: [...granted, hidden] });
				assert.equal(access(over, hidden), 'none');
				assert.equal(access(over, `/ws${below}/x.env`), 'none');
			}),
		);
	});

	it('keeps a full access that hides something a full access else', () => {
		const over = withDenials({ type: 'dangerFullAccess' }, denialsOf(managed(named('/secret', 'none'))));
		assert.equal(access(over, '/etc/passwd'), 'write');
		assert.equal(access(over, '/secret/key'), 'none');
		assert.deepEqual(legacyPolicyOf(over), { type: 'dangerFullAccess' });
		assert.deepEqual(withDenials({ type: 'dangerFullAccess' }, denialsOf({ type: 'dangerFullAccess' })), { type: 'dangerFullAccess' });
	});

	it('follows the working directory', () => {
		const policy = managed(root('read'), project('write'), project('read', 'docs'), glob('*.key'));
		for (const cwd of ['/one', '/two']) {
			assert.equal(access(policy, `${cwd}/src`, { cwd }), 'write');
			assert.equal(access(policy, `${cwd}/docs/x`, { cwd }), 'read');
			assert.equal(access(policy, `${cwd}/my.key`, { cwd }), 'none');
		}
		assert.equal(access(policy, '/one/src', { cwd: '/two' }), 'read');
	});

	it('lets nothing be made where a narrower entry allows only reading', () => {
		assert.equal(access(managed(root('read'), project('write'), project('read', 'docs')), '/ws/docs', { missing: ['/ws/docs'] }), 'read');
	});

	it('protects the settings folders of what it opens, but not where an entry names them', () => {
		assert.equal(access(managed(root('read'), project('write')), '/ws/.git/config'), 'read');
		assert.equal(access(managed(root('read'), project('write'), project('write', '.git')), '/ws/.git/config'), 'write');
	});

	it('opens nothing by names of a later version, and is not run where they would hide something', () => {
		const unknown = { kind: 'unknown', path: ':moon', subpath: null } as const;
		assert.equal(access(managed(special(unknown, 'write')), '/moon'), 'none');
		const view = fileView({ policy: managed(special(unknown, 'none')), policyCwd: '/ws', env: {}, codexHome: null }, lookup());
		assert.match(view.problem ?? '', /:moon/);
	});

	it('protects no settings folders of temporary folders that it opens', () => {
		const opened = (kind: 'tmpdir' | 'slash_tmp') => {
			const policy = managed(root('read'), special({ kind }, 'write'));
			const view = fileView({ policy, policyCwd: '/ws', env: { TMPDIR: '/var/own' }, codexHome: null }, lookup(['/tmp/.codex', '/var/own/.codex']));
			const place = kind === 'tmpdir' ? '/var/own' : '/tmp';
			return [accessAt(view, `${place}/x`), view.rules.some(({ path: file }) => file === `${place}/.codex`)];
		};
		assert.deepEqual(
			[opened('tmpdir'), opened('slash_tmp')],
			[
				['write', false],
				['write', false],
			],
		);
	});

	it('opens a whole folder by a pattern that ends in all below it, and nothing by another pattern', () => {
		const writes = (pattern: string, file: string) => access(managed(root('read'), { path: { type: 'glob', pattern }, access: 'write' }), file);
		assert.deepEqual([writes('/out/**', '/out/a/b'), writes('/out/**', '/out'), writes('/out/**', '/other')], ['write', 'write', 'read']);
		for (const pattern of ['/out/*', '/o*t/**', '/out/{a,b}/**', '/out/[a]/**', '/o?t/**'])
			assert.equal(writes(pattern, '/out/a/b'), 'read', pattern);
	});

	it('hides what undo keeps of files exactly where some are hidden', () => {
		const copies = '/home/tiller/checkpoints';
		const seen = (...entries: readonly FileSystemEntry[]) =>
			accessAt(fileView({ policy: managed(root('read'), ...entries), policyCwd: '/ws', env: {}, codexHome: '/home' }, lookup()), `${copies}/x`);
		assert.deepEqual([seen(), seen(named('/ws/a', 'write')), seen(named('/ws/a', 'none')), seen(glob('**/*.env'))], ['read', 'read', 'none', 'none']);
	});

	it('pins the folders on the way to what is less open', () => {
		assert.deepEqual(
			pinnedFolders([
				{ path: '/ws', access: 'write' },
				{ path: '/ws/a/b/key', access: 'none' },
				{ path: '/ws/.git', access: 'read' },
			]),
			['/ws/a', '/ws/a/b'],
		);
	});
});

describe('patterns of a profile', () => {
	const matches = (pattern: string, file: string) => globExpression(pattern)?.test(file);
	it('stay within names, but for **', () => {
		const table: readonly (readonly [string, string, boolean])[] = [
			['/ws/*.env', '/ws/.env', true],
			['/ws/*.env', '/ws/a.env', true],
			['/ws/*.env', '/ws/a/b.env', false],
			['/ws/**/*.env', '/ws/.env', true],
			['/ws/**/*.env', '/ws/a/b/.env', true],
			['/ws/**/*.env', '/ws/a/b.envx', false],
			['/ws/**/*.env', '/ws/dir.env/inside', true],
			['/ws/**', '/ws/a/b', true],
			['/ws/**', '/wsx/a', false],
			['/ws/a?c', '/ws/abc', true],
			['/ws/a?c', '/ws/a/c', false],
			['/ws/[ab].txt', '/ws/b.txt', true],
			['/ws/[!ab].txt', '/ws/b.txt', false],
			['/ws/*.{key,pem}', '/ws/x.pem', true],
			['/ws/*.{key,pem}', '/ws/x.pub', false],
			['/ws/a.b', '/ws/aXb', false],
			['/ws/[', '/ws/[', true],
			['/ws/(x)+$', '/ws/(x)+$', true],
			['/ws/*', '/ws/new\nline', true],
		];
		for (const [pattern, file, expected] of table) assert.equal(matches(pattern, file), expected, `${pattern} ${file}`);
	});

	it('match every plain path by itself, whatever it holds, and never fail', () => {
		fc.assert(
			fc.property(
				fc.string().filter((text) => !/[*?[{}\]]/.test(text)),
				(text) => assert.ok(matches(`/${text}`, `/${text}`)),
			),
		);
		fc.assert(fc.property(fc.string(), (text) => assert.doesNotThrow(() => globSource(text))));
	});
});

describe('files that a pattern hides', () => {
	const base = realpathSync(mkdtempSync('/var/tmp/tiller-globs-'));
	after(() => rmSync(base, { recursive: true, force: true }));

	it('are found however the folders change between two commands', async () => {
		const place = path.join(base, 'changing');
		const old = new Date(Date.now() - 60_000);
		mkdirSync(path.join(place, 'a/b'), { recursive: true });
		writeFileSync(path.join(place, 'a/b/1.env'), '');
		for (const folder of ['a/b', 'a', '.']) utimesSync(path.join(place, folder), old, old);
		const policy: SandboxPolicy = { type: 'managed', network: 'restricted', fileSystem: { type: 'restricted', entries: [glob('**/*.env')] } };
		const view = fileView({ policy, policyCwd: place, env: {}, codexHome: null }, lookup());
		const files = new DeniedFiles();
		const found = async () => (await files.find(view)).map((file) => path.relative(place, file)).sort();
		assert.deepEqual(await found(), ['a/b/1.env']);
		assert.deepEqual(await found(), ['a/b/1.env']);
		writeFileSync(path.join(place, 'a/b/2.env'), '');
		assert.deepEqual(await found(), ['a/b/1.env', 'a/b/2.env']);
		mkdirSync(path.join(place, 'c'));
		writeFileSync(path.join(place, 'c/3.env'), '');
		assert.deepEqual(await found(), ['a/b/1.env', 'a/b/2.env', 'c/3.env']);
		rmSync(path.join(place, 'a/b/1.env'));
		renameSync(path.join(place, 'a'), path.join(place, 'd'));
		assert.deepEqual(await found(), ['c/3.env', 'd/b/2.env']);
		rmSync(place, { recursive: true });
	});

	it('are found as deep as the profile says, links resolved, and too many are refused', async () => {
		mkdirSync(path.join(base, 'a/b'), { recursive: true });
		for (const name of ['x.env', 'a/y.env', 'a/b/z.env', 'plain']) writeFileSync(path.join(base, name), '');
		symlinkSync(path.join(base, 'plain'), path.join(base, 'link.env'));
		const view = (depth: number | undefined, pattern = '**/*.env') =>
			fileView(
				{
					policy: {
						type: 'managed',
						network: 'restricted',
						fileSystem: { type: 'restricted', entries: [glob(pattern)], ...(depth ? { globScanMaxDepth: depth } : {}) },
					},
					policyCwd: base,
					env: {},
					codexHome: null,
				},
				lookup(),
			);
		const found = async (depth: number | undefined, pattern?: string) =>
			(await new DeniedFiles().find(view(depth, pattern))).map((file) => path.relative(base, file)).sort();
		assert.deepEqual(await found(undefined), ['a/b/z.env', 'a/y.env', 'plain', 'x.env']);
		assert.deepEqual(await found(2), ['a/y.env', 'plain', 'x.env']);
		assert.deepEqual(await found(undefined, '*/*.env'), ['a/y.env']);
		await assert.rejects(new DeniedFiles({ entries: 3, patterns: 1 }).find(view(undefined)), /glob_scan_max_depth/);
	});
});
