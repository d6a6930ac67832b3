import * as z from 'zod/mini';
import { ConfigError } from '../config/configError.ts';
import { hiddenPlace } from '../config/values/permissionProfiles.ts';
import { networkRequirements, type NetworkRequirements } from './networkRequirements.ts';
import { type ConfigTable, dotted } from '../toml/table.ts';
import { l10n } from '../words/l10n.ts';

const SANDBOX_MODES = ['read-only', 'workspace-write', 'danger-full-access', 'external-sandbox'] as const;
const POLICIES = ['untrusted', 'on-failure', 'on-request', 'granular', 'never'] as const;
const SEARCHES = ['disabled', 'cached', 'indexed', 'live'] as const;

const text = z.string();
const identity = z.object({ identity: z.union([z.object({ command: text }), z.object({ url: text })]) });
const word = z.union([z.object({ token: text }), z.object({ any_of: z.array(text).check(z.minLength(1)) })]);

const Table = z.object({
	allowed_approval_policies: z.optional(z.array(z.enum(POLICIES)).check(z.minLength(1, 'at least one policy must be allowed'))),
	allowed_approvals_reviewers: z.optional(
		z.array(z.enum(['user', 'auto_review', 'guardian_subagent'])).check(z.minLength(1, 'at least one reviewer must be allowed')),
	),
	allowed_sandbox_modes: z.optional(
		z
			.array(z.enum(SANDBOX_MODES))
			.check(z.refine((modes) => modes.includes('read-only'), 'it must contain "read-only", to which everything can fall back')),
	),
	allowed_web_search_modes: z.optional(z.array(z.enum(SEARCHES))),
	enforce_residency: z.optional(z.enum(['us'])),
	features: z.optional(z.record(text, z.boolean())),
	mcp_servers: z.optional(z.record(text, identity)),
	rules: z.optional(
		z.object({
			prefix_rules: z.array(
				z.object({
					pattern: z.array(word).check(z.minLength(1)),
					decision: z.enum(['allow', 'prompt', 'forbidden']),
					justification: z.optional(text),
				}),
			),
		}),
	),
	hooks: z.optional(z.record(text, z.unknown())),
	experimental_network: z.optional(z.record(text, z.unknown())),
	guardian_policy_config: z.optional(text),
	permissions: z.optional(z.object({ filesystem: z.optional(z.object({ deny_read: z.optional(z.array(text)) })) })),
});

/** What other programs take for requirements, and this one does not enforce. */
const NOT_ENFORCED = [
	'additional_developer_instructions',
	'allow_appshots',
	'allow_browser_and_computer_use',
	'allow_managed_hooks_only',
	'allow_remote_control',
	'allowed_permission_profiles',
	'apps',
	'auto_review',
	'guardian_extra_policy',
	'models',
	'otel',
	'plugins',
	'remote_sandbox_config',
];

export type ApprovalPolicyName = (typeof POLICIES)[number];
export type RequiredSandboxMode = (typeof SANDBOX_MODES)[number];
export type WebSearchMode = (typeof SEARCHES)[number];
export type Reviewer = 'user' | 'auto_review';

/** Requirements as a table, with the name of the place that they come from, for people. */
export interface RequirementsTable {
	readonly table: ConfigTable;
	readonly source: string;
}

/** A command rule of an administrator. */
export interface RequiredRule {
	/** Alternatives for each word. */
	readonly pattern: readonly (readonly string[])[];
	readonly decision: 'allow' | 'prompt' | 'forbidden';
	readonly justification: string | null;
}

/** What an administrator requires, by what it is about. A member that is missing is not limited. */
export interface Requirements {
	readonly approvalPolicies?: Required<readonly ApprovalPolicyName[]>;
	readonly reviewers?: Required<readonly Reviewer[]>;
	readonly sandboxModes?: Required<readonly RequiredSandboxMode[]>;
	readonly webSearchModes?: Required<readonly WebSearchMode[]>;
	readonly residency?: Required<'us'>;
	readonly features?: Required<Readonly<Record<string, boolean>>>;
	/** By name; a server that is not in it does not run. */
	readonly mcpServers?: Required<Readonly<Record<string, { readonly command: string } | { readonly url: string }>>>;
	readonly rules?: Required<readonly RequiredRule[]>;
	/** For the automatic reviewer, in the place of the person's own. */
	readonly reviewerPolicy?: Required<string>;
	/** Places that no command and no file request may read; see `hiddenPlace`. */
	readonly deniedReads?: Required<readonly string[]>;
	/** Names of requirements that nobody enforces here. */
	readonly notEnforced?: Required<readonly string[]>;
	/** As in the file; the hooks' own room reads it. */
	readonly hooks?: Required<ConfigTable>;
	/** Null: `enabled = false`. */
	readonly network?: Required<NetworkRequirements | null>;
	/** `experimental_network` as in the file. */
	readonly networkTable?: Required<ConfigTable>;
}

