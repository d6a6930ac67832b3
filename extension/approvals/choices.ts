/**
 * What a person may answer to a question, in words that say what is allowed and for how long. Pure.
 */
import type {
	CommandExecutionApprovalDecision,
	CommandExecutionRequestApprovalParams,
	FileChangeRequestApprovalParams,
	PermissionsRequestApprovalParams,
} from '../../server/protocol/approval/approval.ts';
import type { ToolRequestUserInputParams } from '../../server/protocol/approval/userInputRequest.ts';
import { decisionsToOffer } from '../../server/protocol/approval/approvalDecisions.ts';
import { ruleReach } from '../../server/protocol/approval/ruleReach.ts';
import { shellScriptOfWords } from '../../server/protocol/approval/shellScript.ts';
import type { McpApproval } from '../../webview/channel/questions.ts';
import type { PendingQuestion } from '../../webview/channel/questions.ts';
import type { QuestionAnswer } from '../../webview/channel/requests/answers.ts';

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
			return permissionsChoices(question.params, t);
		case 'mcpApproval':
			return mcpChoices(question.params, t);
		case 'elicitation':
			return [];
		case 'userInput':
			return optionChoices(question.params);
	}
}

function permissionsChoices({ workspaceFolder: workspace }: PermissionsRequestApprovalParams, t: Translate): readonly Choice[] {
	const choice = (decision: Extract<QuestionAnswer, { kind: 'permissions' }>['decision']) => ({ kind: 'permissions', decision }) as const;
	return [
		{
			label: t('Allow for This Turn'),
			detail: t('Commands and changes in this turn can do this without asking.'),
			effect: 'allow',
			answer: choice('acceptForTurn'),
		},
		{
			label: t('Allow in This Thread'),
			detail: t('Commands and changes can do this without asking, until the thread is closed.'),
			effect: 'allow',
			answer: choice('acceptForSession'),
		},
		...(workspace === undefined
			? []
			: [
					{
						label: t('Allow in This Workspace'),
						detail: t('Commands and changes can do this without asking, in all threads in {0}, until you remove it.', workspace),
						effect: 'allow',
						answer: choice('acceptForWorkspace'),
					} as const,
				]),
		{
			label: t('Deny'),
			detail: t('The agent continues without it.'),
			effect: 'refuse',
			answer: choice('decline'),
		},
	];
}

