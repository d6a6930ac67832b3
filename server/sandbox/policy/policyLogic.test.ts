import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hostPaths } from '../../platform/host.ts';
import type { FileSystemAccess, FileSystemEntry } from './fileSystemEntry.ts';
import { accessAt, fileView } from './fileView.ts';
import { globExpression } from './globPattern.ts';
import { denialsOf, isFullAccess, readingOf, unixSocketsOf, withDenials, withEntries } from './permissionProfile.ts';
import type { ManagedPolicy, SandboxPolicy } from './policy.ts';
import { isCovered, joined, permissionParts, withinRequest } from './requestedPermissions.ts';
import { withPermissions } from './withPermissions.ts';
import { isSettings } from './writableRoots.ts';

const named = (file: string, access: FileSystemAccess, more: { granted?: true } = {}): FileSystemEntry => ({
	path: { type: 'path', path: file },
	access,
	...more,
});
const root = (access: FileSystemAccess): FileSystemEntry => ({ path: { type: 'special', value: { kind: 'root' } }, access }) as FileSystemEntry;
const restricted = (network: ManagedPolicy['network'], entries: readonly FileSystemEntry[], globScanMaxDepth?: number): ManagedPolicy => ({
	type: 'managed',
	fileSystem: { type: 'restricted', entries, ...(globScanMaxDepth === undefined ? {} : { globScanMaxDepth }) },
	network,
});
const unrestricted = (network: ManagedPolicy['network']): ManagedPolicy => ({ type: 'managed', fileSystem: { type: 'unrestricted' }, network });
const workspace = (networkAccess: boolean): SandboxPolicy => ({
	type: 'workspaceWrite',
	writableRoots: [],
	networkAccess,
	excludeSlashTmp: true,
	excludeTmpdirEnvVar: true,
});
const onDisk = { paths: hostPaths, realpath: (file: string) => file, kind: () => 'folder' as const, read: () => null, isWritable: () => true };
const external = (networkAccess: 'restricted' | 'enabled'): SandboxPolicy => ({ type: 'externalSandbox', networkAccess });

describe('what a policy amounts to', () => {
	it('is full access only without a sandbox, or where one leaves everything open', () => {
		const policies: readonly (readonly [SandboxPolicy, boolean])[] = [
			[{ type: 'dangerFullAccess' }, true],
			[{ type: 'readOnly', networkAccess: true }, false],
			[workspace(true), false],
			[external('enabled'), false],
			[unrestricted('enabled'), true],
			[unrestricted('restricted'), false],
			[restricted('enabled', [root('write')]), true],
			[restricted('restricted', [root('write')]), false],
			[restricted('enabled', [root('read')]), false],
			[{ ...unrestricted('enabled'), filter: {} } as unknown as SandboxPolicy, false],
		];
		for (const [policy, expected] of policies) assert.equal(isFullAccess(policy), expected, JSON.stringify(policy));
	});

	it('leaves unix sockets open only where the network is, too', () => {
		assert.deepEqual(
			[external('enabled'), external('restricted'), unrestricted('enabled'), unrestricted('restricted'), workspace(true)].map(unixSocketsOf),
			['open', 'closed', 'open', 'closed', 'closed'],
		);
	});

	it('keeps the depth of its patterns with what it hides', () => {
		const hidden = [named('/a', 'none')];
		assert.deepEqual(denialsOf(restricted('enabled', [root('write'), ...hidden], 3)), { entries: hidden, globScanMaxDepth: 3 });
		assert.deepEqual(denialsOf(restricted('enabled', [root('write'), ...hidden])), { entries: hidden });
		assert.deepEqual(denialsOf(restricted('enabled', [root('write')], 3)), { entries: [] });
		const depthOf = (policy: SandboxPolicy) =>
			policy.type === 'managed' && policy.fileSystem.type === 'restricted' ? policy.fileSystem.globScanMaxDepth : null;
		const pattern: FileSystemEntry = { path: { type: 'glob', pattern: '**/*.env' }, access: 'none' };
		const open: FileSystemEntry = { path: { type: 'glob', pattern: '/o/**' }, access: 'write' };
		const denials = { entries: hidden, globScanMaxDepth: 4 };
		assert.equal(depthOf(withDenials(restricted('enabled', [root('write'), pattern]), denials)), undefined, 'a pattern without a limit keeps none');
		assert.equal(depthOf(withDenials(restricted('enabled', [root('write'), open]), denials)), 4);
		assert.equal(depthOf(withDenials(restricted('enabled', [root('write'), pattern], 6), denials)), 6);
		const denied = withDenials(workspace(false), denials);
		assert.ok(denied.type === 'managed' && denied.fileSystem.type === 'restricted' && denied.fileSystem.globScanMaxDepth === 4);
	});

	it("holds within somebody else's sandbox for what is hidden, and for hosts, and is left alone otherwise", () => {
		const outer = external('enabled');
		assert.equal(withDenials(outer, { entries: [] }), outer);
		const filter = { domains: {} } as never;
		for (const denials of [{ entries: [named('/a', 'none')] }, { entries: [], filter }]) {
			const within = withDenials(outer, denials);
			assert.ok(within.type === 'managed' && within.network === 'enabled', JSON.stringify(denials));
			assert.deepEqual([denialsOf(within).entries, within.filter], [denials.entries, 'filter' in denials ? denials.filter : undefined]);
		}
	});
});

