import { v7 as uuid } from 'uuid';
import type { Approver } from '../../items/approver.ts';
import { failed, readVerdict } from '../../approval/reviewVerdict.ts';
import { reviewTranscript } from '../../approval/reviewTranscript.ts';
import { redactSecrets } from '../../config/redact.ts';
import { joinShellWords } from '../../exec/shellQuote.ts';
import { deniedByReviewer, reviewerInstructions, verdictSchema } from '../../instructions/reviewerPolicy.ts';
import { ModelError, type ModelRequest } from '../../model/model.ts';
import type { ResponseItem } from '../../items/responseItem.ts';
import type { ApprovalReview, ReviewedAction, ReviewVerdict } from '../../items/approvalReview.ts';
import type { TurnSettings } from '../../items/settings.ts';
import { ThreadClient } from '../threadClient.ts';
import type { TurnHost } from './turnRun.ts';

/** A review that takes longer denies, in milliseconds. */
const REVIEW_MS = 90_000;
const ATTEMPTS = 2;

export interface ReviewedTurn {
	readonly turnId: string;
	readonly signal: AbortSignal;
	readonly settings: TurnSettings;
}

/**
 * Answers in the user's place: a second model judges each request by its risk and by what the user wants. Everything that is not a
 * clear permission denies. Questions that are no approvals still go to the person.
 */
export function autoReviewer(person: Approver, host: TurnHost, turn: ReviewedTurn): Approver {
	const decide = async (itemId: string, action: ReviewedAction, details: string): Promise<ReviewVerdict> => {
		const review: ApprovalReview = { id: uuid(), itemId, startedAt: Date.now(), action, verdict: null };
		const tell = (verdict: ReviewVerdict | null) =>
			host.emit({ type: 'approvalReview', turnId: turn.turnId, at: Date.now(), review: { ...review, verdict } });
		tell(null);
		const verdict = await judge(host, turn, { action, details });
		tell(verdict);
		return verdict;
	};
	const declined = ({ rationale }: ReviewVerdict) => ({ type: 'decline', reason: deniedByReviewer(rationale ?? 'no reason was given') }) as const;
	return {
		command: async ({ itemId, argv, cwd, reason, network, permissions }, _withdrawn, asking) => {
			asking?.();
			const command = joinShellWords(argv);
			const action: ReviewedAction = network === undefined ? { type: 'command', command, cwd } : { type: 'networkAccess', ...network, command };
			const more = permissions === undefined ? '' : `\nIt asks for these permissions beyond its sandbox: ${JSON.stringify(permissions)}`;
			const verdict = await decide(itemId, action, `${reason ?? ''}${more}`);
			if (verdict.status === 'aborted') return { type: 'cancel' };
			return verdict.status === 'approved' ? { type: 'accept' } : declined(verdict);
		},
		fileChange: async ({ itemId, changes, reason }) => {
			const files = changes.flatMap(({ path, kind }) => (kind.type === 'update' && kind.movePath !== null ? [path, kind.movePath] : [path]));
			const action: ReviewedAction = { type: 'applyPatch', cwd: turn.settings.cwd, files };
			const diffs = changes.map((change) => `${change.kind.type} ${change.path}\n${change.diff}`).join('\n\n');
			const verdict = await decide(itemId, action, `${reason ?? ''}\n${diffs}`);
			if (verdict.status === 'aborted') return { type: 'cancel' };
			return verdict.status === 'approved' ? { type: 'accept' } : declined(verdict);
		},
		permissions: async ({ itemId, reason, permissions }) => {
			const verdict = await decide(itemId, { type: 'requestPermissions', reason, ...permissions }, '');
			if (verdict.status === 'aborted') return { type: 'cancel' };
			// Only for this turn: nobody has looked at what comes later.
			return verdict.status === 'approved' ? { type: 'grant', permissions, scope: 'turn' } : declined(verdict);
		},
		userInput: (question) => person.userInput(question),
		elicitation: async (question, withdrawn) => {
			const { itemId, serverName: server, call } = question;
			if (call === undefined) return person.elicitation(question, withdrawn);
			const { tool, title, description, annotations, arguments: given } = call;
			const details = `Arguments: ${JSON.stringify(given, null, 1)}\nWhat the server says of the tool: ${description}\n${JSON.stringify(annotations ?? {})}`;
			const verdict = await decide(itemId, { type: 'mcpToolCall', server, tool, title }, details);
			if (verdict.status === 'aborted') return { type: 'cancel' };
			// Only this call: nobody has looked at later ones.
			return verdict.status === 'approved' ? { type: 'elicited', action: 'accept', content: {}, meta: null } : declined(verdict);
		},
	};
}

