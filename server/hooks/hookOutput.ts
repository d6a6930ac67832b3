import * as z from 'zod/mini';
import type { HookRunEntry } from '../items/hookRun.ts';
import { hookEvent, type HookEventName } from './hookEvent.ts';

/** How a command ended. */
export type HookEnd =
	| { readonly type: 'exited'; readonly exitCode: number; readonly stdout: string; readonly stderr: string }
	/** It could not be started, ran too long, was interrupted, or printed too much; `problem` is for people. */
	| { readonly type: 'failed'; readonly problem: string };

/** What a hook asks for. All null and empty: nothing. */
export interface HookEffect {
	/** Texts for the model. */
	readonly context: readonly string[];
	/** The reason of a denial or a block. */
	readonly block: string | null;
	/** `continue: false`, with its reason. */
	readonly stop: string | null;
	/** PermissionRequest only. */
	readonly permission: 'allow' | 'deny' | null;
}

export interface HookVerdict {
	readonly status: 'completed' | 'failed' | 'blocked' | 'stopped';
	readonly entries: readonly HookRunEntry[];
	readonly effect: HookEffect;
}

const NOTHING: HookEffect = { context: [], block: null, stop: null, permission: null };
const BLOCKING_EXIT_CODE = 2;
const DEFAULT_DENIAL = 'PermissionRequest hook denied approval';

const text = z.optional(z.string());
const common = { continue: z._default(z.boolean(), true), stopReason: text, systemMessage: text, suppressOutput: z._default(z.boolean(), false) };
const withDecision = { ...common, decision: z.optional(z.enum(['block', 'approve'])), reason: text };
const withContext = (event: string) => z.optional(z.strictObject({ hookEventName: z.literal(event), additionalContext: text }));

const Outputs = {
	preToolUse: z.strictObject({
		...withDecision,
		hookSpecificOutput: z.optional(
			z.strictObject({
				hookEventName: z.literal('PreToolUse'),
				permissionDecision: z.optional(z.enum(['allow', 'deny', 'ask'])),
				permissionDecisionReason: text,
				updatedInput: z.optional(z.unknown()),
				additionalContext: text,
			}),
		),
	}),
	permissionRequest: z.strictObject({
		...common,
		hookSpecificOutput: z.optional(
			z.strictObject({
				hookEventName: z.literal('PermissionRequest'),
				decision: z.optional(
					z.strictObject({
						behavior: z.enum(['allow', 'deny']),
						message: text,
						interrupt: z.optional(z.boolean()),
						updatedInput: z.optional(z.unknown()),
						updatedPermissions: z.optional(z.unknown()),
					}),
				),
			}),
		),
	}),
	postToolUse: z.strictObject({
		...withDecision,
		hookSpecificOutput: z.optional(
			z.strictObject({ hookEventName: z.literal('PostToolUse'), additionalContext: text, updatedMCPToolOutput: z.optional(z.unknown()) }),
		),
	}),
	preCompact: z.strictObject(common),
	postCompact: z.strictObject(common),
	sessionStart: z.strictObject({ ...common, hookSpecificOutput: withContext('SessionStart') }),
	userPromptSubmit: z.strictObject({ ...withDecision, hookSpecificOutput: withContext('UserPromptSubmit') }),
	stop: z.strictObject(withDecision),
};

/** The members of all events together: which of them an event has, its schema has decided. */
interface Output {
	readonly continue: boolean;
	readonly stopReason?: string | undefined;
	readonly systemMessage?: string | undefined;
	readonly suppressOutput: boolean;
	readonly decision?: 'block' | 'approve' | undefined;
	readonly reason?: string | undefined;
	readonly hookSpecificOutput?: {
		readonly additionalContext?: string | undefined;
		readonly permissionDecision?: 'allow' | 'deny' | 'ask' | undefined;
		readonly permissionDecisionReason?: string | undefined;
		readonly updatedInput?: unknown;
		readonly updatedMCPToolOutput?: unknown;
		readonly decision?: {
			readonly behavior: 'allow' | 'deny';
			readonly message?: string | undefined;
			readonly interrupt?: boolean | undefined;
			readonly updatedInput?: unknown;
			readonly updatedPermissions?: unknown;
		};
	};
}

function failed(problem: string): HookVerdict {
	return { status: 'failed', entries: [{ kind: 'error', text: problem }], effect: NOTHING };
}

