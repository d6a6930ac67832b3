import path from 'node:path';
import * as z from 'zod/mini';

const text = z.string();
const texts = z.array(text);

const granular = z.object({
	sandbox_approval: z.boolean(),
	rules: z.boolean(),
	skill_approval: z._default(z.boolean(), false),
	request_permissions: z._default(z.boolean(), false),
	mcp_elicitations: z.boolean(),
});

const flag = z.boolean();
const count = z.int().check(z.nonnegative());
/** A free word: providers have their own. */
const effort = text;
const summary = z.enum(['auto', 'concise', 'detailed', 'none']);
const verbosity = z.enum(['low', 'medium', 'high']);
const approvalPolicy = z.union([z.enum(['untrusted', 'on-failure', 'on-request', 'granular', 'never']), z.object({ granular })]);
const reviewer = z.enum(['user', 'auto_review', 'guardian_subagent']);
const sandboxMode = z.enum(['read-only', 'workspace-write', 'danger-full-access']);
const webSearch = z.enum(['disabled', 'cached', 'indexed', 'live']);
/** Its members belong to the area that reads them. */
const table = z.record(text, z.unknown());
const tables = z.record(text, table);
/** A switch, or the settings of what it switches. */
const flagOrTable = z.union([flag, table]);

const appTool = z.looseObject({ enabled: z.optional(flag), approval_mode: z.optional(z.enum(['auto', 'prompt', 'writes', 'approve'])) });
const app = z.looseObject({
	enabled: z.optional(flag),
	destructive_enabled: z.optional(flag),
	open_world_enabled: z.optional(flag),
	default_tools_enabled: z.optional(flag),
	default_tools_approval_mode: z.optional(z.enum(['auto', 'prompt', 'writes', 'approve'])),
	tools: z.optional(z.record(text, appTool)),
});

/** What `[profiles.NAME]` may set; the same keys as at the top. */
const profileKeys = {
	model: z.optional(text),
	model_provider: z.optional(text),
	model_reasoning_effort: z.optional(effort),
	plan_mode_reasoning_effort: z.optional(effort),
	model_reasoning_summary: z.optional(summary),
	model_verbosity: z.optional(verbosity),
	personality: z.optional(z.enum(['none', 'friendly', 'pragmatic'])),
	service_tier: z.optional(text),
	approval_policy: z.optional(approvalPolicy),
	approvals_reviewer: z.optional(reviewer),
	sandbox_mode: z.optional(sandboxMode),
	web_search: z.optional(webSearch),
	model_instructions_file: z.optional(text),
	experimental_compact_prompt_file: z.optional(text),
	chatgpt_base_url: z.optional(text),
	/** By the feature's name. */
	features: z.optional(table),
	tools: z.optional(z.looseObject({ web_search: z.optional(flagOrTable), view_image: z.optional(flag) })),
	analytics: z.optional(z.looseObject({ enabled: z.optional(flag) })),
	tui: z.optional(table),
	windows: z.optional(table),
};

/**
 * The keys of `config.toml` that count here, and the forms of those that only others read. Keys that are not named are left alone:
 * other programs share the file. The one validator of all layers, of writes and of requests.
 */
