/**
 * What programs from 0.60 to 0.171 write into rollouts, and we. A line of another kind is passed over and counted: a newer program's file
 * is read as far as it is understood.
 */
export const LINE_KINDS: ReadonlySet<string> = new Set([
	'session_meta',
	'response_item',
	'event_msg',
	'turn_context',
	'compacted',
	// Since about 0.140: they tell of settings and surroundings what the model is told beside them, and of use what `token_count` tells.
	'world_state',
	'token_usage_record',
	'dynamic_tools_updated',
	'inter_agent_communication',
	'inter_agent_communication_metadata',
	'security_risk_score',
	'realtime_item',
	'id_allocation',
]);

/** Events that are shown as an item, or as a part of one. */
export const ITEM_EVENTS: ReadonlySet<string> = new Set([
	'user_message',
	'agent_message',
	'item_completed',
	'exec_command_begin',
	'exec_command_end',
	'patch_apply_begin',
	'patch_apply_end',
	'web_search_end',
	'view_image_tool_call',
	'image_generation_end',
	'mcp_tool_call_begin',
	'mcp_tool_call_end',
	'dynamic_tool_call_request',
	'dynamic_tool_call_response',
	'entered_review_mode',
	'exited_review_mode',
	'context_compacted',
	'collab_agent_spawn_end',
	'collab_agent_interaction_end',
	'collab_waiting_end',
	'collab_close_end',
	'collab_resume_end',
	'sub_agent_activity',
	'tiller_tool_item',
]);

/** Items of the newer form, by the types that they have in its records. */
const PAGED_ITEMS: ReadonlySet<string> = new Set([
	'UserMessage',
	'AgentMessage',
	'HookPrompt',
	'Plan',
	'Reasoning',
	'CommandExecution',
	'FileChange',
	'WebSearch',
	'ImageView',
	'ImageGeneration',
	'EnteredReviewMode',
	'ExitedReviewMode',
	'ContextCompaction',
	'DynamicToolCall',
	'McpToolCall',
	'CollabAgentToolCall',
	'SubAgentActivity',
	'FunctionCallOutput',
	'Sleep',
]);

/** Those that extensions of the newer programs record, by their kinds. */
const EXTENSION_ITEMS: ReadonlySet<string> = new Set(['clock.sleep', 'image_gen.generation', 'web.search']);

/** Events that limit turns. */
const TURN_EVENTS: ReadonlySet<string> = new Set([
	'task_started',
	'turn_started',
	'task_complete',
	'turn_complete',
	'turn_aborted',
	'thread_rolled_back',
]);

/** Events that show nothing by themselves. */
const OTHER_EVENTS: ReadonlySet<string> = new Set([
	'agent_message_content_delta',
	'agent_message_delta',
	'agent_reasoning',
	'agent_reasoning_delta',
	'agent_reasoning_raw_content',
	'agent_reasoning_raw_content_delta',
	'agent_reasoning_section_break',
	'apply_patch_approval_request',
	'auth_recovery_completed',
	'auth_recovery_started',
	'background_event',
	'collab_agent_interaction_begin',
	'collab_agent_spawn_begin',
	'collab_close_begin',
	'collab_resume_begin',
	'collab_waiting_begin',
	'deprecation_notice',
	'elicitation_abandoned',
	'elicitation_request',
	'environment_connected',
	'environment_disconnected',
	'error',
	'exec_approval_request',
	'exec_command_output_delta',
	'get_history_entry_response',
	'guardian_assessment',
	'guardian_warning',
	'hook_completed',
	'hook_started',
	'image_generation_begin',
	'item_started',
	'list_custom_prompts_response',
	'list_remote_skills_response',
	'list_skills_response',
	'mcp_list_tools_response',
	'mcp_startup_complete',
	'mcp_startup_update',
	'model_reroute',
	'model_verification',
	'network_approval_resolved',
	'patch_apply_updated',
	'plan_delta',
	'plan_update',
	'private_session_event',
	'raw_response_completed',
	'raw_response_item',
	'realtime_conversation_closed',
	'realtime_conversation_list_voices_response',
	'realtime_conversation_realtime',
	'realtime_conversation_sdp',
	'realtime_conversation_started',
	'reasoning_content_delta',
	'reasoning_raw_content_delta',
	'remote_skill_downloaded',
	'request_permissions',
	'request_user_input',
	'safety_buffering',
	'session_configured',
	'shutdown_complete',
	'skills_update_available',
	'stream_error',
	'terminal_interaction',
	'thread_goal_updated',
	'thread_name_updated',
	'thread_queue_changed',
	'thread_settings_applied',
	'thread_settings_updated',
	'token_count',
	'turn_diff',
	'turn_moderation_metadata',
	'undo_completed',
	'undo_started',
	'view_image_tool_call_begin',
	'warning',
	'web_search_begin',
]);

export function isKnownEvent(type: string): boolean {
	return ITEM_EVENTS.has(type) || TURN_EVENTS.has(type) || OTHER_EVENTS.has(type) || type.startsWith('tiller_');
}

export function isKnownItem({ type, kind }: { readonly type: string; readonly kind: string | null }): boolean {
	return type === 'Extension' ? kind !== null && EXTENSION_ITEMS.has(kind) : PAGED_ITEMS.has(type);
}