function mcpChoices({ what, persist }: McpApproval, t: Translate): readonly Choice[] {
	const choice = (decision: Extract<QuestionAnswer, { kind: 'mcpApproval' }>['decision']) => ({ kind: 'mcpApproval', decision }) as const;
	const once =
		what.type === 'call'
			? { label: t('Allow Once'), detail: t('Makes this call once.') }
			: { label: t('Start'), detail: t('Runs exactly this command for this folder, now and later.') };
	return [
		{ ...once, effect: 'allow', answer: choice('accept') },
		...(persist.includes('session')
			? [
					{
						label: t('Allow in This Thread'),
						detail: t('Calls this tool without asking, until the thread is closed.'),
						effect: 'allow',
						answer: choice('acceptForSession'),
					} as const,
				]
			: []),
		...(persist.includes('always')
			? [
					{
						label: t('Always Allow'),
						detail: t('Calls this tool without asking, in all threads and folders, until you remove it.'),
						effect: 'allow',
						answer: choice('acceptAlways'),
					} as const,
				]
			: []),
		{ label: t('Deny'), detail: t('The agent continues without it.'), effect: 'refuse', answer: choice('decline') },
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
	const isBeyond = params.additionalPermissions != null;
	if (decision === 'accept') {
		const detail = host === null ? t('Runs this command once.') : t('This command may connect to {0} while it runs.', host);
		return { label: t('Allow Once'), detail, effect: 'allow' };
	}
	if (decision === 'acceptForSession') {
		const detail =
			host === null
				? isBeyond
					? t('Runs this exact command with these permissions again without asking, until the thread is closed.')
					: t('Runs this exact command again without asking, until the thread is closed.')
				: t('Connects to {0} without asking, until the thread is closed.', host);
		return { label: t('Allow in This Thread'), detail, effect: 'allow' };
	}
	if (decision === 'acceptForWorkspace') {
		const workspace = params.workspaceFolder ?? '';
		const detail =
			host === null
				? isBeyond
					? t('Runs this exact command with these permissions again without asking, in all threads in {0}, until you remove it.', workspace)
					: t('Runs this exact command again without asking, in all threads in {0}, until you remove it.', workspace)
				: t('Connects to {0} without asking, in all threads in {1}, until you remove it.', host, workspace);
		return { label: t('Allow in This Workspace'), detail, effect: 'allow' };
	}
	if (decision === 'decline')
		return {
			label: t('Deny'),
			detail: host === null ? t('The agent continues without it.') : t('The command continues without the connection.'),
			effect: 'refuse',
		};
	if (decision === 'cancel') {
		const detail = host === null ? t('Ends the turn.') : t('Stops the command and ends the turn.');
		return { label: t('Deny and Stop'), detail, effect: 'refuse' };
	}
	if ('acceptWithExecpolicyAmendment' in decision) {
		const words = decision.acceptWithExecpolicyAmendment.execpolicy_amendment;
		const prefix = shellScriptOfWords(words);
		const { kind, examples } = ruleReach(words);
		return {
			label: t('Always Allow "{0}"', prefix),
			detail: [
				kind === 'code'
					? t('Exactly "{0}", outside the sandbox, in all threads and folders, until you remove the rule.', prefix)
					: t('Every command that starts with "{0}", outside the sandbox, in all threads and folders, until you remove the rule.', prefix),
				...(kind === 'scripts' ? [t('It runs project files, which can change.')] : []),
				...(examples.length === 0 ? [] : [t('This also allows: {0}', examples.join(' · '))]),
			].join(' '),
			effect: 'allow',
		};
	}
	const rule = decision.applyNetworkPolicyAmendment.network_policy_amendment;
	return rule.action === 'allow'
		? {
				label: t('Always Allow {0}', rule.host),
				detail: t('Every connection to {0}, in all threads, until you remove the rule.', rule.host),
				effect: 'allow',
			}
		: {
				label: t('Always Block {0}', rule.host),
				detail: t('No connection to {0}, in all threads, until you remove the rule.', rule.host),
				effect: 'refuse',
			};
}

function fileChangeChoices(params: FileChangeRequestApprovalParams, t: Translate): readonly Choice[] {
	const root = params.grantRoot ?? null;
	const session =
		root === null
			? t('Changes these files without asking, until the thread is closed.')
			: t('Changes anything in {0} without asking, until the thread is closed.', root);
	return [
		{ label: t('Allow Once'), detail: t('Makes these changes once.'), effect: 'allow', answer: { kind: 'fileChange', decision: 'accept' } },
		{ label: t('Allow in This Thread'), detail: session, effect: 'allow', answer: { kind: 'fileChange', decision: 'acceptForSession' } },
		...(params.workspaceFolder === undefined
			? []
			: [
					{
						label: t('Allow in This Workspace'),
						detail: t('Changes these files without asking, in all threads in {0}, until you remove it.', params.workspaceFolder),
						effect: 'allow',
						answer: { kind: 'fileChange', decision: 'acceptForWorkspace' },
					} as const,
				]),
		{
			label: t('Deny'),
			detail: t('The agent continues without it.'),
			effect: 'refuse',
			answer: { kind: 'fileChange', decision: 'decline' },
		},
		{
			label: t('Deny and Stop'),
			detail: t('Ends the turn.'),
			effect: 'refuse',
			answer: { kind: 'fileChange', decision: 'cancel' },
		},
	];
}
