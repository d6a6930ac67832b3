import { v7 as uuid } from 'uuid';
import { reviewInstructions, reviewNote, reviewStoppedNote } from '../instructions/reviewInstructions.ts';
import type { MessageItem } from '../items/responseItem.ts';
import { withoutWrites } from '../sandbox/policy/permissionProfile.ts';
import { networkOf } from '../sandbox/policy/networkOf.ts';
import type { TurnEvent } from '../items/events.ts';
import type { TurnItem } from '../items/item.ts';
import type { TurnSettings } from '../items/settings.ts';
import { ModelHistory } from '../thread/work/modelHistory.ts';
import { parseReview, reviewText } from '../records/reviewOutput.ts';
import { reviewHint, type ReviewTarget, reviewTask } from './reviewTarget.ts';
import { runModelLoop } from '../thread/work/modelWork.ts';
import type { TurnHost, TurnWork } from '../thread/work/turnRun.ts';

/** A reviewer reads and runs what only observes; it has no way to change files, to ask, or to send for others. */
const REVIEW_TOOLS = new Set(['exec_command', 'write_stdin', 'view_image']);

/**
 * A review: another conversation with instructions of its own, inside a turn of the thread. People see what it does; its model sees
 * nothing of the thread, and the thread's model sees only the result, as a note.
 */
export function reviewWork(target: ReviewTarget, { model: reviewModel }: { model: string | null }): TurnWork {
	return async (host, turn, frozen) => {
		const hint = reviewHint(target);
		const show = (item: TurnItem) => showItem(host, turn.id, item);
		show({ type: 'enteredReviewMode', id: turn.id, review: hint });
		const { prompt, problem } = await reviewTask(target, host.settings.cwd);
		if (problem !== null) host.emit({ type: 'warning', message: problem });
		show({ type: 'userMessage', id: uuid(), content: [{ type: 'text', text: prompt, textElements: [] }] });
		const inner = innerHost(host);
		const settings: TurnSettings = {
			...frozen.settings,
			...(reviewModel === null ? {} : { model: host.ports.modelInfo({ ...host.settings, model: reviewModel }) }),
			sandbox: withoutWriting(frozen.settings.sandbox),
			outputSchema: null,
			mode: 'default',
			modeInstructions: null,
			personality: null,
			webSearch: 'disabled',
			goals: false,
			hasEnvironment: true,
		};
		for (const item of await host.ports.contextItems(settings, { settings: inner.settings, previous: null })) inner.history.add(item);
		inner.history.add(message('user', prompt));
		const outcome = await runModelLoop(inner, turn, { ...frozen, settings, guards: frozen.guards?.ofTools((event) => inner.emit(event)) ?? null });
		const result = outcome.end.status === 'completed' ? reviewText(parseReview(outcome.lastMessage ?? '')) : null;
		show({ type: 'exitedReviewMode', id: turn.id, review: result ?? unfinished(outcome.end.status) });
		const note = result === null ? reviewStoppedNote(hint) : reviewNote(hint, result);
		host.emit({ type: 'history', turnId: turn.id, item: message('user', note) });
		if (result !== null) {
			show({ type: 'agentMessage', id: uuid(), text: result, phase: null });
			host.emit({ type: 'history', turnId: turn.id, item: message('assistant', result) });
		}
		return { end: outcome.end, lastMessage: result };
	};
}

function unfinished(status: 'interrupted' | 'failed' | 'completed'): string {
	return status === 'failed' ? 'The review failed before it had a result.' : 'The review was stopped before it had a result.';
}

function showItem(host: TurnHost, turnId: string, item: TurnItem): void {
	host.emit({ type: 'itemStarted', turnId, at: Date.now(), item });
	host.emit({ type: 'itemCompleted', turnId, at: Date.now(), item });
}

/** The thread as the reviewing model's turn sees it: a history of its own, and messages that are data instead of words for people. */
function innerHost(host: TurnHost): TurnHost {
	const history = new ModelHistory([]);
	const emit = (event: TurnEvent) => {
		if (event.type === 'history') history.add(event.item);
		else if (event.type === 'compacted') history.replace(event.history);
		else if (!isMessage(event)) host.emit(event);
	};
	return {
		...host,
		history,
		emit,
		notice: () => null,
		settings: { ...host.settings, baseInstructions: reviewInstructions, developerInstructions: null, mode: null },
		ports: {
			...host.ports,
			tools: async (...asked) => new Map([...(await host.ports.tools(...asked))].filter(([name]) => REVIEW_TOOLS.has(name))),
		},
	};
}

function isMessage(event: TurnEvent): boolean {
	if (event.type === 'textDelta') return true;
	return (event.type === 'itemStarted' || event.type === 'itemCompleted') && event.item.type === 'agentMessage';
}

/** A review changes no files. Where nothing is enforced there is nothing to take away. */
function withoutWriting(sandbox: TurnSettings['sandbox']): TurnSettings['sandbox'] {
	const readOnly = { type: 'readOnly', networkAccess: networkOf(sandbox) === 'enabled' } as const;
	if (sandbox.type === 'workspaceWrite') return readOnly;
	return sandbox.type === 'managed' ? withoutWrites(sandbox) : sandbox;
}

function message(role: 'user' | 'assistant', text: string): MessageItem {
	return { type: 'message', role, content: [{ type: role === 'user' ? 'input_text' : 'output_text', text }] };
}
