import { redactSecrets } from '../config/redact.ts';
import { joinShellWords } from '../exec/shellQuote.ts';
import type { ApprovalAudit, AuditEntry } from '../store/approvalAudit.ts';
import type { ReviewedAction } from '../items/approvalReview.ts';
import type { TurnEvent } from '../items/events.ts';
import type { Answer, Question } from '../items/question.ts';
import type { Observer } from './threadObserver.ts';

/** Writes down what is decided in every thread. `changed` runs when something may have been allowed for more than one time. */
export function auditApprovals(options: { readonly audit: ApprovalAudit; readonly changed: () => void }): Observer {
	const record = (entry: AuditEntry): void => {
		options.audit.record(entry);
		// After whoever asked has done what the answer says.
		if (entry.rule !== null || (entry.lifetime !== null && entry.lifetime !== 'once')) setImmediate(options.changed);
	};
	return {
		phase: 'record',
		attach: (threadId) => ({
			event: (event) => {
				if (event.type === 'approvalReview' && event.review.verdict !== null) record(entryOfReview(threadId, event));
			},
			closed: (question, answer, by) => {
				const entry = entryOf({ threadId, question, answer, by });
				if (entry !== null) record(entry);
			},
		}),
	};
}

/** The longest text of an entry, in characters. */
const MAX_TEXT = 4_000;
const safe = (text: string): string => redactSecrets(text).slice(0, MAX_TEXT);

interface Answered {
	readonly threadId: string;
	readonly question: Question;
	readonly answer: Answer;
	readonly by: string | null;
}

/** Null for what is no approval. */
function entryOf({ threadId, question, answer, by }: Answered): AuditEntry | null {
	const base = { at: Date.now(), threadId, turnId: question.turnId, decision: answer.type, by, folder: null, rule: null };
	switch (question.kind) {
		case 'command': {
			const { itemId, argv, cwd, network } = question.question;
			if (network !== undefined) {
				const saved = answer.type === 'applyNetworkPolicyAmendment' ? [answer.action, network.host] : null;
				const what = safe(`${network.host}:${network.port} (${network.protocol}) for ${joinShellWords(argv)}`);
				return { ...base, itemId, kind: 'host', what, folder: cwd, rule: saved, lifetime: lifetimeOf(answer) };
			}
			const rule = answer.type === 'acceptWithExecpolicyAmendment' ? answer.prefix : null;
			return { ...base, itemId, kind: 'command', what: safe(joinShellWords(argv)), folder: cwd, rule, lifetime: lifetimeOf(answer) };
		}
		case 'fileChange': {
			const { itemId, changes } = question.question;
			return { ...base, itemId, kind: 'fileChange', what: safe(changes.map(({ path }) => path).join(', ')), lifetime: lifetimeOf(answer) };
		}
		case 'permissions': {
			const { itemId, permissions } = question.question;
			const given = answer.type === 'grant' ? answer.permissions : permissions;
			return { ...base, itemId, kind: 'permissions', what: safe(permissionText(given)), lifetime: lifetimeOf(answer) };
		}
		case 'elicitation': {
			const { itemId, serverName, purpose, message } = question.question;
			if (purpose === 'serverAsks') return null;
			const decision = answer.type === 'elicited' ? answer.action : answer.type;
			return { ...base, itemId, kind: 'mcp', what: safe(`${serverName}: ${message}`), decision, lifetime: lifetimeOf(answer) };
		}
		case 'userInput':
		case 'toolCall':
			return null;
	}
}

function lifetimeOf(answer: Answer): AuditEntry['lifetime'] {
	switch (answer.type) {
		case 'accept':
			return 'once';
		case 'acceptForSession':
			return 'thread';
		case 'acceptForWorkspace':
			return 'workspace';
		case 'acceptWithExecpolicyAmendment':
			return 'always';
		case 'applyNetworkPolicyAmendment':
			return answer.action === 'allow' ? 'always' : null;
		case 'elicited': {
			if (answer.action !== 'accept') return null;
			const persist = typeof answer.meta === 'object' && answer.meta !== null && 'persist' in answer.meta ? answer.meta.persist : null;
			return persist === 'always' ? 'always' : persist === 'session' ? 'thread' : 'once';
		}
		case 'grant':
			return answer.scope === 'session' ? 'thread' : answer.scope;
		default:
			return null;
	}
}

function permissionText({
	network,
	read,
	write,
}: {
	readonly network: boolean;
	readonly read: readonly string[];
	readonly write: readonly string[];
}) {
	return [...(network ? ['network'] : []), ...read.map((path) => `read ${path}`), ...write.map((path) => `write ${path}`)].join(', ') || 'nothing';
}

function entryOfReview(threadId: string, { turnId, at, review }: Extract<TurnEvent, { type: 'approvalReview' }>): AuditEntry {
	const { action, itemId, verdict } = review;
	const isApproved = verdict?.status === 'approved';
	const base = { at, threadId, turnId, itemId, decision: verdict?.status ?? 'aborted', by: 'auto_review', rule: null, what: safe(whatOf(action)) };
	switch (action.type) {
		case 'networkAccess':
			return { ...base, kind: 'host', folder: null, lifetime: isApproved ? 'once' : null };
		case 'command':
			return { ...base, kind: 'command', folder: action.cwd, lifetime: isApproved ? 'once' : null };
		case 'applyPatch':
			return { ...base, kind: 'fileChange', folder: action.cwd, lifetime: isApproved ? 'once' : null };
		case 'mcpToolCall':
			return { ...base, kind: 'mcp', folder: null, lifetime: isApproved ? 'once' : null };
		case 'requestPermissions':
			return { ...base, kind: 'permissions', folder: null, lifetime: isApproved ? 'turn' : null };
	}
}

function whatOf(action: ReviewedAction): string {
	switch (action.type) {
		case 'networkAccess':
			return `${action.host}:${action.port} (${action.protocol}) for ${action.command}`;
		case 'command':
			return action.command;
		case 'applyPatch':
			return action.files.join(', ');
		case 'mcpToolCall':
			return `${action.server}: ${action.tool}`;
		case 'requestPermissions':
			return permissionText(action);
	}
}
