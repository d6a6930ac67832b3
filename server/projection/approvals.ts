import type { CommandDecision, FileChangeDecision, UserInputAnswer } from '../approval/approver.ts';
import type {
	CommandExecutionApprovalDecision,
	CommandExecutionRequestApprovalParams,
	CommandExecutionRequestApprovalResponse,
	FileChangeRequestApprovalParams,
	FileChangeRequestApprovalResponse,
} from '../protocol/approval.ts';
import type { ToolRequestUserInputParams, ToolRequestUserInputResponse } from '../protocol/userInputRequest.ts';
import type { Question } from '../thread/questions.ts';
import { toCommandText } from './wireItem.ts';

export function toCommandApproval(
	threadId: string,
	{ turnId, askedAt, question }: Extract<Question, { kind: 'command' }>,
): CommandExecutionRequestApprovalParams {
	return {
		threadId,
		turnId,
		itemId: question.itemId,
		startedAtMs: askedAt,
		...(question.reason === null ? {} : { reason: question.reason }),
		command: toCommandText(question.argv),
		cwd: question.cwd,
		commandActions: [...question.actions],
		...(question.proposedPrefix === null ? {} : { proposedExecpolicyAmendment: [...question.proposedPrefix] }),
		availableDecisions: question.decisions.map(toWireDecision),
	};
}

export function toFileChangeApproval(
	threadId: string,
	{ turnId, askedAt, question }: Extract<Question, { kind: 'fileChange' }>,
): FileChangeRequestApprovalParams {
	return { threadId, turnId, itemId: question.itemId, startedAtMs: askedAt, reason: question.reason, grantRoot: question.grantRoot };
}

function toWireDecision(decision: CommandDecision): CommandExecutionApprovalDecision {
	if (decision.type !== 'acceptWithExecpolicyAmendment') return decision.type;
	return { acceptWithExecpolicyAmendment: { execpolicy_amendment: [...decision.prefix] } };
}

export function fromCommandAnswer({ decision }: CommandExecutionRequestApprovalResponse): CommandDecision {
	if (typeof decision === 'string') return { type: decision };
	if ('acceptWithExecpolicyAmendment' in decision) {
		return { type: 'acceptWithExecpolicyAmendment', prefix: decision.acceptWithExecpolicyAmendment.execpolicy_amendment };
	}
	// A network rule answers a question that this server does not ask.
	return { type: 'decline' };
}

export function fromFileChangeAnswer({ decision }: FileChangeRequestApprovalResponse): FileChangeDecision {
	return { type: decision };
}

export function toUserInputRequest(threadId: string, { turnId, question }: Extract<Question, { kind: 'userInput' }>): ToolRequestUserInputParams {
	const questions = question.questions.map(({ id, header, question: text, isOther, isSecret, options }) => ({
		id,
		header,
		question: text,
		isOther,
		isSecret,
		options: options && options.map((option) => ({ ...option })),
	}));
	return { threadId, turnId, itemId: question.itemId, questions };
}

export function fromUserInputAnswer({ answers }: ToolRequestUserInputResponse): UserInputAnswer {
	return { type: 'answered', answers: Object.fromEntries(Object.entries(answers).map(([id, each]) => [id, each.answers])) };
}