export const ConfigSchema = z.object({
	...profileKeys,
	profile: z.optional(text),
	profiles: z.optional(z.record(text, z.looseObject(profileKeys))),
	openai_base_url: z.optional(text),
	model_providers: z.optional(z.record(text, z.unknown())),
	review_model: z.optional(text),
	model_context_window: z.optional(z.int()),
	model_auto_compact_token_limit: z.optional(z.int()),
	compact_prompt: z.optional(text),
	default_permissions: z.optional(text),
	permissions: z.optional(table),
	sandbox_workspace_write: z.optional(
		z.object({
			writable_roots: z.optional(texts),
			network_access: z.optional(flag),
			exclude_tmpdir_env_var: z.optional(flag),
			exclude_slash_tmp: z.optional(flag),
		}),
	),
	/** False: commands never read the user's profile. */
	allow_login_shell: z.optional(flag),
	shell_environment_policy: z.optional(
		z.object({
			inherit: z.optional(z.enum(['all', 'core', 'none'])),
			ignore_default_excludes: z.optional(flag),
			exclude: z.optional(texts),
			set: z.optional(z.record(text, text)),
			include_only: z.optional(texts),
			/** True: also a command that asks for no login shell has what the profile sets up. */
			experimental_use_profile: z.optional(flag),
		}),
	),
	agents: z.optional(z.looseObject({ max_threads: z.optional(z.int()), max_depth: z.optional(z.int()) })),
	/** What is ours alone. */
	tiller: z.optional(
		z.object({
			refuse_item_lists: z.optional(flag),
			/** True: commands see what we sign in with. */
			keys_in_commands: z.optional(flag),
			turn_token_cap: z.optional(z.int().check(z.positive())),
			/** How many commands of a thread may run on after a turn. */
			background_commands: z.optional(count),
			/** Who signs people in to ChatGPT, and the port of the page that it comes back to. */
			login_issuer: z.optional(text),
			login_port: z.optional(z.int().check(z.gte(0), z.lte(65_535))),
			/** Ids that providers had before, with the one that each has now. */
			renamed_providers: z.optional(z.record(text, text)),
			/** Where feedback is posted to when a person sends some; without it none can be sent. */
			feedback_url: z.optional(text),
			/** `postgres://…`: the threads are kept there too, for every machine of their owner. TILLER_THREAD_STORE counts more. */
			thread_store: z.optional(text),
		}),
	),
	/** What prepares a new worktree. `trusted_setup` counts in the person's own file alone: by checkout, the hash of commands that may run. */
	worktree: z.optional(z.object({ setup: z.optional(texts), trusted_setup: z.optional(table) })),
	/** Who is named in commits as an author besides the person, with `features.codex_git_commit`. */
	commit_attribution: z.optional(text),
	experimental_use_unified_exec_tool: z.optional(flag),
	/** A program and its first arguments, run after every completed turn. */
	notify: z.optional(texts),
	/** The system instructions, older name of those in `model_instructions_file`. */
	instructions: z.optional(text),
	developer_instructions: z.optional(text),
	project_doc_max_bytes: z.optional(count),
	project_doc_fallback_filenames: z.optional(texts),
	project_root_markers: z.optional(texts),
	projects: z.optional(z.record(text, z.looseObject({ trust_level: z.optional(z.enum(['trusted', 'untrusted'])) }))),
	hide_agent_reasoning: z.optional(flag),
	show_raw_agent_reasoning: z.optional(flag),
	tool_output_token_limit: z.optional(count),
	background_terminal_max_timeout: z.optional(count),
	thread_unload_delay_secs: z.optional(count),
	include_permissions_instructions: z.optional(flag),
	include_environment_context: z.optional(flag),
	include_collaboration_mode_instructions: z.optional(flag),
	include_apps_instructions: z.optional(flag),
	forced_chatgpt_workspace_id: z.optional(z.union([text, texts])),
	forced_login_method: z.optional(z.enum(['chatgpt', 'api'])),
	cli_auth_credentials_store: z.optional(z.enum(['file', 'keyring', 'auto', 'ephemeral'])),
	mcp_servers: z.optional(tables),
	mcp_oauth_credentials_store: z.optional(z.enum(['auto', 'file', 'keyring'])),
	mcp_oauth_callback_port: z.optional(z.int().check(z.gte(0), z.lte(65_535))),
	mcp_oauth_callback_url: z.optional(text),
	hooks: z.optional(table),
	skills: z.optional(table),
	plugins: z.optional(table),
	marketplaces: z.optional(tables),
	apps: z.optional(z.record(text, app)),
	otel: z.optional(table),
	memories: z.optional(table),
	feedback: z.optional(z.looseObject({ enabled: z.optional(flag) })),
	auto_review: z.optional(z.looseObject({ policy: z.optional(text) })),
	realtime: z.optional(table),
	audio: z.optional(table),
	history: z.optional(table),
	desktop: z.optional(table),
	notice: z.optional(table),
	tool_suggest: z.optional(table),
	experimental_realtime_ws_base_url: z.optional(text),
	experimental_realtime_ws_model: z.optional(text),
	experimental_realtime_ws_backend_prompt: z.optional(text),
	experimental_realtime_ws_startup_context: z.optional(text),
	experimental_realtime_start_instructions: z.optional(text),
	suppress_unstable_features_warning: z.optional(flag),
});
export type Config = z.infer<typeof ConfigSchema>;

/** The folder that holds configuration and threads: `CODEX_HOME`, or `.codex` in the user's home. */
export function codexHome(env: Readonly<Record<string, string | undefined>>, userHome: string): string {
	return path.resolve(env.CODEX_HOME?.trim() || path.join(userHome, '.codex'));
}
