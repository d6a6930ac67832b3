import type { TurnEvent } from '../items/events.ts';
import type { TurnItem } from '../items/item.ts';
import { inEnglish } from '../words/l10n.ts';

/** What an agent does at the moment, in the words of the thing itself: a command line, a path, the name of a tool. */
export interface ActivityStep {
	readonly kind: 'command' | 'fileChange' | 'tool' | 'agent' | 'webSearch' | 'reasoning' | 'message' | 'plan' | 'review' | 'compaction' | 'error';
	readonly text: string;
}

/** How far a turn is with what it planned. */
export interface PlanProgress {
	/** The step that it is at; null between two. */
	readonly step: string | null;
	readonly completed: number;
	readonly total: number;
}

/** How far a turn is. Times are Unix milliseconds. */
export interface TurnActivity {
	readonly turnId: string;
	readonly startedAt: number;
	readonly step: ActivityStep | null;
	readonly plan: PlanProgress | null;
	/** Of this turn. */
	readonly tokens: number;
	/** Of the thread when the turn began; null as long as the provider has said nothing. */
	readonly tokensBefore: number | null;
}

const MAX_TEXT = 300;
const THINKING: ActivityStep = { kind: 'reasoning', text: '' };

/** What is known of a turn after an event; null when there is nothing to say about one. */
export function nextActivity(before: TurnActivity | null, event: TurnEvent): TurnActivity | null {
	if (event.type === 'turnStarted') {
		return { turnId: event.turnId, startedAt: event.at, step: null, plan: null, tokens: 0, tokensBefore: null };
	}
	if (before === null) return null;
	switch (event.type) {
		case 'itemStarted':
			return withStep(before, stepOf(event.item));
		case 'itemCompleted':
			// What has ended is not done any more; what was said stays until something else begins.
			return withStep(before, isWork(event.item) ? THINKING : stepOf(event.item));
		case 'error':
			return withStep(before, { kind: 'error', text: line(inEnglish(event.error.message)) });
		case 'planUpdated': {
			const step = event.plan.find(({ status }) => status === 'inProgress')?.step ?? null;
			const completed = event.plan.filter(({ status }) => status === 'completed').length;
			return { ...before, plan: { step: step === null ? null : line(step), completed, total: event.plan.length } };
		}
		case 'tokenUsage': {
			const tokensBefore = before.tokensBefore ?? Math.max(0, event.total.totalTokens - event.last.totalTokens);
			return { ...before, tokensBefore, tokens: Math.max(0, event.total.totalTokens - tokensBefore) };
		}
		default:
			return before;
	}
}

/** A command as a person reads it: the script, where a shell is given one. */
export function commandText(argv: readonly string[]): string {
	const [, flag, script] = argv;
	return line(argv.length === 3 && script !== undefined && /^-(?:l?c|Command)$/i.test(flag ?? '') ? script : argv.join(' '));
}

/** The beginning of a text, in one line. */
export function line(text: string): string {
	const one = text
		.slice(0, MAX_TEXT * 4)
		.replaceAll(/\s+/g, ' ')
		.trim();
	const cut = [...one];
	return cut.length <= MAX_TEXT ? one : `${cut.slice(0, MAX_TEXT).join('')}…`;
}

function withStep(before: TurnActivity, step: ActivityStep | null): TurnActivity {
	return step === null ? before : { ...before, step };
}

function isWork({ type }: TurnItem): boolean {
	return (
		type === 'command' ||
		type === 'fileChange' ||
		type === 'dynamicToolCall' ||
		type === 'mcpToolCall' ||
		type === 'agentToolCall' ||
		type === 'webSearch'
	);
}

/** Null for what says nothing of what the agent does. */
function stepOf(item: TurnItem): ActivityStep | null {
	switch (item.type) {
		case 'command':
			return { kind: 'command', text: commandText(item.argv) };
		case 'fileChange':
			return { kind: 'fileChange', text: line(item.changes.map(({ path }) => path).join(', ')) };
		case 'dynamicToolCall':
			return { kind: 'tool', text: line(item.tool) };
		case 'mcpToolCall':
			return { kind: 'tool', text: line(`${item.server}: ${item.tool}`) };
		case 'agentToolCall':
			return { kind: 'agent', text: item.tool };
		case 'webSearch':
			return { kind: 'webSearch', text: line(item.query) };
		case 'reasoning':
			return { kind: 'reasoning', text: line((item.summary.at(-1) ?? '').split('\n', 1)[0]?.replaceAll('**', '') ?? '') };
		case 'agentMessage':
			return { kind: 'message', text: line(item.text) };
		case 'plan':
			return { kind: 'plan', text: '' };
		case 'imageGeneration':
			return { kind: 'tool', text: 'image_generation' };
		case 'enteredReviewMode':
			return { kind: 'review', text: line(item.review) };
		case 'contextCompaction':
			return { kind: 'compaction', text: '' };
		case 'userMessage':
		case 'hookPrompt':
		case 'exitedReviewMode':
		case 'imageView':
		case 'sleep':
		case 'subAgentActivity':
		case 'functionCallOutput':
			return null;
	}
}
