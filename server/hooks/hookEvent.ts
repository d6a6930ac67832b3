/** The places in the life of a thread where hooks run, in the order in which hooks are listed. */
export const HOOK_EVENTS = [
	{ name: 'preToolUse', title: 'PreToolUse', key: 'pre_tool_use', runId: 'pre-tool-use', matchesOn: 'tool' },
	{ name: 'permissionRequest', title: 'PermissionRequest', key: 'permission_request', runId: 'permission-request', matchesOn: 'tool' },
	{ name: 'postToolUse', title: 'PostToolUse', key: 'post_tool_use', runId: 'post-tool-use', matchesOn: 'tool' },
	{ name: 'preCompact', title: 'PreCompact', key: 'pre_compact', runId: 'pre-compact', matchesOn: 'trigger' },
	{ name: 'postCompact', title: 'PostCompact', key: 'post_compact', runId: 'post-compact', matchesOn: 'trigger' },
	{ name: 'sessionStart', title: 'SessionStart', key: 'session_start', runId: 'session-start', matchesOn: 'source' },
	{ name: 'userPromptSubmit', title: 'UserPromptSubmit', key: 'user_prompt_submit', runId: 'user-prompt-submit', matchesOn: null },
	{ name: 'stop', title: 'Stop', key: 'stop', runId: 'stop', matchesOn: null },
] as const;

export type HookEvent = (typeof HOOK_EVENTS)[number];
export type HookEventName = HookEvent['name'];

const BY_NAME: ReadonlyMap<string, HookEvent> = new Map(HOOK_EVENTS.map((event) => [event.name, event]));

/** What is known of an event. `title` is its name in files and in what hooks print; `key` in keys of trust; `runId` in ids of runs. */
export function hookEvent(name: HookEventName): HookEvent {
	const event = BY_NAME.get(name);
	if (event === undefined) throw new Error(`no hook event ${name}`);
	return event;
}
