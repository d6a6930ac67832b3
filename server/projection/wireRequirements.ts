import type { ConfigRequirements, ManagedHooksRequirements, NetworkRequirements } from '../protocol/host/configRequirements.ts';
import type { Requirements } from '../requirements/requirements.ts';
import { type ConfigTable, isTable } from '../toml/table.ts';

/** Null where nothing is required. */
export function toWireRequirements(requirements: Requirements, { newer }: { readonly newer: boolean }): ConfigRequirements | null {
	if (Object.keys(requirements).length === 0) return null;
	const { approvalPolicies, reviewers, sandboxModes, webSearchModes, features, hooks, residency, networkTable } = requirements;
	return {
		// A policy of its own, which a list of names cannot say.
		allowedApprovalPolicies: approvalPolicies?.value.filter((policy) => policy !== 'granular') ?? null,
		allowedApprovalsReviewers: reviewers ? [...reviewers.value] : null,
		allowedSandboxModes: sandboxModes?.value.filter((mode) => mode !== 'external-sandbox') ?? null,
		allowedWebSearchModes: webSearchModes ? [...webSearchModes.value] : null,
		featureRequirements: features ? { ...features.value } : null,
		hooks: hooks ? toHooks(hooks.value) : null,
		enforceResidency: residency?.value ?? null,
		network: networkTable ? toNetwork(networkTable.value, newer) : null,
	};
}

const flag = (value: unknown): boolean | null => (typeof value === 'boolean' ? value : null);
const count = (value: unknown): number | null => (typeof value === 'number' ? value : null);
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const texts = (value: unknown): string[] | null => (Array.isArray(value) ? value.filter((each) => typeof each === 'string') : null);

/** Both forms of its lists, whichever was written. */
function toNetwork(table: ConfigTable, newer: boolean): NetworkRequirements {
	const written = isTable(table['domains']) ? Object.entries(table['domains']) : [];
	const named = (permission: string) => written.flatMap(([host, given]) => (given === permission ? [host] : []));
	const allowed = [...(texts(table['allowed_domains']) ?? []), ...named('allow')];
	const denied = [...(texts(table['denied_domains']) ?? []), ...named('deny')];
	const domains = Object.fromEntries([...allowed.map((host) => [host, 'allow'] as const), ...denied.map((host) => [host, 'deny'] as const)]);
	const openSockets = [
		...(texts(table['allow_unix_sockets']) ?? []),
		...(isTable(table['unix_sockets']) ? Object.entries(table['unix_sockets']).flatMap(([file, given]) => (given === 'allow' ? [file] : [])) : []),
	];
	const closedSockets = isTable(table['unix_sockets'])
		? Object.entries(table['unix_sockets']).flatMap(([file, given]) => (given === 'allow' ? [] : [file]))
		: [];
	const sockets = Object.fromEntries([
		...openSockets.map((file) => [file, 'allow'] as const),
		...closedSockets.map((file) => [file, newer ? 'deny' : 'none'] as const),
	]);
	return {
		enabled: flag(table['enabled']),
		httpPort: count(table['http_port']),
		socksPort: count(table['socks_port']),
		allowUpstreamProxy: flag(table['allow_upstream_proxy']),
		dangerouslyAllowNonLoopbackProxy: flag(table['dangerously_allow_non_loopback_proxy']),
		dangerouslyAllowAllUnixSockets: flag(table['dangerously_allow_all_unix_sockets']),
		domains: Object.keys(domains).length === 0 ? null : domains,
		managedAllowedDomainsOnly: flag(table['managed_allowed_domains_only']),
		allowedDomains: allowed.length === 0 ? null : allowed,
		deniedDomains: denied.length === 0 ? null : denied,
		unixSockets: Object.keys(sockets).length === 0 ? null : sockets,
		allowUnixSockets: openSockets.length === 0 ? null : openSockets,
		allowLocalBinding: flag(table['allow_local_binding']),
	};
}

type Groups = ManagedHooksRequirements['Stop'];

function toHooks(table: ConfigTable): ManagedHooksRequirements {
	const groups = (event: string): Groups => (Array.isArray(table[event]) ? table[event].filter(isTable).map(toGroup) : []);
	return {
		managedDir: text(table['managed_dir']),
		windowsManagedDir: text(table['windows_managed_dir']),
		PreToolUse: groups('PreToolUse'),
		PermissionRequest: groups('PermissionRequest'),
		PostToolUse: groups('PostToolUse'),
		PreCompact: groups('PreCompact'),
		PostCompact: groups('PostCompact'),
		SessionStart: groups('SessionStart'),
		UserPromptSubmit: groups('UserPromptSubmit'),
		Stop: groups('Stop'),
	};
}

function toGroup(group: ConfigTable): Groups[number] {
	const { matcher, hooks } = group;
	return { matcher: text(matcher), hooks: Array.isArray(hooks) ? hooks.filter(isTable).flatMap((hook) => toHandler(hook) ?? []) : [] };
}

function toHandler(hook: ConfigTable): Groups[number]['hooks'][number] | null {
	switch (hook['type']) {
		case 'command':
			return {
				type: 'command',
				command: text(hook['command']) ?? '',
				timeoutSec: count(hook['timeout']),
				async: flag(hook['async']) ?? false,
				statusMessage: text(hook['statusMessage']),
			};
		case 'prompt':
		case 'agent':
			return { type: hook['type'] };
		default:
			return null;
	}
}
