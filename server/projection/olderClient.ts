import { isRecord } from '../store/rollout/rolloutLine.ts';

/**
 * Clients of the protocol's first program before its newest releases refuse a whole answer in which one word is new to them: a list of
 * models with another effort, a thread with another kind of item. For them the words are the nearest that they know.
 */
const NEW_ITEMS: ReadonlySet<unknown> = new Set(['sleep', 'subAgentActivity', 'functionCallOutput']);
const OLD_EFFORTS: ReadonlySet<unknown> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);
const NEW_AGENT_TOOLS: ReadonlySet<unknown> = new Set(['sendMessage', 'followupTask', 'interruptAgent', 'listAgents']);
const NEW_PLANS: ReadonlySet<unknown> = new Set([
	'promax',
	'self_serve_business_prolite',
	'ent26',
	'enterprise_cbp_automation',
	'edu_plus',
	'edu_pro',
	'sci',
	'sci_plus',
]);
const APPROVAL_MODES: ReadonlySet<string> = new Set(['approval_mode', 'default_tools_approval_mode']);
const EFFORT_MEMBERS: ReadonlySet<string> = new Set(['reasoningEffort', 'defaultReasoningEffort', 'effort', 'model_reasoning_effort']);

/** The first release 0.x whose clients know the newer words. */
const NEWER_MINOR = 171;

export function isOlderClient({ name, version }: { readonly name: string; readonly version: string }): boolean {
	const minor = /^0\.(\d+)\.\d+/.exec(version)?.[1];
	return /^codex[-_](?:tui|cli|exec|sdk)/.test(name) && minor !== undefined && Number(minor) < NEWER_MINOR;
}

/** Whether a client knows what newer releases send unasked: one of them, or one that was made from their schemas, or ours. */
export function isNewerClient({
	name,
	version,
	attests,
	ours,
}: {
	readonly name: string;
	readonly version: string;
	readonly attests: boolean;
	readonly ours: boolean;
}): boolean {
	const minor = /^0\.(\d+)\.\d+/.exec(version)?.[1];
	return ours || attests || (/^codex[-_]/.test(name) && minor !== undefined && Number(minor) >= NEWER_MINOR);
}

/** The same answer in words that an older client knows. */
export function forOlderClient(value: unknown): unknown {
	if (Array.isArray(value)) return value.filter(isKnown).map(forOlderClient);
	if (!isRecord(value)) return value;
	return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, memberFor(name, member, value)]));
}

function memberFor(name: string, member: unknown, { type }: Readonly<Record<string, unknown>>): unknown {
	// A tool's own, whatever it calls them.
	if (name === 'arguments') return member;
	if (EFFORT_MEMBERS.has(name) && isNewEffort(member)) return 'xhigh';
	if (APPROVAL_MODES.has(name) && member === 'writes') return 'prompt';
	if (name === 'web_search' && member === 'indexed') return 'cached';
	if (name === 'planType' && NEW_PLANS.has(member)) return 'unknown';
	if (name === 'tool' && type === 'collabAgentToolCall' && NEW_AGENT_TOOLS.has(member)) return 'sendInput';
	return forOlderClient(member);
}

/** Neither an item of a new kind nor an effort to choose that is new. */
function isKnown(value: unknown): boolean {
	if (!isRecord(value)) return true;
	return !('description' in value && isNewEffort(value.reasoningEffort)) && !(NEW_ITEMS.has(value.type) && typeof value.id === 'string');
}

/** Models of a later day have words of their own. */
function isNewEffort(value: unknown): boolean {
	return typeof value === 'string' && !OLD_EFFORTS.has(value);
}
