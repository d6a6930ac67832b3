/** `used`, or why a key that other programs know has no effect here, for people. */
export type KeyUse = string;

/**
 * Every key at the top of config.toml that version 0.130 or 0.171 of the reference program knows, or we. `tiller-server config` lists those that have no
 * effect; a key that is not in here is told of as unknown. A test holds the used ones against the readers.
 */
export const CONFIG_KEYS: Readonly<Record<string, KeyUse>> = {
	agents: 'used',
	allow_login_shell: 'used',
	allow_symlinked_codex_home: 'not built yet',
	analytics: 'used',
	approval_policy: 'used',
	approvals_reviewer: 'used',
	apps: 'used',
	apps_mcp_product_sku: 'sent to no provider',
	audio: 'belongs to the terminal client',
	auto_review: 'used',
	background_terminal_max_timeout: 'used',
	browser_use: 'of a tool that is not offered here',
	chatgpt_base_url: 'used',
	check_for_update_on_startup: 'belongs to the terminal client',
	cli_auth_credentials_store: 'used',
	cloud: 'sent to no provider',
	code_mode: 'of a tool that is not offered here',
	commit_attribution: 'used',
	compact_prompt: 'used',
	computer_use: 'of a tool that is not offered here',
	config_lockfile: 'settings come from files and requests only',
	debug: 'nothing here is made of it: history and index lie in the home, the log goes to standard error',
	default_permissions: 'used',
	desktop: 'belongs to the terminal client',
	developer_instructions: 'used',
	disable_paste_burst: 'belongs to the terminal client',
	experimental_compact_prompt_file: 'used',
	experimental_instructions_file: 'replaced by `model_instructions_file`',
	experimental_realtime_start_instructions: 'models are not told of a realtime session',
	experimental_realtime_webrtc_call_base_url: 'used',
	experimental_realtime_ws_backend_prompt: 'used',
	experimental_realtime_ws_base_url: 'used',
	experimental_realtime_ws_model: 'used',
	experimental_realtime_ws_startup_context: 'used',
	experimental_thread_config_endpoint: 'settings come from files and requests only',
	experimental_thread_store: 'settings come from files and requests only',
	experimental_thread_store_endpoint: 'settings come from files and requests only',
	experimental_use_exec_command_tool: 'an older switch that no longer means anything',
	experimental_use_freeform_apply_patch: 'an older switch that no longer means anything',
	experimental_use_rmcp_client: 'an older switch that no longer means anything',
	experimental_use_unified_exec_tool: 'used',
	features: 'used',
	feedback: 'used',
	file_opener: 'belongs to the terminal client',
	forced_chatgpt_workspace_id: 'used',
	forced_login_method: 'used',
	ghost_snapshot: 'an older switch that no longer means anything',
	goals: 'a goal has the budget that it was given',
	hide_agent_reasoning: 'belongs to the terminal client',
	history: 'belongs to the terminal client',
	hooks: 'used',
	include_apply_patch_tool: 'an older switch that no longer means anything',
	include_apps_instructions: 'used',
	include_collaboration_mode_instructions: 'used',
	include_environment_context: 'used',
	include_environment_context_time: 'models are told the date, never the time',
	include_permissions_instructions: 'used',
	instructions: 'used',
	js_repl_node_module_dirs: 'of a tool that is not offered here',
	js_repl_node_path: 'of a tool that is not offered here',
	log_dir: 'nothing here is made of it: history and index lie in the home, the log goes to standard error',
	marketplaces: 'used',
	mcp_enterprise_managed_auth: 'not built yet',
	mcp_oauth_callback_port: 'used',
	mcp_oauth_callback_url: 'used',
	mcp_oauth_credentials_store: 'used',
	mcp_optional_startup_grace_ms: 'not built yet',
	mcp_servers: 'used',
	memories: 'of a tool that is not offered here',
	model: 'used',
	model_auto_compact_token_limit: 'used',
	model_auto_compact_token_limit_scope: 'not built yet',
	model_catalog_json: 'the catalogue of a provider is asked for by itself',
	model_context_window: 'used',
	model_instructions_file: 'used',
	model_post_turn_compact_threshold_percent: 'not built yet',
	model_provider: 'used',
	model_providers: 'used',
	model_reasoning_effort: 'used',
	model_reasoning_summary: 'used',
	model_supports_reasoning_summaries: 'summaries are asked of every model, and no more of one that refused',
	model_verbosity: 'used',
	notice: 'belongs to the terminal client',
	notify: 'used',
	openai_base_url: 'used',
	orchestrator: 'sent to no provider',
	oss_provider: 'belongs to the terminal client',
	otel: 'used',
	permissions: 'used',
	personality: 'used',
	plan_mode_reasoning_effort: 'belongs to the terminal client',
	plugins: 'used',
	profile: 'used',
	profiles: 'used',
	project_doc_fallback_filenames: 'used',
	project_doc_max_bytes: 'used',
	project_root_markers: 'used',
	projects: 'used',
	prompts: 'belongs to the terminal client',
	realtime: 'used',
	responses: 'sent to no provider',
	responses_api_metadata: 'sent to no provider',
	review_model: 'used',
	rollout_trace: 'nothing here is made of it: history and index lie in the home, the log goes to standard error',
	sandbox_mode: 'used',
	sandbox_workspace_write: 'used',
	service_tier: 'used',
	shell_environment_policy: 'used',
	show_raw_agent_reasoning: 'belongs to the terminal client',
	skills: 'used',
	sqlite_home: 'nothing here is made of it: history and index lie in the home, the log goes to standard error',
	suppress_unstable_features_warning: 'used',
	thread_unload_delay_secs: 'used',
	tiller: 'used',
	tool_output_token_limit: 'used',
	tool_suggest: 'of a tool that is not offered here',
	tools: 'used',
	tools_view_image: 'an older switch that no longer means anything',
	tui: 'belongs to the terminal client',
	web_search: 'used',
	windows: 'used',
	windows_wsl_setup_acknowledged: 'belongs to the terminal client',
	worktree: 'used',
	zsh_path: 'of a tool that is not offered here',
};

