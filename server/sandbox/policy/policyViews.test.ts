import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import fc from 'fast-check';
import type { FileSystemEntry } from './fileSystemEntry.ts';
import { legacyPolicyOf, policyOfProfile, profileOfPolicy, unixSocketsOf } from './permissionProfile.ts';
import type { SandboxPolicy } from './policy.ts';
import { sandboxDenied } from '../sandboxDenied.ts';
import { platformSandbox } from '../platformSandbox.ts';
import { seatbeltProfile } from '../macos/seatbeltProfile.ts';
import { SeatbeltSandbox } from '../macos/seatbelt.ts';
import { type FileView, fileView } from './fileView.ts';
import { networkOf } from './networkOf.ts';
import type { FileLookup } from './writableRoots.ts';
import { NodeProcessHost } from '../../exec/processHost.ts';
import { hostPaths } from '../../platform/host.ts';
import { workspaceWrite } from '../../../test/support/workspaceWrite.ts';

function disk(entries: Record<string, 'folder' | { link: string } | { text: string }>): FileLookup {
	const realpath = (file: string): string | null => {
		const entry = entries[file];
		if (entry === undefined) return null;
		return typeof entry === 'object' && 'link' in entry ? realpath(entry.link) : file;
	};
	return {
		paths: hostPaths,
		realpath,
		kind: (file) => {
			const entry = entries[realpath(file) ?? ''];
			return entry === undefined ? null : entry === 'folder' ? 'folder' : 'file';
		},
		read: (file) => {
			const entry = entries[file];
			return typeof entry === 'object' && 'text' in entry ? entry.text : null;
		},
		isWritable: () => true,
	};
}

const rulesOf = (policy: SandboxPolicy, lookup: FileLookup, more: { policyCwd?: string; codexHome?: string; TMPDIR?: string } = {}) =>
	fileView(
		{ policy, policyCwd: more.policyCwd ?? '/ws', env: more.TMPDIR ? { TMPDIR: more.TMPDIR } : {}, codexHome: more.codexHome ?? null },
		lookup,
	).rules.map((rule) => `${rule.access} ${rule.path}`);

