import { createHash } from 'node:crypto';
import * as z from 'zod/mini';
import type { HookRun } from '../items/hookRun.ts';
import { HOOK_EVENTS, type HookEventName } from './hookEvent.ts';
import { matcherProblem } from './hookMatcher.ts';

/** Where a hook comes from, in the protocol's words. */
export type HookSource = HookRun['source'];

/** One command that runs at an event. */
export interface HookDefinition {
	/** Names it in the user's configuration: file, event, and its place in the file. */
	readonly key: string;
	readonly event: HookEventName;
	/** Null: always. */
	readonly matcher: string | null;
	readonly command: string;
	/** Seconds, at least 1. */
	readonly timeoutSec: number;
	/** What to show while it runs. */
	readonly statusMessage: string | null;
	/** Over all that the hook does: a trusted hook whose hash differs is asked about again. */
	readonly hash: string;
	/** Absolute: the file; for managed hooks their folder. */
	readonly sourcePath: string;
	readonly source: HookSource;
	readonly pluginId: string | null;
	/** The folder of the plugin that it comes from; null for others. */
	readonly pluginFolder: string | null;
	/** Set by an administrator: it runs without being trusted and cannot be switched off. */
	readonly isManaged: boolean;
}

export interface HookOrigin {
	readonly source: HookSource;
	readonly isManaged: boolean;
	readonly sourcePath: string;
	readonly pluginId: string | null;
	/** Absolute; of plugins. */
	readonly pluginFolder?: string;
	/** What keys begin with: `sourcePath`, or for plugins an id and the file below its folder. */
	readonly keyPrefix: string;
}

export interface ParsedHooks {
	readonly hooks: readonly HookDefinition[];
	/** What was passed over, for people. */
	readonly warnings: readonly string[];
}

const DEFAULT_TIMEOUT_SEC = 600;
/** The longest time that a timer can count, in seconds: 24 days. */
const MAX_TIMEOUT_SEC = 2_147_483;
/** More hooks than anyone writes; a file with more is made to be slow. */
const MAX_HOOKS = 500;

/** Of newer programs that share the configuration. */
const NEWER_EVENTS = ['PreModelRequest', 'PostModelRequest', 'SessionEnd', 'SubagentStart', 'SubagentStop', 'Interrupt'] as const;

const Group = z.object({ matcher: z.nullish(z.string()), hooks: z._default(z.array(z.unknown()), []) });
const Handler = z.looseObject({ type: z.string() });
const CommandHandler = z.object({
	command: z.string(),
	timeout: z.nullish(z.number()),
	async: z.nullish(z.boolean()),
	statusMessage: z.nullish(z.string()),
});

/** Reads the table of a `hooks` member: events with groups of handlers. What is unknown is passed over; what is wrong is named in `warnings`. */
export function parseHooks(table: unknown, origin: HookOrigin): ParsedHooks {
	const hooks: HookDefinition[] = [];
	const warnings: string[] = [];
	const warn = (problem: string) => warnings.push(`${origin.sourcePath}: ${problem}`);
	if (typeof table !== 'object' || table === null || Array.isArray(table)) {
		warn('hooks must be a table of events');
		return { hooks, warnings };
	}
	const events = new Map(Object.entries(table));
	for (const name of NEWER_EVENTS) if (events.has(name)) warn(`${name}: this server has no such event, so these hooks do not run`);
	for (const event of HOOK_EVENTS) {
		const groups: unknown = events.get(event.title) ?? [];
		if (!Array.isArray(groups)) {
			warn(`${event.title} must be a list of groups`);
			continue;
		}
		for (const [groupIndex, given] of groups.entries()) {
			const group = Group.safeParse(given);
			const place = `${event.title}, group ${groupIndex + 1}`;
			if (!group.success) {
				warn(`${place}: not a group with "matcher" and "hooks"`);
				continue;
			}
			const matcher = event.matchesOn === null ? null : (group.data.matcher ?? null);
			const problem = matcher === null ? null : matcherProblem(matcher);
			if (problem !== null) {
				warn(`${place}: the matcher ${JSON.stringify(matcher)} is not valid: ${problem}`);
				continue;
			}
			for (const [index, value] of group.data.hooks.entries()) {
				const handler = readHandler(value);
				if (typeof handler === 'string') {
					warn(`${place}, hook ${index + 1}: ${handler}`);
					continue;
				}
				if (hooks.length === MAX_HOOKS) {
					warn(`only the first ${MAX_HOOKS} hooks are used`);
					return { hooks, warnings };
				}
				const { source, sourcePath, pluginId, pluginFolder = null, isManaged, keyPrefix } = origin;
				const key = `${keyPrefix}:${event.key}:${groupIndex}:${index}`;
				hooks.push({
					key,
					event: event.name,
					matcher,
					...handler,
					hash: hashOf(event.key, matcher, handler),
					sourcePath,
					source,
					pluginId,
					pluginFolder,
					isManaged,
				});
			}
		}
	}
	return { hooks, warnings };
}

type HandlerFacts = Pick<HookDefinition, 'command' | 'timeoutSec' | 'statusMessage'>;

/** What a handler does, or why it is passed over. */
function readHandler(value: unknown): HandlerFacts | string {
	const handler = Handler.safeParse(value);
	if (!handler.success) return 'has no "type"';
	if (handler.data.type === 'prompt' || handler.data.type === 'agent') return `hooks of type "${handler.data.type}" are not supported`;
	if (handler.data.type !== 'command') return `unknown type ${JSON.stringify(handler.data.type)}`;
	const command = CommandHandler.safeParse(handler.data);
	if (!command.success) return `wrong or missing ${JSON.stringify(String(command.error.issues[0]?.path[0] ?? 'command'))}`;
	if (command.data.async === true) return 'asynchronous hooks are not supported';
	if (command.data.command.trim() === '') return 'the command is empty';
	const timeout = command.data.timeout ?? DEFAULT_TIMEOUT_SEC;
	return {
		command: command.data.command,
		timeoutSec: Math.min(Math.max(Math.trunc(timeout), 1), MAX_TIMEOUT_SEC),
		statusMessage: command.data.statusMessage ?? null,
	};
}

/** The same hash that the Codex CLI makes, so that trust given in one program holds in the other: over the definition as JSON with sorted members. */
function hashOf(event: string, matcher: string | null, { command, timeoutSec, statusMessage }: HandlerFacts): string {
	const handler = { async: false, command, ...(statusMessage === null ? {} : { statusMessage }), timeout: timeoutSec, type: 'command' };
	const identity = { event_name: event, hooks: [handler], ...(matcher === null ? {} : { matcher }) };
	return `sha256:${createHash('sha256').update(JSON.stringify(identity)).digest('hex')}`;
}
