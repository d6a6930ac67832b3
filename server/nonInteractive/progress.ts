import type { ThreadItem } from '../protocol/thread/item.ts';
import type { ServerNotification } from '../protocol/serverMessages.ts';
import { shellScriptOf } from '../protocol/approval/shellScript.ts';

const MARK = { pending: ' ', inProgress: '>', completed: 'x' } as const;

/** What a person who watches a run is told of a notification, as lines without their ends. Messages of the agent are not among it. */
export function progressLines(notification: ServerNotification): readonly string[] {
	switch (notification.method) {
		case 'item/started':
			return startedLines(notification.params.item);
		case 'item/completed':
			return completedLines(notification.params.item);
		case 'turn/plan/updated':
			return notification.params.plan.map(({ step, status }) => `[${MARK[status]}] ${step}`);
		case 'warning':
		case 'guardianWarning':
			return [`warning: ${notification.params.message}`];
		case 'configWarning':
		case 'deprecationNotice':
			return [`warning: ${notification.params.summary}${notification.params.details === null ? '' : `: ${notification.params.details}`}`];
		case 'error':
			// An error that ends the turn is told when it has ended.
			return notification.params.willRetry ? [`${notification.params.error.message} (trying again)`] : [];
		default:
			return [];
	}
}

function startedLines(item: ThreadItem): readonly string[] {
	switch (item.type) {
		case 'commandExecution':
			return [`$ ${shellScriptOf(item.command)}`];
		case 'mcpToolCall':
			return [`${item.server}.${item.tool} ...`];
		default:
			return [];
	}
}

function completedLines(item: ThreadItem): readonly string[] {
	switch (item.type) {
		case 'commandExecution':
			if (item.status === 'declined') return ['  was not allowed'];
			if (item.status !== 'failed') return [];
			if (item.stopped === true) return ['  was stopped'];
			return [item.exitCode === null ? '  could not be run' : `  ended with exit code ${item.exitCode}`];
		case 'fileChange':
			return item.changes.map(({ kind, path }) => `${item.status === 'completed' ? '' : `${item.status}: `}${kind.type} ${path}`);
		case 'mcpToolCall':
			return item.status === 'failed' ? [`  ${item.server}.${item.tool} failed${item.error ? `: ${item.error.message}` : ''}`] : [];
		case 'webSearch':
			return [`searched the web for ${item.query}`];
		default:
			return [];
	}
}