/** What a run amounts to. Pure; anything a program prints has a verdict, and what cannot be understood has no effect. */
export function readHookOutput(event: HookEventName, end: HookEnd): HookVerdict {
	if (end.type === 'failed') return failed(end.problem);
	const { title } = hookEvent(event);
	if (end.exitCode === BLOCKING_EXIT_CODE) {
		const reason = end.stderr.trim();
		return reason === '' ? failed(`The ${title} hook exited with code 2 but gave no reason on stderr.`) : blocked(event, reason, []);
	}
	if (end.exitCode !== 0) return failed(exitProblem(title, end.exitCode, end.stderr));
	const printed = end.stdout.trim();
	if (printed === '') return { status: 'completed', entries: [], effect: NOTHING };
	if (!/^[{[]/.test(printed)) return plainText(event, printed);
	let value: unknown;
	try {
		value = JSON.parse(printed);
	} catch {
		return failed(`The ${title} hook printed JSON that cannot be parsed.`);
	}
	const parsed = Outputs[event].safeParse(value);
	if (!parsed.success) return failed(`The ${title} hook printed JSON that is not an answer to this event: ${describe(parsed.error)}.`);
	return jsonOutput(event, parsed.data);
}

function exitProblem(title: string, exitCode: number, stderr: string): string {
	const firstLine = stderr.trim().split('\n')[0] ?? '';
	return `The ${title} hook exited with code ${exitCode}${firstLine === '' ? '' : `: ${firstLine.slice(0, 500)}`}.`;
}

function describe(error: z.core.$ZodError): string {
	const issue = error.issues[0];
	if (issue?.code === 'unrecognized_keys') return `unknown member ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
	const path = issue?.path.map(String).join('.') ?? '';
	return path === '' ? 'it must be an object' : `wrong value of ${path}`;
}

function plainText(event: HookEventName, printed: string): HookVerdict {
	if (event === 'sessionStart' || event === 'userPromptSubmit') {
		return { status: 'completed', entries: [{ kind: 'context', text: printed }], effect: { ...NOTHING, context: [printed] } };
	}
	if (event === 'stop') return failed('The Stop hook printed text that is not JSON.');
	return { status: 'completed', entries: [], effect: NOTHING };
}

/** `before`: entries that come first. */
function blocked(event: HookEventName, reason: string, before: readonly HookRunEntry[], effect: HookEffect = NOTHING): HookVerdict {
	return {
		status: 'blocked',
		entries: [...before, { kind: 'feedback', text: reason }],
		effect: { ...effect, block: reason, permission: event === 'permissionRequest' ? 'deny' : null },
	};
}

function jsonOutput(event: HookEventName, output: Output): HookVerdict {
	const { title } = hookEvent(event);
	const specific = output.hookSpecificOutput;
	const unsupported = unsupportedMember(event, output);
	if (unsupported !== null) return failed(`The ${title} hook asked for ${unsupported}, which is not supported.`);
	const warnings: HookRunEntry[] = output.systemMessage === undefined ? [] : [{ kind: 'warning', text: output.systemMessage }];
	if (!output.continue) {
		const reason = output.stopReason?.trim() || `The ${title} hook stopped it.`;
		return { status: 'stopped', entries: [...warnings, { kind: 'stop', text: reason }], effect: { ...NOTHING, stop: reason } };
	}
	const added = specific?.additionalContext?.trim() ?? '';
	const entries: HookRunEntry[] = added === '' || output.suppressOutput ? warnings : [...warnings, { kind: 'context', text: added }];
	const effect: HookEffect = { ...NOTHING, context: added === '' ? [] : [added] };
	const denies = output.decision === 'block' || specific?.permissionDecision === 'deny';
	if (denies) {
		const reason = (specific?.permissionDecision === 'deny' ? specific.permissionDecisionReason : output.reason)?.trim() ?? '';
		return reason === '' ? failed(`The ${title} hook blocked without a reason.`) : blocked(event, reason, entries, effect);
	}
	if (output.reason !== undefined) return failed(`The ${title} hook gave a reason but no decision.`);
	switch (specific?.decision?.behavior) {
		case 'deny':
			return blocked(event, specific.decision.message?.trim() || DEFAULT_DENIAL, entries);
		case 'allow':
			return { status: 'completed', entries, effect: { ...effect, permission: 'allow' } };
		case undefined:
			return { status: 'completed', entries, effect };
	}
}

/** What a hook of another program may ask for and this one does not do: refused by name, so that nobody believes it happened. */
function unsupportedMember(event: HookEventName, output: Output): string | null {
	const specific = output.hookSpecificOutput;
	const decision = specific?.decision;
	if (output.decision === 'approve') return '"decision": "approve"';
	if (specific?.permissionDecision === 'allow' || specific?.permissionDecision === 'ask')
		return `"permissionDecision": "${specific.permissionDecision}"`;
	if (specific?.updatedInput !== undefined || decision?.updatedInput !== undefined) return '"updatedInput"';
	if (specific?.updatedMCPToolOutput !== undefined) return '"updatedMCPToolOutput"';
	if (decision?.updatedPermissions !== undefined) return '"updatedPermissions"';
	if (decision?.interrupt === true) return '"interrupt"';
	if (!output.continue && (event === 'preToolUse' || event === 'permissionRequest')) return '"continue": false';
	return null;
}
