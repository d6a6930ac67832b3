import type { ProcessHost } from '../exec/process.ts';
import type { CompactionTrigger, Guard, GuardedCall, GuardedTurn, ThreadStart } from '../items/guard.ts';
import type { HookRun } from '../items/hookRun.ts';
import type { HookDefinition } from './hookDefinition.ts';
import { hookEvent, type HookEventName } from './hookEvent.ts';
import { type HookVerdict, readHookOutput } from './hookOutput.ts';
import { matches } from './hookMatcher.ts';
import { type OrderedHook, mayRun } from './hookTrust.ts';
import { type KeepText, modelText } from './modelText.ts';
import { runHook } from './runHook.ts';

export interface ThreadHooksOptions {
	/** All that apply to the thread, as they were when it was loaded. */
	readonly hooks: readonly OrderedHook[];
	/** Whether the person still wants it: what they take back holds at once, what they allow in threads to come. */
	readonly isWanted: (hook: HookDefinition) => boolean;
	readonly host: ProcessHost;
	/** The shell's program. */
	readonly shell: string;
	readonly env: Readonly<Record<string, string>>;
	readonly keepText: KeepText;
	/** Unix milliseconds. */
	readonly now: () => number;
	/** Milliseconds that only go forward. */
	readonly clock: () => number;
	readonly newId: () => string;
}

/** What a hook is told besides what all are told. */
interface Occasion {
	readonly event: HookEventName;
	/** A tool's name, a source or a trigger; empty for events without one. */
	readonly subject: string;
	readonly facts: Readonly<Record<string, unknown>>;
	/** Makes the ids of runs of one turn different. */
	readonly callId?: string;
}

interface Outcome {
	readonly runId: string;
	readonly verdict: HookVerdict;
}

/** The hooks of a thread, as the guard that says no where they do. */
export class ThreadHooks implements Guard {
	readonly #options: ThreadHooksOptions;

	constructor(options: ThreadHooksOptions) {
		this.#options = options;
	}

