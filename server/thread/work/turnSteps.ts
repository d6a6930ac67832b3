import { existsSync } from 'node:fs';
import { type CompactionOutcome, compact } from '../../turn/compaction.ts';
import type { ModelRequest } from '../../model/model.ts';
import type { CompactionTrigger } from '../../items/guard.ts';
import type { TurnEnd } from '../../items/events.ts';
import { type ActiveTurn, delay, type FrozenTurn, type TurnHost } from './turnRun.ts';
import { turnContextOf } from '../../records/turnContext.ts';
import { l10n } from '../../words/l10n.ts';

/** Everything that compaction needs of a turn that runs or is about to. */
export interface CompactionTurn {
	readonly host: TurnHost;
	readonly turn: ActiveTurn;
	readonly frozen: FrozenTurn;
	readonly request: ModelRequest;
	readonly trigger: CompactionTrigger;
}

/** Whether the next request would take more of the window than it should. */
export function isFull({ history, ports, settings }: TurnHost, { compactAt }: FrozenTurn): boolean {
	return compactAt !== null && !history.isEmpty && history.tokens(ports.baseInstructions(settings)) >= compactAt;
}

/** The end of a turn whose history was compacted and takes too much room all the same: doing it again at each step would help nobody. */
export function cannotShrink({ history, emit }: TurnHost, turn: ActiveTurn, { compactAt }: FrozenTurn): TurnEnd | null {
	if (compactAt === null || !history.isStuckAt(compactAt)) return null;
	const message = l10n`Compacting does not help: twice it left more than ${compactAt} tokens, the size from which on a conversation is compacted. Raise model_auto_compact_token_limit or choose a model with a larger context window, or start a new thread.`;
	const error = { message, kind: 'contextWindowExceeded', httpStatusCode: null, details: null } as const;
	emit({ type: 'error', turnId: turn.id, error, willRetry: false });
	return { status: 'failed', error };
}

/** The end of a turn whose folder was renamed or removed: what followed would be made again in a place where nobody looks for it. */
export function folderGone({ emit }: TurnHost, turn: ActiveTurn, { cwd, hasEnvironment }: FrozenTurn['settings']): TurnEnd | null {
	if (!hasEnvironment || existsSync(cwd)) return null;
	const message = l10n`The folder ${cwd} is gone: it was renamed, moved or removed. Open it in its new place to go on.`;
	const error = { message, kind: 'other', httpStatusCode: null, details: null } as const;
	emit({ type: 'error', turnId: turn.id, error, willRetry: false });
	return { status: 'failed', error };
}

/**
 * Compacts between two requests. Before a turn the model is told everything anew with its first message; in the middle of one that
 * is part of what takes the history's place.
 */
export async function compactBetween(
	at: 'beforeTurn' | 'midTurn',
	{ host, turn, frozen, request, trigger }: CompactionTurn,
): Promise<TurnEnd | null> {
	const { settings, guards } = frozen;
	if (guards && !(await guards.beforeCompaction(trigger))) return { status: 'completed' };
	// A thread in which nobody has said anything has nothing to make room for.
	if (host.history.isEmpty) return null;
	const context = at === 'beforeTurn' ? [] : await host.ports.contextItems(settings, { settings: host.settings, previous: null });
	const outcome = await compact({
		turnId: turn.id,
		model: host.client.of(settings),
		signal: turn.abort.signal,
		request,
		prompt: host.settings.compactPrompt,
		contextWindow: frozen.contextWindow,
		context,
		emit: (event) => host.emit(event),
		addUsage: (usage) => host.addUsage(usage),
		delay: (ms) => delay(ms, turn.abort.signal),
		now: Date.now,
		random: Math.random,
	});
	if (outcome.type !== 'done') return endOf(host, turn, outcome);
	await guards?.afterCompaction(trigger);
	host.previous = at === 'beforeTurn' ? null : turnContextOf(settings);
	return null;
}

function endOf(host: TurnHost, turn: ActiveTurn, outcome: Exclude<CompactionOutcome, { type: 'done' }>): TurnEnd {
	if (outcome.type === 'aborted') return { status: 'interrupted' };
	host.emit({ type: 'error', turnId: turn.id, error: outcome.error, willRetry: false });
	return { status: 'failed', error: outcome.error };
}
