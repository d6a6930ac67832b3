/** States and items to show in the page. */
import type { ThreadItem } from '../../../server/protocol/thread/item.ts';
import type { Model } from '../../../server/protocol/account/model.ts';
import type { ServerNotification } from '../../../server/protocol/serverMessages.ts';
import type { Thread } from '../../../server/protocol/thread/thread.ts';
import type { Turn } from '../../../server/protocol/thread/turn.ts';
import type { PageEvent } from '../../../webview/channel/pageEvent.ts';
import type { PageState } from '../../../webview/channel/pageState.ts';
import type { PendingQuestion } from '../../../webview/channel/questions.ts';

export const cwd = '/home/me/shop';
export const threadId = 'thread-1';

const model: Omit<Model, 'id' | 'model' | 'displayName'> = {
	upgrade: null,
	upgradeInfo: null,
	availabilityNux: null,
	description: 'For everyday work',
	hidden: false,
	supportedReasoningEfforts: (['low', 'medium', 'high'] as const).map((reasoningEffort) => ({
		reasoningEffort,
		description: `${reasoningEffort} effort`,
	})),
	defaultReasoningEffort: 'medium',
	inputModalities: ['text', 'image'],
	supportsPersonality: false,
	additionalSpeedTiers: [],
	serviceTiers: [],
	isDefault: true,
};

export function pageState(change: Partial<PageState> = {}): PageState {
	return {
		connection: { type: 'ready' },
		account: { type: 'signedIn', label: 'API key' },
		models: ['gpt-5.5', 'gpt-5.5-mini'].map((name) => ({ ...model, id: name, model: name, displayName: name.toUpperCase().replace('MINI', 'mini') })),
		settings: { model: 'gpt-5.5', effort: 'medium', approvalMode: 'auto' },
		thread: null,
		olderTurns: null,
		turnChanges: {},
		review: { files: 0 },
		queue: { available: true, messages: [], paused: false },
		pending: [],
		conflicts: [],
		folder: 'shop',
		...change,
	};
}

export function thread(turns: readonly Turn[], change: Partial<Thread> = {}): Thread {
	return {
		id: threadId,
		sessionId: threadId,
		forkedFromId: null,
		preview: 'Fix the price rounding',
		ephemeral: false,
		modelProvider: 'openai',
		createdAt: 1_790_000_000,
		updatedAt: 1_790_000_000,
		status: { type: 'idle' },
		path: null,
		cwd,
		cliVersion: '0.1.0',
		source: 'vscode',
		threadSource: null,
		agentNickname: null,
		agentRole: null,
		gitInfo: null,
		name: null,
		turns: [...turns],
		...change,
	};
}

export function turn(id: string, items: readonly ThreadItem[], change: Partial<Turn> = {}): Turn {
	return {
		id,
		items: [...items],
		itemsView: 'full',
		status: 'completed',
		error: null,
		startedAt: 1_790_000_000,
		completedAt: 1_790_000_042,
		durationMs: 42_000,
		...change,
	};
}

export function userMessage(id: string, text: string): ThreadItem {
	return { type: 'userMessage', id, content: [{ type: 'text', text, text_elements: [] }] };
}

export function agentMessage(id: string, text: string, phase: 'commentary' | 'final_answer' | null = null): ThreadItem {
	return { type: 'agentMessage', id, text, phase, memoryCitation: null };
}

type ItemOf<T extends ThreadItem['type']> = Extract<ThreadItem, { type: T }>;

export function command(id: string, text: string, change: Partial<ItemOf<'commandExecution'>> = {}): ThreadItem {
	return {
		type: 'commandExecution',
		id,
		command: text,
		cwd,
		processId: null,
		source: 'agent',
		status: 'completed',
		commandActions: [{ type: 'unknown', command: text }],
		aggregatedOutput: '',
		exitCode: 0,
		durationMs: 2400,
		...change,
	};
}

export const priceDiff = `@@ -10,7 +10,8 @@ export function total(items: readonly Item[]): number {
   let sum = 0;
   for (const item of items) {
-    sum += item.price * item.count;
+    // Prices are in cents: no fractions can pile up.
+    sum += Math.round(item.price * 100) * item.count;
   }
-  return sum;
+  return sum / 100;
 }
`;