	async threadStarted(start: ThreadStart, turn: GuardedTurn) {
		const outcomes = await this.#run({ event: 'sessionStart', subject: start, facts: { source: start } }, turn);
		const isOver = outcomes.some(({ verdict: { effect } }) => effect.stop !== null || effect.block !== null);
		return isOver ? ({ type: 'stop' } as const) : ({ type: 'goOn', context: this.#context(outcomes) } as const);
	}

	async inputAccepted({ content }: Parameters<NonNullable<Guard['inputAccepted']>>[0], turn: GuardedTurn) {
		const prompt = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
		const outcomes = await this.#run({ event: 'userPromptSubmit', subject: '', facts: { prompt } }, turn);
		if (outcomes.some(({ verdict }) => verdict.effect.stop !== null)) return { type: 'stop' } as const;
		const isBlocked = outcomes.some(({ verdict }) => verdict.effect.block !== null);
		return isBlocked ? ({ type: 'block', context: [] } as const) : ({ type: 'accept', context: this.#context(outcomes) } as const);
	}

	async beforeTool(call: GuardedCall, turn: GuardedTurn) {
		const outcomes = await this.#run(
			{ event: 'preToolUse', subject: call.name, facts: { ...toolFacts(call), tool_use_id: call.callId }, callId: call.callId },
			turn,
		);
		const reason = firstOf(outcomes, ({ effect }) => effect.block);
		return { block: reason === null ? null : blockedText(call, this.#short(reason)), context: this.#context(outcomes) };
	}

	async permissionWanted(call: GuardedCall & { readonly reason: string | null }, turn: GuardedTurn) {
		const outcomes = await this.#run({ event: 'permissionRequest', subject: call.name, facts: toolFacts(call), callId: call.callId }, turn);
		const denial = firstOf(outcomes, ({ effect }) => (effect.permission === 'deny' ? effect.block : null));
		if (denial !== null) return { type: 'deny', message: this.#short(denial) } as const;
		const isAllowed = outcomes.some(({ verdict }) => verdict.effect.permission === 'allow');
		return { type: isAllowed ? 'allow' : 'ask' } as const;
	}

	async afterTool(call: GuardedCall & { readonly response: unknown }, turn: GuardedTurn) {
		const facts = { ...toolFacts(call), tool_response: call.response, tool_use_id: call.callId };
		const outcomes = await this.#run({ event: 'postToolUse', subject: call.name, facts, callId: call.callId }, turn);
		const stop = firstOf(outcomes, ({ effect }) => effect.stop);
		const feedback = outcomes.flatMap(({ verdict }) => verdict.effect.block ?? []);
		const output = stop ?? (feedback.length === 0 ? null : feedback.join('\n\n'));
		return { output: output === null ? null : this.#short(output), context: this.#context(outcomes) };
	}

	async beforeCompaction(trigger: CompactionTrigger, turn: GuardedTurn) {
		const outcomes = await this.#run({ event: 'preCompact', subject: trigger, facts: { trigger } }, turn);
		return outcomes.every(({ verdict: { effect } }) => effect.stop === null && effect.block === null);
	}

	async afterCompaction(trigger: CompactionTrigger, turn: GuardedTurn) {
		await this.#run({ event: 'postCompact', subject: trigger, facts: { trigger } }, turn);
	}

	async turnStopping({ again, lastMessage }: { readonly again: boolean; readonly lastMessage: string | null }, turn: GuardedTurn) {
		// They are about work that is done, such as to format it: an answer beside the thread is none.
		if (turn.settings.onlyReads) return { item: null, messages: [] };
		const facts = { stop_hook_active: again, last_assistant_message: lastMessage };
		const outcomes = await this.#run({ event: 'stop', subject: '', facts }, turn);
		const blocks = outcomes.flatMap(({ runId, verdict: { effect } }) => (effect.block === null ? [] : [{ text: effect.block, hookRunId: runId }]));
		const isOver = outcomes.some(({ verdict }) => verdict.effect.stop !== null);
		if (isOver || blocks.length === 0) return { item: null, messages: [] };
		return {
			item: { type: 'hookPrompt', id: this.#options.newId(), fragments: blocks } as const,
			messages: blocks.map(({ text, hookRunId }) => {
				const prompt = `<hook_prompt hook_run_id="${hookRunId}">${this.#short(text)}</hook_prompt>`;
				return { type: 'message', role: 'user', content: [{ type: 'input_text', text: prompt }] } as const;
			}),
		};
	}

	/** Runs the matching hooks side by side. All starts are told first, the ends in the order in which the hooks are listed. */
	async #run(occasion: Occasion, turn: GuardedTurn): Promise<readonly Outcome[]> {
		const { event, subject, callId } = occasion;
		const chosen = this.#options.hooks.filter(
			(each) => each.hook.event === event && mayRun(each) && this.#options.isWanted(each.hook) && matches(each.hook.matcher, subject),
		);
		if (chosen.length === 0) return [];
		const { runId } = hookEvent(event);
		const runs = chosen.map((each): { readonly each: OrderedHook; readonly run: HookRun; readonly start: number } => {
			const { hook, order } = each;
			const id = `${runId}:${order}:${hook.sourcePath}${callId === undefined ? '' : `:${callId}`}`;
			const { sourcePath, source, statusMessage } = hook;
			const scope = event === 'sessionStart' ? 'thread' : 'turn';
			const run: HookRun = {
				...{ id, event, scope, sourcePath, source, displayOrder: order, statusMessage },
				...{ status: 'running', startedAt: this.#options.now(), completedAt: null, durationMs: null, entries: [] },
			};
			return { each, run, start: this.#options.clock() };
		});
		for (const { run } of runs) turn.emit({ type: 'hookStarted', turnId: turn.turnId, run });
		const input = { ...this.#commonFacts(occasion, turn), ...occasion.facts };
		const ends = runs.map(async ({ each: { hook }, run, start }) => {
			const argv = [this.#options.shell, '-c', hook.command];
			const { host } = this.#options;
			const env = { ...this.#options.env, ...pluginVariables(hook) };
			const end = await runHook(host, { argv, cwd: turn.settings.cwd, env, input, timeoutSec: hook.timeoutSec }, turn.signal);
			const verdict = readHookOutput(event, end);
			return {
				verdict,
				run: {
					...run,
					status: verdict.status,
					entries: verdict.entries,
					completedAt: this.#options.now(),
					durationMs: Math.round(this.#options.clock() - start),
				},
			};
		});
		const outcomes: Outcome[] = [];
		for (const end of ends) {
			const { verdict, run } = await end;
			turn.emit({ type: 'hookCompleted', turnId: turn.turnId, run });
			outcomes.push({ runId: run.id, verdict });
		}
		return outcomes;
	}

	/** What hooks of other programs expect too, in their words and order. */
	#commonFacts({ event }: Occasion, { threadId, turnId, settings, transcriptPath }: GuardedTurn): Readonly<Record<string, unknown>> {
		const isCompaction = event === 'preCompact' || event === 'postCompact';
		return {
			session_id: threadId,
			...(event === 'sessionStart' ? {} : { turn_id: turnId }),
			transcript_path: transcriptPath,
			cwd: settings.cwd,
			hook_event_name: hookEvent(event).title,
			model: settings.model.slug,
			...(isCompaction ? {} : { permission_mode: settings.approvalPolicy === 'never' ? 'bypassPermissions' : 'default' }),
		};
	}

	#context(outcomes: readonly Outcome[]): readonly string[] {
		return outcomes.flatMap(({ verdict }) => verdict.effect.context).map((text) => this.#short(text));
	}

	#short(text: string): string {
		return modelText(text, this.#options.keepText);
	}
}

/** By these names hooks of plugins find their own files, here and in other programs. */
function pluginVariables({ pluginFolder }: HookDefinition): Readonly<Record<string, string>> {
	return pluginFolder === null ? {} : { PLUGIN_ROOT: pluginFolder, CLAUDE_PLUGIN_ROOT: pluginFolder };
}

const toolFacts = ({ name, input }: GuardedCall) => ({ tool_name: name, tool_input: input });

function firstOf(outcomes: readonly Outcome[], read: (verdict: HookVerdict) => string | null): string | null {
	for (const { verdict } of outcomes) {
		const found = read(verdict);
		if (found !== null) return found;
	}
	return null;
}

/** The words by which models know a call that a hook stopped. */
function blockedText({ name, input }: GuardedCall, reason: string): string {
	const command = typeof input === 'object' && input !== null && 'command' in input && typeof input.command === 'string' ? input.command : null;
	if ((name === 'Bash' || name === 'apply_patch') && command !== null) return `Command blocked by PreToolUse hook: ${reason}. Command: ${command}`;
	return `Tool call blocked by PreToolUse hook: ${reason}. Tool: ${name}`;
}