/** A requirement with the place that an administrator wrote it in. */
interface Required<Value> {
	readonly value: Value;
	/** A file, or another name for people. */
	readonly source: string;
}

/** The requirements of one source. Unknown keys are passed over; throws `ConfigError` for what cannot be understood. */
export function parseRequirements(table: ConfigTable, source: string): Requirements {
	const parsed = Table.safeParse(table);
	if (!parsed.success) {
		const issue = parsed.error.issues[0];
		throw new ConfigError(l10n`${source}: ${dotted(issue?.path.map(String) ?? [])}: ${issue?.message ?? 'invalid value'}`, {
			place: { file: source, range: null },
		});
	}
	const own = parsed.data;
	const required = <Key extends string, Value>(key: Key, value: Value | undefined) => (value === undefined ? {} : { [key]: { value, source } });
	return {
		...required('approvalPolicies', own.allowed_approval_policies),
		...required(
			'reviewers',
			own.allowed_approvals_reviewers?.map((reviewer) => (reviewer === 'user' ? 'user' : 'auto_review')),
		),
		...required('sandboxModes', own.allowed_sandbox_modes),
		// Nobody can be made to search.
		...required('webSearchModes', own.allowed_web_search_modes && [...new Set([...own.allowed_web_search_modes, 'disabled' as const])]),
		...required('residency', own.enforce_residency),
		...required('features', own.features),
		...required('mcpServers', own.mcp_servers && mapped(own.mcp_servers, (server) => server.identity)),
		...required('rules', own.rules?.prefix_rules.map(ruleOf)),
		...required('hooks', own.hooks),
		...required('reviewerPolicy', own.guardian_policy_config),
		...required('deniedReads', hiddenPlaces(own.permissions?.filesystem?.deny_read, source)),
		...required('notEnforced', notEnforced(table)),
		...(own.experimental_network === undefined
			? {}
			: { ...required('network', networkRequirements(table)), ...required('networkTable', own.experimental_network) }),
	};
}

function hiddenPlaces(places: readonly string[] | undefined, source: string): readonly string[] | undefined {
	try {
		for (const place of places ?? []) hiddenPlace(place);
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		throw new ConfigError(l10n`${source}: permissions.filesystem.deny_read: ${error.text}`, { place: { file: source, range: null } });
	}
	return places;
}

function notEnforced(table: ConfigTable): readonly string[] | undefined {
	const names = NOT_ENFORCED.filter((name) => table[name] !== undefined);
	return names.length === 0 ? undefined : names;
}

function mapped<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
	return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

function ruleOf({ pattern, decision, justification }: NonNullable<z.infer<typeof Table>['rules']>['prefix_rules'][number]): RequiredRule {
	return { pattern: pattern.map((each) => ('token' in each ? [each.token] : each.any_of)), decision, justification: justification ?? null };
}

/** Of several sources, the first that says something of a thing counts. */
export function mergeRequirements(sources: readonly Requirements[]): Requirements {
	return sources.reduceRight<Requirements>((below, above) => ({ ...below, ...above }), {});
}

/** An older file of an administrator, `managed_config.toml`: what it sets, nobody may choose otherwise. */
export function legacyRequirements(table: ConfigTable, source: string): Requirements {
	const policy = POLICIES.find((known) => known === table['approval_policy']);
	const mode = SANDBOX_MODES.find((known) => known === table['sandbox_mode']);
	return {
		...(policy === undefined ? {} : { approvalPolicies: { value: [policy], source } }),
		...(mode === undefined ? {} : { sandboxModes: { value: [...new Set(['read-only' as const, mode])], source } }),
	};
}
