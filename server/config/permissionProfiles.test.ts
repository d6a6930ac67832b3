import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parse } from 'smol-toml';
import { legacyPolicyOf } from '../sandbox/permissionProfile.ts';
import { type Config, ConfigSchema } from './config.ts';
import { configuredDenials, configuredProfile, profilePolicy } from './permissionProfiles.ts';

const config = (source: string): Config => ConfigSchema.parse(parse(source));
const policyOf = (source: string, id = 'a', additionalWritableRoots: readonly string[] | null = null) =>
	profilePolicy({ id, additionalWritableRoots }, config(source), '/home/u/.codex');
const files = (text: string) => `default_permissions = "a"\n[permissions.a.filesystem]\n${text}`;

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
		assert.equal(configuredDenials(config(files('"/s" = "none"\n":root" = "read"')), '/h').entries.length, 1);
		assert.equal(configuredDenials(config('sandbox_mode = "read-only"'), '/h').entries.length, 0);
		assert.equal(configuredProfile(config('')), null);
	});

	it('refuses what it cannot keep, and says what to do', () => {
		const table: readonly (readonly [string, RegExp])[] = [
			['', /undefined profile `a`; define it/],
			[files('"rel" = "read"'), /`rel` must be absolute/],
			[files('":root" = "frob"'), /must be "read", "write" or "none", not "frob"/],
			[files('glob_scan_max_depth = 0'), /at least 1/],
			[files('"/srv/*.key" = "read"'), /only supports `none` access/],
			[files('[permissions.a.filesystem.":project_roots"]\n"../x" = "read"'), /descendant path/],
			['[permissions.a.network]\nenabled = true\n[permissions.a.network.domains]\n"x.com" = "allow"', /domains is not supported yet/],
		];
		for (const [source, message] of table) assert.throws(() => policyOf(source), message);
		assert.throws(() => policyOf('', ':nope'), /unknown built-in profile `:nope`/);
		assert.throws(() => configuredProfile(config('[permissions.a.filesystem]\n":root" = "read"')), /does not set `default_permissions`/);
	});
});