export function fileChange(id: string, change: Partial<ItemOf<'fileChange'>> = {}): ThreadItem {
	return {
		type: 'fileChange',
		id,
		changes: [{ path: `${cwd}/src/price.ts`, kind: { type: 'update', move_path: null }, diff: priceDiff }],
		status: 'completed',
		...change,
	};
}

export function note(notification: ServerNotification): PageEvent {
	return { type: 'notification', notification };
}

export function commandQuestion(text: string, itemId: string, key = 'question-1'): Extract<PendingQuestion, { kind: 'command' }> {
	return {
		key,
		kind: 'command',
		params: {
			threadId,
			turnId: 'turn-2',
			itemId,
			startedAtMs: 1_790_000_000_000,
			command: text,
			cwd,
			reason: 'The tests download a fixture, so the command needs the network.',
			availableDecisions: [
				'accept',
				'acceptForSession',
				{ acceptWithExecpolicyAmendment: { execpolicy_amendment: ['npm', 'test'] } },
				'decline',
				'cancel',
			],
		},
	};
}

const answer = `The total was added up in **floating point**, so \`0.1 + 0.2\` cents went missing on large carts. It now counts whole cents.

- \`src/price.ts:12\` rounds each price once
- the public type of [\`total\`](src/price.ts#L10) is unchanged

\`\`\`typescript
function total(items: readonly Item[]): number {
	const cents = items.reduce((sum, item) => sum + toCents(item.price) * item.count, 0);
	return cents / 100; // back to the caller's unit
}
\`\`\`

| Cart | before | now |
| --- | --- | --- |
| 3 × 0.10 | 0.30000000000000004 | 0.3 |
`;

const testOutput = `\u001b[1m> shop@1.0.0 test\u001b[0m\n> node --test\n\n\u001b[32m✔\u001b[39m adds up an empty cart \u001b[90m(0.6 ms)\u001b[39m\n\u001b[31m✖\u001b[39m adds up fractions \u001b[90m(1.2 ms)\u001b[39m\n  \u001b[31mExpected 0.3, got 0.30000000000000004\u001b[39m\n`;

/** A thread with most kinds of cards: one finished turn, and one that runs. */
export function showcase(): PageState {
	const first = turn('turn-1', [
		userMessage('u1', 'The cart total is off by a cent for some orders. Find out why and fix it.'),
		{ type: 'reasoning', id: 'r1', summary: ['**Looking for the sum**\n\nThe total is made in `price.ts`.'], content: [] },
		command('c0', 'rg -n total src', {
			commandActions: [{ type: 'search', command: 'rg -n total src', query: 'total', path: 'src' }],
			aggregatedOutput: 'src/price.ts:10:export function total',
		}),
		command('c1', "sed -n '1,40p' src/price.ts", {
			commandActions: [{ type: 'read', command: 'sed', name: 'price.ts', path: `${cwd}/src/price.ts` }],
			aggregatedOutput: 'export …',
		}),
		agentMessage('a0', 'The sum is built from fractions. I will run the tests first to see the failure.', 'commentary'),
		command('c2', 'npm test', { status: 'failed', exitCode: 1, aggregatedOutput: testOutput }),
		fileChange('f1'),
		command('c3', 'npm test', { aggregatedOutput: 'ok', durationMs: 3100 }),
		agentMessage('a1', answer, 'final_answer'),
	]);
	const second = turn(
		'turn-2',
		[
			userMessage('u2', 'Good. Now add a test for discounts.'),
			command('c4', 'npm test -- --test-name-pattern discounts', { status: 'inProgress', exitCode: null, durationMs: null, aggregatedOutput: null }),
		],
		{ status: 'inProgress', completedAt: null, durationMs: null, startedAt: Math.floor(Date.now() / 1000) - 12 },
	);
	return pageState({
		thread: thread([first, second], { name: 'Cart total off by a cent' }),
		contextUsage: { usedTokens: 61_000, window: 272_000 },
	});
}
