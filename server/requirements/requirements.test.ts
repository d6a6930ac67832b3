import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'mocha';
import { parse } from 'smol-toml';
import { ConfigError } from '../config/configError.ts';
import { denialsOf } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import { constrain, forbidden, webSearchMode } from './constrain.ts';
import { legacyRequirements, mergeRequirements, parseRequirements } from './requirements.ts';
import { inEnglish } from '../words/l10n.ts';

const read = (text: string) => parseRequirements(parse(text), '/etc/codex/requirements.toml');
const full: SandboxPolicy = { type: 'dangerFullAccess' };
const settings = { approvalPolicy: 'never' as const, approvalsReviewer: 'auto_review' as const, sandbox: full, activeProfile: null };

describe('requirements', () => {
	it('lower what is not allowed to the first that is, and say who says so', () => {
		const required = read(
			'allowed_approval_policies = ["on-request", "untrusted"]\nallowed_sandbox_modes = ["read-only", "workspace-write"]\nallowed_approvals_reviewers = ["user"]\n',
		);
		const { settings: lowered, fallbacks } = constrain(settings, required);
		assert.deepEqual([lowered.approvalPolicy, lowered.approvalsReviewer, lowered.sandbox.type], ['on-request', 'user', 'readOnly']);
		assert.deepEqual(
			fallbacks.map(({ key }) => key),
			['approval_policy', 'approvals_reviewer', 'sandbox_mode'],
		);
		for (const { message } of fallbacks) assert.match(inEnglish(message), /\/etc\/codex\/requirements\.toml/);
		assert.deepEqual(constrain(settings, {}).settings, settings);
	});

	it('refuse a change, in whatever form the sandbox is put', () => {
		const required = read('allowed_sandbox_modes = ["read-only", "workspace-write"]\n');
		const everything: SandboxPolicy = { type: 'managed', fileSystem: { type: 'unrestricted' }, network: 'restricted' };
		for (const sandbox of [full, everything, { type: 'externalSandbox', networkAccess: 'enabled' } as const])
			assert.match(forbidden({ sandbox }, required) ?? '', /requirements\.toml/);
		assert.equal(forbidden({ sandbox: { type: 'readOnly', networkAccess: false } }, required), null);
	});

	it('hide files whatever else is allowed, and a fallback opens nothing that the configuration hides', () => {
		const required = read('allowed_sandbox_modes = ["read-only"]\n[permissions.filesystem]\ndeny_read = ["/srv/keys", "/srv/**/*.pem"]\n');
		const hidden = (sandbox: SandboxPolicy) =>
			denialsOf(constrain({ ...settings, sandbox }, required).settings.sandbox).entries.map((entry) => entry.path);
		const denied = [
			{ type: 'path', path: path.normalize('/srv/keys') },
			{ type: 'glob', pattern: '/srv/**/*.pem' },
		];
		assert.deepEqual(hidden(full), denied);
		assert.deepEqual(hidden({ type: 'readOnly', networkAccess: false }), denied);
		const own: SandboxPolicy = {
			type: 'managed',
			fileSystem: {
				type: 'restricted',
				entries: [
					{ path: { type: 'special', value: { kind: 'root' } }, access: 'write' },
					{ path: { type: 'path', path: '/home/me/secret' }, access: 'none' },
				],
			},
			network: 'enabled',
		};
		assert.deepEqual(hidden(own), [{ type: 'path', path: '/home/me/secret' }, ...denied]);
		assert.equal(constrain({ ...settings, sandbox: own }, required).settings.sandbox.type, 'managed');
		assert.throws(() => read('[permissions.filesystem]\ndeny_read = ["keys"]\n'), /requirements\.toml: permissions\.filesystem\.deny_read: .*keys/);
	});

	it('that nobody enforces here are named', () => {
		const required = read('allow_managed_hooks_only = true\n[plugins.x]\na = 1\n');
		assert.deepEqual(required.notEnforced, { value: ['allow_managed_hooks_only', 'plugins'], source: '/etc/codex/requirements.toml' });
	});

	it('that make no sense are refused', () => {
		for (const text of [
			'allowed_sandbox_modes = ["workspace-write"]',
			'allowed_approval_policies = []',
			'allowed_approval_policies = ["sometimes"]',
			'[mcp_servers.x]\n',
			'enforce_residency = "mars"',
			'[features]\na = 1',
		]) {
			assert.throws(() => read(text), ConfigError, text);
		}
		assert.deepEqual(read('unknown = 1\n'), {});
	});

	it('of the first source count, and an older file fixes what it sets', () => {
		const cloud = parseRequirements(parse('allowed_web_search_modes = ["live"]'), 'cloud');
		const merged = mergeRequirements([
			cloud,
			read('allowed_web_search_modes = []\nenforce_residency = "us"'),
			legacyRequirements({ sandbox_mode: 'workspace-write' }, 'managed'),
		]);
		assert.deepEqual([merged.webSearchModes, merged.residency?.value], [{ value: ['live', 'disabled'], source: 'cloud' }, 'us']);
		assert.deepEqual(merged.sandboxModes?.value, ['read-only', 'workspace-write']);
	});

	it('choose how a turn searches (S113)', () => {
		const mode = (
			chosen: 'live' | 'indexed' | 'cached' | 'disabled' | null,
			sandbox: SandboxPolicy,
			allowed: readonly ('live' | 'indexed' | 'cached' | 'disabled')[] | null = null,
		) => webSearchMode({ chosen, sandbox, allowed });
		const readOnly: SandboxPolicy = { type: 'readOnly', networkAccess: false };
		assert.deepEqual(
			[mode(null, full), mode('cached', full), mode('disabled', full), mode(null, readOnly), mode('live', readOnly)],
			['live', 'live', 'disabled', 'cached', 'live'],
		);
		assert.deepEqual(
			[
				mode(null, full, ['cached', 'disabled']),
				mode('live', readOnly, ['cached', 'disabled']),
				mode('live', full, ['disabled']),
				mode(null, readOnly, ['live', 'disabled']),
			],
			['cached', 'cached', 'disabled', 'disabled'],
		);
		assert.deepEqual(
			[mode('indexed', full), mode('indexed', readOnly), mode('indexed', full, ['cached', 'disabled'])],
			['indexed', 'indexed', 'cached'],
		);
	});
});
