import path from 'node:path';
import { visibleText } from '../../server/protocol/approval/visibleText.ts';
import type { ThreadActivity, ThreadActivityQuestion } from '../../server/protocol/thread/threadActivity.ts';
import { cutText } from '../../server/protocol/thread/messageTitle.ts';
import { threadTitle } from '../threads/threadList.ts';
import { durationText } from '../turns/turnEnds.ts';
import type { AgentWords } from './agentWords.ts';

/** A row as a person reads it. */
export interface AgentTexts {
	readonly title: string;
	/** Of the row itself: waits, runs, is unread. Null for one that only holds others. */
	readonly state: string | null;
	/** What it asks, does, or said last. */
	readonly now: string | null;
	readonly facts: readonly string[];
	/** Each a line of its own. */
	readonly details: readonly string[];
}

export interface AgentSurroundings {
	/** Unix milliseconds. */
	readonly now: number;
	/** How the place of a thread is called; null for the folder of this window. */
	readonly placeOf: (cwd: string) => string | null;
	readonly words: AgentWords;
}

/** Running times under a minute are shown in steps of this many seconds. */
export const TICK_SECONDS = 5;
/** As a tree shows it; the whole stands in the details. */
const SHORT = 80;

const shown = (text: string, length = 400) => cutText(visibleText(text, { code: true }), length);

export function agentTexts(row: ThreadActivity, { now, placeOf, words }: AgentSurroundings): AgentTexts {
	const { thread, asks, plan, server } = row;
	const title = shown((thread.parentThreadId == null ? null : thread.agentNickname) ?? threadTitle(thread) ?? words.unnamed(), 120);
	const doing = doingOf(row, words);
	const steps = plan === null || row.state === 'unread' ? null : words.plan(plan.completed, plan.total);
	const time = timeOf(row, now);
	const tokens = row.tokens === null || row.tokens === 0 ? null : words.tokens(countText(row.tokens));
	const place = placeOf(thread.cwd);
	const others = asks.length > 1 ? words.more(asks.length - 1) : null;
	const elsewhere = server === null ? null : words.elsewhere(shown(server.host, 60));
	const task = thread.parentThreadId == null ? null : threadTitle(thread);
	return {
		title,
		state: stateText(row, words),
		now: doing === null ? null : cutText(doing, SHORT),
		facts: [others, steps, time, tokens, place, elsewhere].filter((fact) => fact !== null),
		details: [
			task === null ? null : shown(task, 120),
			stateText(row, words),
			...(asks.length > 0 ? asks.map((question) => questionText(question, words)) : [doing]),
			plan?.step == null || row.state === 'unread' ? null : `${shown(plan.step)} (${words.plan(plan.completed, plan.total)})`,
			[time, tokens].filter((each) => each !== null).join(' · '),
			thread.cwd,
			server === null ? null : (server.mayHaveEnded ? words.elsewhereLost : words.elsewhereDetail)(server.pid, shown(server.host, 60)),
		]
			.filter((line) => line !== null)
			.filter((line) => line !== ''),
	};
}

function stateText({ state, turn, step }: ThreadActivity, words: AgentWords): string | null {
	switch (state) {
		case 'waiting':
			return words.waiting();
		case 'running':
			return words.running();
		case 'idle':
			return null;
		case 'unread': {
			if (turn?.status === 'failed' || step?.kind === 'error') return `${words.failed()}, ${words.unread()}`;
			if (turn?.status === 'completed') return `${words.done()}, ${words.unread()}`;
			return turn?.status === 'interrupted' ? `${words.stopped()}, ${words.unread()}` : words.unread();
		}
	}
}

function doingOf({ state, asks, step }: ThreadActivity, words: AgentWords): string | null {
	const [question] = asks;
	if (question !== undefined) return questionText(question, words);
	if (state === 'unread') return step === null || step.text === '' ? null : shown(step.text);
	if (state === 'idle') return null;
	const text = shown(step?.text ?? '');
	switch (step?.kind) {
		case undefined:
			return words.thinking();
		case 'command':
			return words.runs(text);
		case 'fileChange':
			return text === '' ? words.editing() : words.edits(namesOf(text));
		case 'tool':
			return words.calls(text);
		case 'agent':
			return words.works();
		case 'webSearch':
			return words.searches(text);
		case 'reasoning':
			return text === '' ? words.thinking() : words.thinkingAbout(text);
		case 'message':
			return text === '' ? words.answering() : text;
		case 'plan':
			return words.planning();
		case 'review':
			return words.reviewing();
		case 'compaction':
			return words.compacting();
		case 'error':
			return words.problem(text);
	}
}

function questionText({ kind, text }: ThreadActivityQuestion, words: AgentWords): string {
	const asked = shown(text);
	switch (kind) {
		case 'command':
			return words.asksCommand(asked);
		case 'network':
			return words.asksHost(asked);
		case 'fileChange':
			return words.asksFiles(namesOf(asked));
		case 'permissions':
			return words.asksPermissions(asked);
		case 'userInput':
		case 'elicitation':
			return asked;
	}
}

/** Of a list of paths. */
function namesOf(paths: string): string {
	return paths
		.split(', ')
		.map((each) => path.basename(each))
		.join(', ');
}

function timeOf({ state, turn }: ThreadActivity, now: number): string | null {
	if (turn === null || state === 'idle') return null;
	if (state === 'unread') return turn.durationMs === null ? null : durationText(turn.durationMs);
	if (turn.startedAt === null) return null;
	const seconds = Math.max(0, Math.floor(now / 1000) - turn.startedAt);
	return durationText((seconds < 60 ? Math.floor(seconds / TICK_SECONDS) * TICK_SECONDS : seconds) * 1000);
}

/** `950`, `12k`, `1.5M`. */
export function countText(count: number): string {
	const short = (value: number) => (value < 10 ? Math.floor(value * 10) / 10 : Math.floor(value)).toString();
	if (count < 1000) return String(count);
	return count < 1_000_000 ? `${short(count / 1000)}k` : `${short(count / 1_000_000)}M`;
}