describe('what only reads of a policy', () => {
	it('writes nothing, has no network, and hides what was hidden', () => {
		for (const policy of [workspace(true), external('enabled'), { type: 'dangerFullAccess' }] as const)
			assert.deepEqual(readingOf(policy), { type: 'readOnly', networkAccess: false });
		const hidden = named('/hidden', 'none');
		const reading = restricted('restricted', [root('read'), named('/w', 'read'), hidden]);
		assert.deepEqual(readingOf(restricted('enabled', [root('write'), named('/w', 'write'), hidden])), reading);
	});
});

describe('a settings folder', () => {
	it('is one by its own name, and all of a repository', () => {
		for (const folder of ['/ws/.git', '/ws/.git/modules/a', '/ws/.codex', '/ws/.vscode', '/ws/.agents'])
			assert.ok(isSettings(folder, onDisk), folder);
		for (const folder of ['/ws', '/home/.codex/worktrees/a', '/ws/git', '/ws/.github']) assert.ok(!isSettings(folder, onDisk), folder);
	});
});

describe('what an answer grants', () => {
	const asked = { network: false, read: ['/r'], write: ['/w'] };

	it('is never more than was asked for', () => {
		const all = { network: true, read: ['/r/in', '/w', '/other', 'r', '/rest'], write: ['/w/a', '/r', '/', '/wider'] };
		assert.deepEqual(withinRequest(all, asked), { network: false, read: ['/r/in', '/w'], write: ['/w/a'] });
		const online = { ...asked, network: true };
		assert.deepEqual([withinRequest(all, online).network, withinRequest({ ...all, network: false }, online).network], [true, false]);
	});

	it('is covered by what there is already, where a folder that may be written to may be read', () => {
		assert.ok(isCovered({ network: false, read: ['/r/a', '/w/a'], write: ['/w/b'] }, asked));
		for (const more of [{ network: true }, { read: ['/x'] }, { write: ['/r'] }, { write: ['/'] }])
			assert.ok(!isCovered({ network: false, read: [], write: [], ...more }, asked), JSON.stringify(more));
		assert.deepEqual(joined(asked, { network: true, read: ['/r'], write: ['/x'] }), { network: true, read: ['/r'], write: ['/w', '/x'] });
		assert.deepEqual(permissionParts({ ...asked, network: true }), ['network', 'read /r', 'write /w']);
	});
});

