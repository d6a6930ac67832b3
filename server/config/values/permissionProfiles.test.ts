import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parse } from 'smol-toml';
import { EMPTY_FILTER } from '../../sandbox/networkFilter.ts';
import { denialsOf, legacyPolicyOf, withDenials } from '../../sandbox/policy/permissionProfile.ts';
import { withPermissions } from '../../sandbox/policy/withPermissions.ts';
import { type Config, ConfigSchema } from '../config.ts';
import { configuredDenials, configuredProfile, profilePolicy } from './permissionProfiles.ts';

const config = (source: string): Config => ConfigSchema.parse(parse(source));
const policyOf = (source: string, id = 'a', additionalWritableRoots: readonly string[] | null = null) =>
	profilePolicy({ id, additionalWritableRoots }, config(source), '/home/u/.codex/memories');
const files = (text: string) => `default_permissions = "a"\n[permissions.a.filesystem]\n${text}`;
const network = (text: string) => `[permissions.a.network]\nenabled = true\n${text}`;

describe('[permissions] of the configuration', () => {
	it('is read into entries', () => {
		const policy = policyOf(`${files('":root" = "read"\n"/opt/x" = "write"\nglob_scan_max_depth = 3')}
[permissions.a.filesystem.":project_roots"]
"." = "write"
"docs" = "read"
"**/*.env" = "deny"
[permissions.a.network]
enabled = true`);
		assert.ok(policy.type === 'managed' && policy.fileSystem.type === 'restricted');
		assert.equal(policy.network, 'enabled');
		assert.equal(policy.fileSystem.globScanMaxDepth, 3);
		assert.deepEqual(
			policy.fileSystem.entries.map(({ path, access }) => [
				path.type === 'path' ? path.path : path.type === 'glob' ? path.pattern : path.value,
				access,
			]),
			[
				['/opt/x', 'write'],
				['**/*.env', 'none'],
				[{ kind: 'project_roots' }, 'write'],
				[{ kind: 'project_roots', subpath: 'docs' }, 'read'],
				[{ kind: 'root' }, 'read'],
				['/home/u/.codex/memories', 'write'],
			],
		);
		assert.deepEqual(legacyPolicyOf(policy), {
			type: 'workspaceWrite',
			writableRoots: ['/opt/x', '/home/u/.codex/memories'],
			networkAccess: true,
			excludeSlashTmp: true,
			excludeTmpdirEnvVar: true,
		});
	});

	it('knows the built-in profiles, with more writable folders', () => {
		assert.deepEqual(policyOf('', ':workspace'), {
			type: 'workspaceWrite',
			writableRoots: ['/home/u/.codex/memories'],
			networkAccess: false,
			excludeSlashTmp: false,
			excludeTmpdirEnvVar: false,
		});
		assert.deepEqual(policyOf('', ':read-only'), { type: 'readOnly', networkAccess: false });
		assert.deepEqual(policyOf('', ':danger-no-sandbox'), { type: 'dangerFullAccess' });
		const more = policyOf('', ':read-only', ['/w']);
		assert.ok(more.type === 'managed');
		assert.deepEqual(legacyPolicyOf(more), {
			type: 'workspaceWrite',
			writableRoots: ['/w'],
			networkAccess: false,
			excludeSlashTmp: true,
			excludeTmpdirEnvVar: true,
		});
	});

	it('hides what the chosen profile hides', () => {
		assert.equal(configuredDenials(config(files('"/s" = "none"\n":root" = "read"'))).entries.length, 1);
		assert.equal(configuredDenials(config('sandbox_mode = "read-only"')).entries.length, 0);
		assert.equal(configuredProfile(config('')), null);
	});

	it('filters the network where the profile says more of it than that it is enabled', () => {
		const read = (source: string) => {
			const policy = policyOf(`[permissions.a.filesystem]\n":root" = "read"\n${network(source)}`);
			return policy.type === 'managed' ? policy.filter : policy.type;
		};
		assert.equal(read(''), 'readOnly');
		assert.equal(read('domains = {}'), 'readOnly');
		assert.deepEqual(read('domains = { "*.x.com" = "allow", "y.x.com" = "deny" }\nsocks_url = "127.0.0.1:4000"\nallow_upstream_proxy = false'), {
			...EMPTY_FILTER,
			allowed: ['*.x.com'],
			denied: ['y.x.com'],
			socksPort: 4000,
			upstream: false,
		});
		assert.deepEqual(read('mode = "limited"\nenable_socks5 = false\nallow_local_binding = true'), {
			...EMPTY_FILTER,
			mode: 'limited',
			socks: false,
			localBinding: true,
		});
		assert.deepEqual(policyOf('[permissions.a.network]\nenabled = false\ndomains = { "x.com" = "allow" }'), policyOf('[permissions.a.network]'));
	});

	it('keeps the filter under every policy that a turn or a command brings', () => {
		const filtered = policyOf(network('domains = { "x.com" = "allow" }'));
		const denials = denialsOf(filtered);
		const open = withDenials({ type: 'readOnly', networkAccess: true }, denials);
		assert.deepEqual(denialsOf(open).filter?.allowed, ['x.com']);
		const closed = withDenials({ type: 'readOnly', networkAccess: false }, denials);
		const again = withDenials({ type: 'readOnly', networkAccess: true }, denialsOf(closed));
		assert.ok(again.type === 'managed' && again.network === 'enabled' && again.filter?.allowed[0] === 'x.com');
		const granted = withPermissions(again, { network: true, read: [], write: ['/srv'] });
		assert.ok(granted.type === 'managed' && granted.filter !== undefined);
		assert.deepEqual(withDenials({ type: 'dangerFullAccess' }, denials), { type: 'dangerFullAccess' }, 'who leaves the sandbox leaves its network');
	});

	it('refuses what it cannot keep, and says what to do', () => {
		const table: readonly (readonly [string, RegExp])[] = [
			['', /undefined profile `a`; define it/],
			[files('"rel" = "read"'), /`rel` must be absolute/],
			[files('":root" = "frob"'), /must be "read", "write" or "none", not "frob"/],
			[files('glob_scan_max_depth = 0'), /at least 1/],
			[files('"/srv/*.key" = "read"'), /only supports `none` access/],
			[files('[permissions.a.filesystem.":project_roots"]\n"../x" = "read"'), /descendant path/],
			[network('domains = { "x.com" = "maybe" }'), /domains."x.com" must be "allow" or "deny"/],
			[network('domains = { "http://x.com/" = "allow" }'), /`http:\/\/x.com\/` is no host: write example.com/],
			[network('domains = { "*" = "deny" }'), /every host \(`\*`\) cannot be denied/],
			[network('unix_sockets = { "/run/x.sock" = "allow" }'), /unix_sockets."\/run\/x.sock" is not supported/],
			[network('mode = "half"'), /mode must be "full" or "limited", not "half"/],
			[network('proxy_url = "http://127.0.0.1:81"'), /proxy on port 81; choose one from 1024 on/],
		];
		for (const [source, message] of table) assert.throws(() => policyOf(source), message, source);
		assert.throws(() => policyOf('', ':nope'), /unknown built-in profile `:nope`/);
		assert.throws(() => configuredProfile(config('[permissions.a.filesystem]\n":root" = "read"')), /does not set `default_permissions`/);
	});
});