/** The features of both versions, whether we have them or not. */
export const FEATURE_NAMES: ReadonlySet<string> = new Set(
	(
		'agent_message_board agent_message_board_mcp analytics_plan_history api_key_cyber_access_programs api_key_model_discovery ' +
		'app_server_websocket_compression apply_patch_freeform apply_patch_preserve_line_endings apply_patch_streaming_events apps ' +
		'apps_early_resource_discovery apps_mcp_path_override artifact async_compaction async_compaction_root_only auth_elicitation ' +
		'background_paginated_rollout_migration bedrock_setup_wizard browser_annotation_api browser_use browser_use_external ' +
		'browser_use_full_cdp_access builtin_mcp catalog_apps_instructions child_agents_md chronicle cli_daybreak cli_resume_account_check ' +
		'code_mode code_mode_buffered_exec code_mode_host code_mode_host_grpc code_mode_host_output_truncation code_mode_interrupt ' +
		'code_mode_only code_mode_only_strict_3p_tools code_mode_prewarm code_mode_tool_description_first code_mode_tool_search ' +
		'codex_apps_mcp_2026_07_28 codex_git_commit codex_hooks collab collaboration_modes command_sessions_world_state ' +
		'compaction_image_budget computer_use concurrent_reasoning_summaries connectors content_item_kinds context_management ' +
		'credential_masking critical_path_timing current_time_reminder cwd_relative_turn_diffs daemon_auto_start ' +
		'daybreak_program_propagation default_mode_request_user_input defer_mailbox_preemption deferred_executor deferred_tool_world_state ' +
		'elevated_windows_sandbox enable_experimental_windows_sandbox enable_fanout enable_mcp_apps enable_request_compression ' +
		'exec_permission_approvals executed_tool_call_metadata executor_capability_discovery executor_capability_discovery_v2 ' +
		'experimental_use_unified_exec_tool experimental_windows_sandbox external_agent_memory_import external_migration fast_mode ' +
		'file_backed_tool_audio gateway_setup_wizard gcp_setup_wizard ghost_commit goals guardian_approval ' +
		'guardian_conversation_history_tools guardian_denial_reconsideration guardian_enhanced_node_repl_transcripts guardian_ext ' +
		'guardian_include_additional_context guardian_native_multi_agent_history guardian_nested_approval_context ' +
		'guardian_node_repl_transcript_images guardian_recorded_items guardian_reuse_parent_compaction guardian_root_handoff_context ' +
		'guardian_trust_orchestrator_connectors guardianv2 guardianv2.thread_context guardianv2_decisions_comparison guardianv3 hooks ' +
		'hosted_search_policy image_detail_original image_generation image_generation_animation image_resize_notice imagegenext ' +
		'in_app_browser in_app_chat in_app_dictation in_app_local_automation in_app_updates in_app_voice incremental_exec_tools ' +
		'incremental_tools incremental_tools_legacy incremental_tools_legacy_gcp instant_interrupt interrupt_on_cancel item_ids js_repl ' +
		'js_repl_tools_only local_thread_store_compression local_thread_store_shared_compression login_shell_package_path mcp_2026_07_28 ' +
		'mcp_connection_sharing mcp_lazy_stdio_startup mcp_oauth_refresh_coordination mcp_shared_repl_cwd mcp_tool_list_changed memories ' +
		'memory_tool mentions_v2 model_catalog_in_context multi_agent multi_agent_mode multi_agent_v2 multi_agent_v2_dynamic_tools ' +
		'multi_env_copy_file multi_environment_mcp network_proxy non_prefixed_mcp_tool_names nonfatal_clock_read_errors ' +
		'omit_app_server_notification_media omit_skill_descriptions output_token_replay per_environment_context personality ' +
		'plugin_discovery_prefetch plugin_hooks plugin_sharing plugins powershell_shell_version prediction_preserve_parent_tools prefer_mxc ' +
		'prevent_idle_sleep psp realtime_conversation reasoning_effort_override recommended_plugins remote_compaction_v2 remote_control ' +
		'remote_models remote_plugin request_permissions request_permissions_tool request_rule resize_all_images respect_system_proxy ' +
		'responses_websocket_response_processed responses_websockets responses_websockets_v2 restored_history_prewarm ' +
		'retain_client_developer_messages retain_client_tool_outputs rollout_budget runtime_agent_instances runtime_metrics ' +
		'safe_image_decoder search_tool secret_auth_storage send_async_message send_message_to_user_async shell_snapshot shell_snapshot_v2 ' +
		'shell_tool shell_zsh_fork simplified_selection_hints skill_catalog_deltas skill_env_var_dependency_prompt ' +
		'skill_mcp_dependency_install skill_search skip_host_skill_discovery sleep_tool sqlite stable_environment_tools ' +
		'standalone_web_search steer step_model_switching subagent_default_context_limits subagent_thread_environments ' +
		'suppress_model_change_announcements system_proxy_fallback telepathy terminal_resize_reflow terminal_visualization_instructions ' +
		'token_budget tool_call_mcp_elicitation tool_search tool_search_always_defer_mcp_tools tool_suggest transcript_v2 tui_app_server ' +
		'tui_extensions_statusline tui_multi_backend tui_workspace ultrafast_mode unavailable_dummy_tools unbounded_connection_retries undo ' +
		'unified_exec unified_exec_tty unified_exec_zsh_fork unified_image_budget untrusted_as_tool_output use_agent_identity ' +
		'use_legacy_landlock use_linux_sandbox_bwrap use_xaa utc_environment_date view_image wake_on_agent_messages web_search ' +
		'web_search_cached web_search_request windows_sandbox_service workspace_dependencies workspace_owner_usage_nudge worktrees ' +
		'write_stdin_approval '
	)
		.trim()
		.split(' '),
);

/** Keys below tables whose members are all known here. */
export const CLOSED_TABLES: Readonly<Record<string, readonly string[]>> = {
	sandbox_workspace_write: ['writable_roots', 'network_access', 'exclude_tmpdir_env_var', 'exclude_slash_tmp'],
	shell_environment_policy: ['inherit', 'ignore_default_excludes', 'exclude', 'set', 'include_only', 'experimental_use_profile'],
	tiller: [
		'refuse_item_lists',
		'turn_token_cap',
		'background_commands',
		'keys_in_commands',
		'login_issuer',
		'login_port',
		'feedback_url',
		'thread_store',
	],
};

/** What is still read, and how to say it now. */
export const DEPRECATED_FEATURES: Readonly<Record<string, string>> = {
	web_search_request: 'set `web_search = "live"` instead',
	web_search_cached: 'set `web_search = "cached"` instead',
	web_search: 'set `web_search` at the top of the file instead',
	use_legacy_landlock: 'the sandbox of this server is bubblewrap, and there is no older one to go back to: remove it',
};
