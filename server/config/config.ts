import fs from 'node:fs';
import path from 'node:path';
import { parse, TomlError } from 'smol-toml';
import * as z from 'zod/mini';

/** A configuration that cannot be used. The message names the file and line, or the key, and what is wrong. */
export class ConfigError extends Error {}

const text = z.string();
const texts = z.array(text);

const granular = z.object({
	sandbox_approval: z.boolean(),
	rules: z.boolean(),
	skill_approval: z._default(z.boolean(), false),
	request_permissions: z._default(z.boolean(), false),
	mcp_elicitations: z.boolean(),
});

/** The keys of `config.toml` that this server reads. All others are left alone: other programs share the file. */
export const ConfigSchema = z.object({
	model: z.optional(text),
	model_provider: z.optional(text),
	openai_base_url: z.optional(text),
	model_providers: z.optional(z.record(text, z.unknown())),
	model_reasoning_effort: z.optional(z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh'])),
	model_reasoning_summary: z.optional(z.enum(['auto', 'concise', 'detailed', 'none'])),
	model_verbosity: z.optional(z.enum(['low', 'medium', 'high'])),
	review_model: z.optional(text),
	model_context_window: z.optional(z.int()),
	model_auto_compact_token_limit: z.optional(z.int()),
	compact_prompt: z.optional(text),
	personality: z.optional(z.enum(['none', 'friendly', 'pragmatic'])),
	service_tier: z.optional(text),
	approval_policy: z.optional(z.union([z.enum(['untrusted', 'on-failure', 'on-request', 'granular', 'never']), z.object({ granular })])),
	approvals_reviewer: z.optional(z.enum(['user', 'auto_review', 'guardian_subagent'])),
	sandbox_mode: z.optional(z.enum(['read-only', 'workspace-write', 'danger-full-access'])),
	default_permissions: z.optional(text),
	permissions: z.optional(z.record(text, z.unknown())),
	sandbox_workspace_write: z.optional(
		z.object({
			writable_roots: z.optional(texts),
			network_access: z.optional(z.boolean()),
			exclude_tmpdir_env_var: z.optional(z.boolean()),
			exclude_slash_tmp: z.optional(z.boolean()),
		}),
	),
	/** False: commands never read the user's profile. */
	allow_login_shell: z.optional(z.boolean()),
	shell_environment_policy: z.optional(
		z.object({
			inherit: z.optional(z.enum(['all', 'core', 'none'])),
			ignore_default_excludes: z.optional(z.boolean()),
			exclude: z.optional(texts),
			set: z.optional(z.record(text, text)),
			include_only: z.optional(texts),
			/** True: also a command that asks for no login shell has what the profile sets up. */
			experimental_use_profile: z.optional(z.boolean()),
		}),
	),
	agents: z.optional(z.looseObject({ max_threads: z.optional(z.int()), max_depth: z.optional(z.int()) })),
	/** What is ours alone. */
	tiller: z.optional(z.object({ refuse_item_lists: z.optional(z.boolean()), turn_token_cap: z.optional(z.int().check(z.positive())) })),
	web_search: z.optional(z.enum(['disabled', 'cached', 'live'])),
	/** A program and its first arguments, run after every completed turn. */
	notify: z.optional(texts),
	/** By the feature's name. */
	features: z.optional(z.record(text, z.unknown())),
	developer_instructions: z.optional(text),
	project_doc_max_bytes: z.optional(z.int()),
	projects: z.optional(z.record(text, z.object({ trust_level: z.optional(z.enum(['trusted', 'untrusted'])) }))),
});
export type Config = z.infer<typeof ConfigSchema>;

export type ConfigTable = Readonly<Record<string, unknown>>;

/** A configuration file, read. */
export interface ConfigFile {
	readonly path: string;
	/** Empty when there is no file. */
	readonly table: ConfigTable;
	readonly source: string;
}

/** What was parsed last, by path: the same text need not be parsed again, and a turn asks for its configuration several times. */
const lastRead = new Map<string, ConfigFile>();
const resolved = new WeakMap<ConfigFile, Config>();

/** Reads a TOML file. A missing one is empty; one that is no TOML throws `ConfigError` with file, line and column. */
export function readConfigFile(file: string): ConfigFile {
	let source: string;
	try {
		source = fs.readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { path: file, table: {}, source: '' };
		throw new ConfigError(`cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
	}
	const known = lastRead.get(file);
	if (known?.source === source) return known;
	try {
		const read = { path: file, table: parse(source), source };
		lastRead.set(file, read);
		return read;
	} catch (error) {
		if (error instanceof TomlError) throw new ConfigError(`${file}:${error.line}:${error.column}: ${error.message.split('\n')[0]}`, { cause: error });
		throw error;
	}
}

/**
 * The configuration in force: the file's with a request's own values over it. Keys of `overrides` may be dotted paths.
 * Throws `ConfigError` for a value that has the wrong form.
 */
export function resolveConfig(file: ConfigFile, overrides: ConfigTable): Config {
	if (Object.keys(overrides).length > 0) return resolveTable(file, overrides);
	const known = resolved.get(file) ?? resolveTable(file, overrides);
	resolved.set(file, known);
	return known;
}

function resolveTable(file: ConfigFile, overrides: ConfigTable): Config {
	let table: Record<string, unknown> = structuredClone(file.table) as Record<string, unknown>;
	for (const [key, value] of Object.entries(overrides)) if (value !== null) table = merged(table, nested(key.split('.'), value));
	const parsed = ConfigSchema.safeParse(table);
	if (parsed.success) return parsed.data;
	const issue = parsed.error.issues[0];
	const key = issue?.path.map(String) ?? [];
	const place = valueAt(overrides, key) === undefined && !(key.join('.') in overrides) ? fileLine(file, key) : null;
	const where = place ? `\nin ${place}, key \`${key.join('.')}\`\n` : `\nin \`${key.join('.')}\`\n`;
	throw new ConfigError(`${describeIssue(issue, valueAt(table, key))}${where}`);
}

function describeIssue(issue: z.core.$ZodIssue | undefined, value: unknown): string {
	if (issue?.code === 'invalid_union') return describeIssue(issue.errors[typeof value === 'string' ? 0 : issue.errors.length - 1]?.[0], value);
	if (issue?.code === 'invalid_value' && typeof value === 'string') {
		return `unknown variant \`${value}\`, expected one of ${issue.values.map((known) => `\`${String(known)}\``).join(', ')}`;
	}
	if (issue?.code === 'invalid_type') return `invalid type: ${JSON.stringify(value)}, expected ${issue.expected}`;
	return issue?.message ?? 'invalid value';
}

function nested(keys: readonly string[], value: unknown): Record<string, unknown> {
	const [first = '', ...rest] = keys;
	return { [first]: rest.length === 0 ? value : nested(rest, value) };
}

const isTable = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

function merged(base: Record<string, unknown>, over: Record<string, unknown>): Record<string, unknown> {
	const result = { ...base };
	for (const [key, value] of Object.entries(over)) {
		const below = result[key];
		result[key] = isTable(value) && isTable(below) ? merged(below, value) : value;
	}
	return result;
}

function valueAt(table: unknown, keys: readonly string[]): unknown {
	let value = table;
	for (const key of keys) value = isTable(value) ? value[key] : undefined;
	return value;
}

/** Where a key stands, for an error message; null when it is not found as written. */
function fileLine(file: ConfigFile, keys: readonly string[]): string | null {
	const last = keys.at(-1);
	if (last === undefined) return null;
	const index = file.source
		.split('\n')
		.findIndex((line) => new RegExp(`^\\s*(?:[\\w".-]+\\.)?"?${last.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}"?\\s*=`).test(line));
	return index < 0 ? file.path : `${file.path}:${index + 1}`;
}

/** The folder that holds configuration and threads: `CODEX_HOME`, or `.codex` in the user's home. */
export function codexHome(env: Readonly<Record<string, string | undefined>>, userHome: string): string {
	return path.resolve(env.CODEX_HOME?.trim() || path.join(userHome, '.codex'));
}
