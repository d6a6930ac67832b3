/**
 * What a person may answer to a question, in words that say what is allowed and for how long. Pure.
 */
import type {
	CommandExecutionApprovalDecision,
	CommandExecutionRequestApprovalParams,
	FileChangeRequestApprovalParams,
} from '../../server/protocol/approval.ts';
import type { ToolRequestUserInputParams } from '../../server/protocol/userInputRequest.ts';
import { decisionsToOffer } from '../../server/protocol/approvalDecisions.ts';
import { ruleReach } from '../../server/protocol/ruleReach.ts';
import { shellScriptOfWords } from '../../server/protocol/shellScript.ts';
import type { PendingQuestion, QuestionAnswer } from '../../webview/channel/messages.ts';

export interface Choice {
	/** Short, for a button. */
	readonly label: string;
	/** What exactly is allowed, and for how long. */
	readonly detail: string;
	/** `answer`: the choice of an option, which allows nothing. */
	readonly effect: 'allow' | 'refuse' | 'answer';
	readonly answer: QuestionAnswer;
}

/** A translator in the manner of `vscode.l10n.t`. */
export type Translate = (message: string, ...args: string[]) => string;

export function choicesOf(question: PendingQuestion, t: Translate): readonly Choice[] {
	switch (question.kind) {
		case 'command':
			return commandChoices(question.params, t);
		case 'fileChange':
			return fileChangeChoices(question.params, t);
		case 'permissions':
			return permissionsChoices(t);
		case 'userInput':
			return optionChoices(question.params);
	}
}

function permissionsChoices(t: Translate): readonly Choice[] {
	const choice = (decision: Extract<QuestionAnswer, { kind: 'permissions' }>['decision']) => ({ kind: 'permissions', decision }) as const;
	return [
		{
			label: t('Allow for this turn'),
			detail: t('Commands and changes of this turn may do this without asking.'),
			effect: 'allow',
			answer: choice('acceptForTurn'),
		},
		{
			label: t('Allow in this thread'),
			detail: t('Commands and changes may do this without asking until this thread is closed.'),
			effect: 'allow',
			answer: choice('acceptForSession'),
		},
		{
			label: t('Deny'),
			detail: t('The sandbox stays as it is; the agent goes on and looks for another way.'),
			effect: 'refuse',
			answer: choice('decline'),
		},
	];
}

/** The options of a single question. Several questions, and those for own words, are answered in the page. */
function optionChoices({ questions }: ToolRequestUserInputParams): readonly Choice[] {
	const [only, ...others] = questions;
	if (only === undefined || others.length > 0) return [];
	return (only.options ?? []).map(({ label, description }) => ({
		label,
		detail: description,
		effect: 'answer',
		answer: { kind: 'userInput', answers: { [only.id]: { answers: [label] } } },
	}));
}

function commandChoices(params: CommandExecutionRequestApprovalParams, t: Translate): readonly Choice[] {
	return decisionsToOffer(params).map((decision) => ({ ...commandWords(decision, params, t), answer: { kind: 'command', decision } }));
}

function commandWords(
	decision: CommandExecutionApprovalDecision,
	params: CommandExecutionRequestApprovalParams,
	t: Translate,
): { readonly label: string; readonly detail: string; readonly effect: Choice['effect'] } {
	const host = params.networkApprovalContext?.host ?? null;
	if (decision === 'accept') {
		const detail = host === null ? t('Runs this command, this one time.') : t('Lets this command reach {0} as long as it runs.', host);
		return { label: t('Allow once'), detail, effect: 'allow' };
	}
	if (decision === 'acceptForSession') {
		const detail =
			host === null
				? t('Runs exactly this command without asking until this thread is closed.')
				: t('Lets commands reach {0} without asking until this thread is closed.', host);
		return { label: t('Allow in this thread'), detail, effect: 'allow' };
	}
	if (decision === 'decline')
		return {
			label: t('Deny'),
			detail:
				host === null
					? t('The command does not run; the agent goes on and looks for another way.')
					: t('The command goes on without the connection.'),
			effect: 'refuse',
		};
	if (decision === 'cancel') {
		const detail = host === null ? t('The command does not run and the turn ends.') : t('The command is stopped and the turn ends.');
		return { label: t('Deny and stop'), detail, effect: 'refuse' };
	}
	if ('acceptWithExecpolicyAmendment' in decision) {
		const words = decision.acceptWithExecpolicyAmendment.execpolicy_amendment;
		const prefix = shellScriptOfWords(words);
		const { kind, examples } = ruleReach(words);
		return {
			label: t('Always allow "{0}"', prefix),
			detail: [
				kind === 'code'
					? t('Runs exactly "{0}" without asking and outside the sandbox, in every folder, until the rule is removed.', prefix)
					: t(
							'Runs every command that begins with "{0}" without asking and outside the sandbox, in every folder, until the rule is removed.',
							prefix,
						),
				...(kind === 'scripts' ? [t('What it does is up to files of the project, which may change.')] : []),
				...(examples.length === 0 ? [] : [t('Also allowed: {0}', examples.join(' · '))]),
			].join(' '),
			effect: 'allow',
		};
	}
	const rule = decision.applyNetworkPolicyAmendment.network_policy_amendment;
	return rule.action === 'allow'
		? { label: t('Always allow {0}', rule.host), detail: t('Every command may reach {0} until the rule is removed.', rule.host), effect: 'allow' }
		: { label: t('Never allow {0}', rule.host), detail: t('No command may reach {0} until the rule is removed.', rule.host), effect: 'refuse' };
}

function fileChangeChoices(params: FileChangeRequestApprovalParams, t: Translate): readonly Choice[] {
	const root = params.grantRoot ?? null;
	const session =
		root === null
			? t('These files may be changed without asking until this thread is closed.')
			: t('Everything below {0} may be changed without asking until this thread is closed.', root);
	return [
		{ label: t('Allow once'), detail: t('Makes this change, this one time.'), effect: 'allow', answer: { kind: 'fileChange', decision: 'accept' } },
		{ label: t('Allow in this thread'), detail: session, effect: 'allow', answer: { kind: 'fileChange', decision: 'acceptForSession' } },
		{
			label: t('Deny'),
			detail: t('Nothing is changed; the agent goes on and looks for another way.'),
			effect: 'refuse',
			answer: { kind: 'fileChange', decision: 'decline' },
		},
		{
			label: t('Deny and stop'),
			detail: t('Nothing is changed and the turn ends.'),
			effect: 'refuse',
			answer: { kind: 'fileChange', decision: 'cancel' },
		},
	];
}