describe('what a policy makes writable', () => {
	it('is the workspace without its settings folders', () => {
		assert.deepEqual(rulesOf(workspaceWrite, disk({ '/ws': 'folder', '/ws/.git': 'folder' })), [
			'write /ws',
			'absent /ws/.agents',
			'absent /ws/.codex',
			'read /ws/.git',
			'absent /ws/.vscode',
		]);
	});

	it('has the settings of a workspace below /tmp protected after /tmp was opened', () => {
		const lookup = disk({
			'/tmp': 'folder',
			'/tmp/ws': 'folder',
			'/tmp/ws/.git': 'folder',
			'/tmp/ws/.codex': 'folder',
			'/tmp/ws/.agents': 'folder',
			'/tmp/home': 'folder',
		});
		assert.deepEqual(rulesOf({ ...workspaceWrite, excludeSlashTmp: false }, lookup, { policyCwd: '/tmp/ws', codexHome: '/tmp/home' }), [
			'write /tmp',
			'read /tmp/home',
			'write /tmp/ws',
			'read /tmp/ws/.agents',
			'read /tmp/ws/.codex',
			'read /tmp/ws/.git',
			'absent /tmp/ws/.vscode',
		]);
	});

	it('leaves open what the person opened by name, in place of the automatic protection', () => {
		const lookup = disk({
			'/ws': 'folder',
			'/ws/.git': { text: 'gitdir: /main/.git/worktrees/ws\n' },
			'/main/.git': 'folder',
			'/main/.git/worktrees/ws': 'folder',
			'/main/.git/worktrees/ws/commondir': { text: '../..\n' },
			'/home/.codex/worktrees/a': 'folder',
		});
		const open = ['write /main/.git', 'absent /ws/.agents', 'absent /ws/.codex', 'absent /ws/.vscode'];
		// The repository of a work tree, or the file that points to it.
		assert.deepEqual(
			rulesOf({ ...workspaceWrite, writableRoots: ['/main/.git'] }, lookup).filter((rule) => rule !== 'write /ws'),
			[open[0], ...open.slice(1, 3), 'read /ws/.git', open[3]],
		);
		const byPointer = rulesOf({ ...workspaceWrite, writableRoots: ['/ws/.git'] }, lookup);
		assert.ok(byPointer.includes('write /main/.git') && byPointer.includes('write /main/.git/worktrees/ws'), byPointer.join());
		// A settings folder that is not there yet.
		assert.ok(!rulesOf({ ...workspaceWrite, writableRoots: ['/ws/.codex'] }, lookup).includes('absent /ws/.codex'));
		// A project that lies below such a folder is a project all the same.
		const below = rulesOf({ ...workspaceWrite, writableRoots: ['/home/.codex/worktrees/a'] }, lookup);
		assert.ok(below.includes('absent /home/.codex/worktrees/a/.git'), below.join());
	});

	it('takes only a file called .git for one that points to a repository', () => {
		const pointer = { text: 'gitdir: /main/.git\n' };
		const lookup = disk({
			'/ws': 'folder',
			'/ws/.git': 'folder',
			'/ws/notes': pointer,
			'/ws/sub': 'folder',
			'/ws/sub/.git': pointer,
			'/main/.git': 'folder',
		});
		const opened = (root: string) => rulesOf({ ...workspaceWrite, writableRoots: [root] }, lookup).includes('write /main/.git');
		assert.deepEqual([opened('/ws/sub/.git'), opened('/ws/notes'), opened('/ws/.git')], [true, false, false]);
	});

	it('protects the repository that a .git file points to', () => {
		const lookup = disk({
			'/ws': 'folder',
			'/ws/tree': 'folder',
			'/ws/tree/.git': { text: 'gitdir: ../main/.git/worktrees/tree\n' },
			'/ws/main/.git/worktrees/tree': 'folder',
		});
		const rules = rulesOf({ ...workspaceWrite, writableRoots: ['/ws/tree'] }, lookup);
		assert.ok(rules.includes('read /ws/tree/.git') && rules.includes('read /ws/main/.git/worktrees/tree'));
	});

	it('lets a root that was named win over a protection', () => {
		const rules = rulesOf({ ...workspaceWrite, writableRoots: ['/ws/.git'] }, disk({ '/ws': 'folder', '/ws/.git': 'folder' }));
		assert.ok(rules.includes('write /ws/.git') && !rules.includes('read /ws/.git'));
	});

	it('is nothing under read-only', () => {
		assert.deepEqual(rulesOf({ type: 'readOnly', networkAccess: true }, disk({ '/ws': 'folder' })), []);
	});

	it('closes the network unless it was opened', () => {
		assert.equal(networkOf(workspaceWrite), 'restricted');
		assert.equal(networkOf({ type: 'externalSandbox', networkAccess: 'restricted' }), 'restricted');
		assert.equal(networkOf({ type: 'dangerFullAccess' }), 'enabled');
	});
});

describe('permission profiles', () => {
	const policies = fc.oneof<fc.Arbitrary<SandboxPolicy>[]>(
		fc.constant({ type: 'dangerFullAccess' }),
		fc.record({ type: fc.constant('readOnly' as const), networkAccess: fc.boolean() }, { noNullPrototype: true }),
		fc.record(
			{ type: fc.constant('externalSandbox' as const), networkAccess: fc.constantFrom('restricted' as const, 'enabled' as const) },
			{ noNullPrototype: true },
		),
		fc.record(
			{
				type: fc.constant('workspaceWrite' as const),
				writableRoots: fc.uniqueArray(fc.constantFrom('/a', '/b', '/c/d')),
				networkAccess: fc.boolean(),
				excludeSlashTmp: fc.boolean(),
				excludeTmpdirEnvVar: fc.boolean(),
			},
			{ noNullPrototype: true },
		),
	);

	it('say the same as the older policies, both ways', () => {
		fc.assert(fc.property(policies, (policy) => assert.deepEqual(policyOfProfile(profileOfPolicy(policy)), policy)));
	});

	it('keep what no older policy can say', () => {
		const unrestricted = { type: 'managed', fileSystem: { type: 'unrestricted' }, network: 'restricted' } as const;
		assert.deepEqual(policyOfProfile(unrestricted), unrestricted);
		assert.deepEqual(legacyPolicyOf(unrestricted), { type: 'externalSandbox', networkAccess: 'restricted' });
		const entries = [
			{ path: { type: 'special', value: { kind: 'root' } }, access: 'read' },
			{ path: { type: 'glob', pattern: '**/*.env' }, access: 'none' },
		] as const;
		const hiding = { type: 'managed', fileSystem: { type: 'restricted', entries }, network: 'enabled' } as const;
		assert.deepEqual(policyOfProfile(hiding), hiding);
		assert.deepEqual(legacyPolicyOf(hiding), { type: 'readOnly', networkAccess: true });
	});

	it('have the entries of the wire for workspace-write', () => {
		const profile = profileOfPolicy({ ...workspaceWrite, writableRoots: ['/x'], excludeSlashTmp: false, excludeTmpdirEnvVar: false });
		assert.ok(profile.type === 'managed' && profile.fileSystem.type === 'restricted');
		const shown = profile.fileSystem.entries.map(({ path: p, access }) =>
			p.type === 'special'
				? `${p.value.kind}${p.value.kind === 'project_roots' && p.value.subpath ? `/${p.value.subpath}` : ''}=${access}`
				: p.type === 'path'
					? `${p.path}=${access}`
					: '',
		);
		assert.deepEqual(shown, [
			'root=read',
			'project_roots=write',
			'slash_tmp=write',
			'tmpdir=write',
			'project_roots/.git=read',
			'project_roots/.agents=read',
			'project_roots/.codex=read',
			'/x=write',
		]);
	});
});

