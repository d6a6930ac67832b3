/** The answers to a question in the server's order, each with what exactly it allows and for how long. */
import type { CommandExecutionRequestApprovalParams } from '../../server/protocol/approval/approval.ts';
import { decisionsToOffer } from '../../server/protocol/approval/approvalDecisions.ts';
import { ruleReach } from '../../server/protocol/approval/ruleReach.ts';
import { shellScriptOfWords } from '../../server/protocol/approval/shellScript.ts';
import type { McpApproval } from '../channel/questions.ts';
import type { PendingQuestion } from '../channel/questions.ts';
import type { QuestionAnswer } from '../channel/requests/answers.ts';
import { strings } from '../strings.ts';

export interface ApprovalChoice {
	/** Only `accept` and `decline` are answered by a key: they are about this one time. */
	readonly kind: 'accept' | 'acceptMore' | 'decline' | 'declineMore' | 'cancel';
	readonly name: string;
	readonly description: string;
	readonly answer: QuestionAnswer;
}

type CommandDecision = Extract<QuestionAnswer, { kind: 'command' }>['decision'];

export function approvalChoices(question: Exclude<PendingQuestion, { kind: 'userInput' | 'elicitation' }>): readonly ApprovalChoice[] {
	switch (question.kind) {
		case 'command':
			return decisionsToOffer(question.params).map((decision) => commandChoice(decision, question.params));
		case 'fileChange':
			return [
				{ kind: 'accept', ...strings.choices.acceptFiles, answer: { kind: 'fileChange', decision: 'accept' } },
				{ kind: 'acceptMore', ...strings.choices.acceptFilesForSession, answer: { kind: 'fileChange', decision: 'acceptForSession' } },
				...workspaceChoice(question.params, strings.choices.workspace.files, { kind: 'fileChange', decision: 'acceptForWorkspace' }),
				{ kind: 'decline', ...strings.choices.decline, answer: { kind: 'fileChange', decision: 'decline' } },
				{ kind: 'cancel', ...strings.choices.cancel, answer: { kind: 'fileChange', decision: 'cancel' } },
			];
		case 'mcpApproval':
			return mcpChoices(question.params);
		case 'permissions':
			return [
				{ kind: 'accept', ...strings.choices.grantTurn, answer: { kind: 'permissions', decision: 'acceptForTurn' } },
				{ kind: 'acceptMore', ...strings.choices.grantSession, answer: { kind: 'permissions', decision: 'acceptForSession' } },
				...workspaceChoice(question.params, strings.choices.workspace.permissions, { kind: 'permissions', decision: 'acceptForWorkspace' }),
				{ kind: 'decline', ...strings.choices.decline, answer: { kind: 'permissions', decision: 'decline' } },
			];
	}
}

function mcpChoices({ what, persist }: McpApproval): readonly ApprovalChoice[] {
	const choice = (decision: Extract<QuestionAnswer, { kind: 'mcpApproval' }>['decision']) => ({ kind: 'mcpApproval', decision }) as const;
	const first =
		what.type === 'start'
			? { name: strings.mcpStart, description: what.plugin === null ? strings.mcpStartHint : strings.mcpStartPluginHint }
			: { name: strings.mcpOnce, description: strings.mcpOnceHint };
	return [
		{ kind: 'accept', ...first, answer: choice('accept') },
		...(persist.includes('session')
			? [{ kind: 'acceptMore', name: strings.mcpThread, description: strings.mcpThreadHint, answer: choice('acceptForSession') } as const]
			: []),
		...(persist.includes('always')
			? [{ kind: 'acceptMore', name: strings.mcpAlways, description: strings.mcpAlwaysHint, answer: choice('acceptAlways') } as const]
			: []),
		{ kind: 'decline', name: strings.mcpDeny, description: strings.mcpDenyHint, answer: choice('decline') },
	];
}

/** For all threads of the folder that the question names. */
function workspaceChoice(
	{ workspaceFolder: folder }: { readonly workspaceFolder?: string | undefined },
	scope: (folder: string) => string,
	answer: QuestionAnswer,
): readonly ApprovalChoice[] {
	const { name, stored } = strings.choices.workspace;
	return folder === undefined ? [] : [{ kind: 'acceptMore', name, description: `${scope(folder)} ${stored}`, answer }];
}

function commandChoice(decision: CommandDecision, params: CommandExecutionRequestApprovalParams): ApprovalChoice {
	// What the command wants to reach, when that is the question.
	const host = params.networkApprovalContext?.host ?? null;
	const isBeyond = params.additionalPermissions != null;
	const answer: QuestionAnswer = { kind: 'command', decision };
	const words = strings.choices;
	switch (decision) {
		case 'accept':
			return { kind: 'accept', ...words.accept, ...(host === null ? {} : { description: words.acceptHost.description(host) }), answer };
		case 'acceptForSession':
			return {
				kind: 'acceptMore',
				...(isBeyond ? words.acceptBeyondForSession : words.acceptForSession),
				...(host === null ? {} : { description: words.acceptHostForSession.description(host) }),
				answer,
			};
		case 'acceptForWorkspace': {
			const { name, stored, command, beyond, host: reached } = words.workspace;
			const folder = params.workspaceFolder ?? '';
			const scope = host === null ? (isBeyond ? beyond : command)(folder) : reached(host, folder);
			return { kind: 'acceptMore', name, description: `${scope} ${stored}`, answer };
		}
		case 'decline':
			return { kind: 'decline', ...(host === null ? words.decline : words.declineHost), answer };
		case 'cancel':
			return { kind: 'cancel', ...words.cancel, answer };
	}
	if ('acceptWithExecpolicyAmendment' in decision) {
		const { execpolicy_amendment: prefix } = decision.acceptWithExecpolicyAmendment;
		return { kind: 'acceptMore', name: words.acceptRule.name, description: ruleDescription(prefix), answer };
	}
	if ('applyNetworkPolicyAmendment' in decision) {
		const { host, action } = decision.applyNetworkPolicyAmendment.network_policy_amendment;
		const text = action === 'allow' ? words.allowHost : words.denyHost;
		return { kind: action === 'allow' ? 'acceptMore' : 'declineMore', name: text.name, description: text.description(host), answer };
	}
	return unknownChoice(decision);
}

/** Which rule would be saved, where and how long it holds, and what else it would allow. */
function ruleDescription(prefix: readonly string[]): string {
	const words = strings.choices.acceptRule;
	const { kind, examples } = ruleReach(prefix);
	const rule = shellScriptOfWords(prefix);
	const scope = kind === 'code' ? words.exactly(rule) : words.every(rule);
	return [
		scope,
		...(kind === 'scripts' ? [words.scripts] : []),
		words.stored,
		// Last: a full stop after a command would read as part of it.
		...(examples.length === 0 ? [] : [words.also(examples.join(' · '))]),
	].join(' ');
}

/** A decision of a server newer than this page is offered as what it is: data. */
function unknownChoice(decision: never): ApprovalChoice {
	return {
		kind: 'acceptMore',
		name: strings.choices.unknown.name,
		description: strings.choices.unknown.description(JSON.stringify(decision)),
		answer: { kind: 'command', decision },
	};
}