describe('what is granted beyond a policy', () => {
	const nothing = { read: [], write: [], network: false };

	it('opens the network only when it was granted, and leaves an open one open', () => {
		for (const networkAccess of [true, false])
			for (const network of [true, false]) {
				const given = { ...nothing, write: ['/w'], network };
				const granted = withPermissions(workspace(networkAccess), given);
				assert.ok(granted.type === 'workspaceWrite');
				assert.deepEqual([granted.networkAccess, granted.writableRoots], [networkAccess || network, ['/w']]);
				const reading = withPermissions({ type: 'readOnly', networkAccess }, { ...nothing, network: true });
				assert.deepEqual(reading, { type: 'readOnly', networkAccess: true });
				const writing = withPermissions({ type: 'readOnly', networkAccess }, given);
				assert.ok(writing.type === 'managed');
				assert.equal(writing.network, networkAccess || network ? 'enabled' : 'restricted');
			}
		assert.deepEqual(withPermissions(external('restricted'), { ...nothing, network: true }), external('enabled'));
		assert.deepEqual(withPermissions(external('restricted'), { ...nothing, write: ['/w'] }), external('restricted'));
		assert.deepEqual(withPermissions(workspace(false), nothing), workspace(false));
	});

	it('adds entries where there are any, and none to a disk that is open anyway', () => {
		const more = { entries: [named('/w', 'write')], network: true };
		assert.deepEqual(withEntries(unrestricted('restricted'), more), unrestricted('enabled'));
		assert.deepEqual(withEntries(restricted('restricted', [root('read')]), more), restricted('enabled', [root('read'), named('/w', 'write')]));
		assert.deepEqual(withEntries(restricted('enabled', []), { entries: [], network: false }), restricted('enabled', []));
	});

	it('opens a path below what can be read, and never one below what is hidden', () => {
		const policy = restricted('restricted', [
			root('read'),
			named('/hidden', 'none'),
			named('/hidden/in', 'write', { granted: true }),
			named('/free/in', 'write', { granted: true }),
		]);
		const view = fileView({ policy, policyCwd: '/ws', env: {}, codexHome: null } as Parameters<typeof fileView>[0], onDisk);
		assert.deepEqual(
			['/hidden', '/hidden/in', '/free', '/free/in', '/free/in/deep'].map((file) => accessAt(view, file)),
			['none', 'none', 'read', 'write', 'write'],
		);
		const asked = { ...nothing, write: ['/hidden/in', '/free/in', '/gone'] };
		const lookup = { ...onDisk, realpath: (file: string) => (file === '/gone' ? null : file) };
		const granted = withPermissions(restricted('restricted', [root('read'), named('/hidden', 'none')]), asked);
		const seen = fileView({ policy: granted, policyCwd: '/ws', env: {}, codexHome: null } as Parameters<typeof fileView>[0], lookup);
		assert.deepEqual(
			['/hidden/in', '/free/in', '/gone'].map((file) => accessAt(seen, file)),
			['none', 'write', 'read'],
		);
	});
});

describe('a pattern', () => {
	const matches = (pattern: string, ...files: readonly string[]) => files.map((file) => globExpression(pattern)?.test(file));

	it('has choices of characters, and those that are not meant', () => {
		for (const sign of ['!', '^'])
			assert.deepEqual(matches(`/w/[${sign}ab]c`, '/w/ac', '/w/bc', '/w/dc', '/w//c', '/w/^c'), [false, false, true, false, true]);
		assert.deepEqual(matches('/w/[ab]c', '/w/ac', '/w/dc'), [true, false]);
		assert.deepEqual(matches('/w/[a^[]c', '/w/ac', '/w/^c', '/w/[c', '/w/bc'), [true, true, true, false]);
		assert.deepEqual(matches('/w/**/*.env', '/w/a\nb/x\ny.env', '/w/x.ENV'), [true, false]);
		assert.deepEqual(matches('/w/{a,b*}/c', '/w/a/c', '/w/bx/c', '/w/x/c', '/w/a/c/below'), [true, true, false, true]);
		assert.deepEqual(matches('/w/**/*.env', '/w/.env', '/w/a/b/x.env', '/w/x.envy', '/x.env'), [true, true, false, false]);
	});

	it('that no expression can be made of is null', () => {
		assert.equal(globExpression('/w/[z-a]'), null);
	});
});