const DETAILS = 8_000;

async function judge(host: TurnHost, turn: ReviewedTurn, { action, details }: { action: ReviewedAction; details: string }): Promise<ReviewVerdict> {
	const limit = AbortSignal.timeout(REVIEW_MS);
	const signal = AbortSignal.any([turn.signal, limit]);
	const safe = redactSecrets(details).slice(0, DETAILS);
	const question = [
		'The end of the conversation:',
		reviewTranscript(host.history.forRequest()) || '(nothing was said)',
		'The action:',
		redactSecrets(JSON.stringify({ ...action, sandbox: turn.settings.sandbox.type }, null, 1)),
		...(safe.trim() === '' ? [] : ['What the agent says of it, or what it would write:', safe]),
	].join('\n\n');
	for (let attempt = 1; ; attempt++) {
		try {
			return readVerdict(await answerOf(host, turn, { question, signal }));
		} catch (error) {
			if (turn.signal.aborted) return { status: 'aborted', risk: null, authorization: null, rationale: null };
			if (limit.aborted) {
				return {
					status: 'timedOut',
					risk: null,
					authorization: null,
					rationale: `The automatic review took longer than ${REVIEW_MS / 1000} seconds.`,
				};
			}
			if (attempt < ATTEMPTS && error instanceof ModelError && error.retryable) continue;
			return failed(redactSecrets(error instanceof Error ? error.message : String(error)).replace(/\.$/, ''));
		}
	}
}

/** The reviewer's whole answer. What it costs counts for the thread. */
async function answerOf(host: TurnHost, turn: ReviewedTurn, { question, signal }: { question: string; signal: AbortSignal }): Promise<string> {
	// The thread's own client may be in the middle of the response that asks for this.
	const client = new ThreadClient(host.id, host.ports);
	const instructions = reviewerInstructions(host.ports.reviewerPolicy(turn.settings.configScope));
	let answer = '';
	try {
		for await (const event of client.of(turn.settings).stream(requestOf(client, turn, { instructions, question }), signal)) {
			if (event.type === 'itemDone') answer = assistantText(event.item) ?? answer;
			if (event.type === 'completed' && event.usage) host.addUsage(event.usage);
		}
	} finally {
		client.dispose();
	}
	signal.throwIfAborted();
	return answer;
}

function assistantText(item: ResponseItem): string | null {
	if (item.type !== 'message' || item.role !== 'assistant') return null;
	return item.content.map((part) => (part.type === 'output_text' ? part.text : '')).join('');
}

function requestOf(
	client: ThreadClient,
	{ turnId, settings }: ReviewedTurn,
	{ instructions, question }: { readonly instructions: string; readonly question: string },
): ModelRequest {
	const efforts = settings.model.supportedEfforts.map(({ effort }) => effort);
	return {
		...client.identity(settings.model),
		model: settings.model.slug,
		instructions,
		input: [{ type: 'message', role: 'user', content: [{ type: 'input_text', text: question }] }],
		tools: [],
		parallelToolCalls: false,
		reasoning: efforts.includes('low') ? { effort: 'low' } : {},
		verbosity: null,
		outputSchema: verdictSchema,
		serviceTier: settings.serviceTier,
		turnId,
		clientMetadata: null,
	};
}