describe('services of the machine', () => {
	const root = (access: 'read' | 'write', more: readonly FileSystemEntry[] = []): SandboxPolicy => ({
		type: 'managed',
		network: 'enabled',
		fileSystem: { type: 'restricted', entries: [{ path: { type: 'special', value: { kind: 'root' } }, access }, ...more] },
	});
	const at = (access: FileSystemEntry['access']): FileSystemEntry => ({ path: { type: 'path', path: '/x' }, access });

	it('are reached only where the whole disk is open with the network', () => {
		for (const policy of [
			{ ...workspaceWrite, networkAccess: true },
			{ type: 'readOnly', networkAccess: true },
			root('read'),
			root('read', [at('write')]),
		] as const)
			assert.equal(unixSocketsOf(policy), 'closed');
		assert.equal(unixSocketsOf(root('write', [at('read')])), 'closed', 'one of them could write there');
		assert.equal(unixSocketsOf({ type: 'managed', fileSystem: { type: 'unrestricted' }, network: 'restricted' }), 'closed');
		for (const policy of [{ type: 'dangerFullAccess' }, root('write'), root('write', [at('none')])] as const)
			assert.equal(unixSocketsOf(policy), 'open');
	});
});

describe('seatbelt', () => {
	const closed = { network: 'restricted', unixSockets: 'closed' } as const;
	const open: FileView = { paths: hostPaths, base: 'read', rules: [], denied: [], globScanMaxDepth: null, pinned: [], minimal: false, problem: null };

	it('shows only what a profile names, and hides its patterns last', () => {
		const glob = { pattern: '/ws/**/*.env', expression: /x/ };
		const rules = [
			{ path: '/ws', access: 'write' },
			{ path: '/ws/secret', access: 'none' },
		] as const;
		const text = seatbeltProfile({ ...open, base: 'none', minimal: true, rules, denied: [glob], pinned: ['/ws/a'] }, closed);
		assert.doesNotMatch(text, /^\(allow file-read\*\)$/m);
		assert.match(text, /\(allow file-read\* \(subpath "\/usr"\)/);
		assert.ok(text.indexOf('(allow file-read* (subpath "/ws"))') < text.indexOf('(deny file-read* (subpath "/ws/secret"))'));
		assert.ok(text.includes('(deny file-write-unlink (literal "/ws/a"))'));
		assert.ok(text.indexOf('(deny file-read* (regex #"^/[wW][sS]/(.*/)?[^/]*\\.[eE][nN][vV](/.*)?$"))') > text.indexOf('"/ws/secret"'));
		assert.match(seatbeltProfile({ ...open, base: 'write' }, closed), /^\(allow file-write\*\)$/m);
	});

	it('denies by default, reads all, writes where allowed, inner rules last', () => {
		const rules = [
			{ path: '/ws "q"\\', access: 'write' },
			{ path: '/ws/.git', access: 'read' },
			{ path: '/ws/.codex', access: 'absent' },
		] as const;
		const text = seatbeltProfile({ ...open, rules }, closed);
		assert.ok(text.startsWith('(version 1)\n(deny default)\n'));
		assert.ok(text.includes('(allow file-write* (subpath "/ws \\"q\\"\\\\"))'));
		assert.ok(text.indexOf('(allow file-write* (subpath "/ws') < text.indexOf('(deny file-write* (subpath "/ws/.git"))'));
		assert.ok(text.includes('(deny file-write* (subpath "/ws/.codex"))'));
		assert.ok(text.includes('(deny file-write* (regex #"^/ws/\\.[cC][oO][dD][eE][xX](/.*)?$"))'), text);
		assert.doesNotMatch(text, /network-outbound/);
		const online = { network: 'enabled', unixSockets: 'closed' } as const;
		assert.match(seatbeltProfile(open, online), /\(allow network-outbound\)[^]*\(deny network-outbound \(remote unix-socket\)\)\n.*mDNSResponder/);
		assert.doesNotMatch(seatbeltProfile(open, { ...online, unixSockets: 'open' }), /unix-socket/);
	});

	it('refuses where the system program is missing', async () => {
		const request = { argv: ['true'], cwd: '/', policyCwd: '/', env: {}, policy: workspaceWrite };
		assert.equal((await new SeatbeltSandbox({ codexHome: null }, '/no/such/program').prepare(request)).kind, 'refused');
		const prepared = await new SeatbeltSandbox({ codexHome: null }, '/bin/sh').prepare({
			...request,
			policy: { type: 'readOnly', networkAccess: false },
		});
		assert.ok(prepared.kind === 'run');
		assert.deepEqual([prepared.argv[1], ...prepared.argv.slice(3)], ['-p', '--', 'true']);
		assert.deepEqual(prepared.env, { CODEX_SANDBOX: 'seatbelt' });
		const fileSystem = { type: 'unrestricted' } as const;
		const filtered = { type: 'managed', network: 'enabled', fileSystem, filter: { domains: {} } } as unknown as SandboxPolicy;
		const refused = await new SeatbeltSandbox({ codexHome: null }, '/bin/sh').prepare({ ...request, policy: filtered });
		assert.ok(refused.kind === 'refused' && /proxy/.test(refused.reason), JSON.stringify(refused));
	});
});

describe('other systems', () => {
	it('refuse a restricted policy and run full access', async () => {
		const windows = platformSandbox('win32', { host: new NodeProcessHost(), env: {}, codexHome: null });
		const request = { argv: ['x'], cwd: '/', policyCwd: '/', env: {}, policy: workspaceWrite };
		const refused = await windows.prepare(request);
		assert.ok(refused.kind === 'refused' && refused.reason === 'there is no sandbox for commands on Windows yet');
		const open = await windows.prepare({ ...request, policy: { type: 'dangerFullAccess' } });
		assert.ok(open.kind === 'run' && !open.sandboxed);
		// What only reads and tells nobody runs where all may be read.
		const reading = { ...request, needsNoSandbox: true } as const;
		assert.equal((await windows.prepare(reading)).kind, 'run');
		const hidden = { path: { type: 'path', path: '/secret' }, access: 'none' } as const;
		const hiding: SandboxPolicy = { type: 'managed', network: 'restricted', fileSystem: { type: 'restricted', entries: [hidden] } };
		assert.equal((await windows.prepare({ ...reading, policy: hiding })).kind, 'refused');
	});
});

describe('stopped by the sandbox', () => {
	const denied = (exitCode: number, output: string, sandboxed = true) => sandboxDenied({ exitCode, output, sandboxed });
	it('is guessed from a failure and its output', () => {
		assert.ok(denied(1, 'sh: out.txt: Read-only file system'));
		assert.ok(denied(2, 'sh: 1: cannot create x: Read-only file system'));
		assert.ok(denied(6, 'curl: (6) Could not resolve host: example.com'));
		assert.ok(!denied(0, 'Read-only file system'));
		assert.ok(!denied(1, '3 tests failed'));
		assert.ok(!denied(127, 'sh: foo: Permission denied'));
		assert.ok(!denied(1, 'Read-only file system', false));
	});
});
