import { joinShellWords } from '../exec/shellQuote.ts';
import { isRestricted } from '../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../sandbox/policy/policy.ts';
import type { ApprovalPolicy } from '../items/settings.ts';
import { isDestructive, isDestructiveScript, isHarmless, isHarmlessScript } from './shell/harmless.ts';
import { mayAsk, type QuestionTopic, refusedUnasked } from './mayAsk.ts';
import { isNarrow, isOpenEnded, matchNamedRules, matchRules, matchStrictRules, type RuleMatch } from './prefixRules.ts';
import type { PrefixRule } from './ruleFile.ts';
import type { Reach } from './grants/sessionGrants.ts';
import type { ParsedScript } from './shell/parsedScript.ts';
import { isNamedForRules, pipesOwnPaths, rulesForWindows, type WindowsLanguage } from './shell/windowsScript.ts';

export interface DecisionInput {
	readonly approvalPolicy: ApprovalPolicy;
	readonly sandbox: SandboxPolicy;
	/** What would be started, without a sandbox around it. */
	readonly argv: readonly string[];
	readonly script: ParsedScript;
	/** What can be read of the commands in texts that the script gives to shells. */
	readonly inShells: readonly (readonly string[])[];
	/** Whether the model asks to run it without the sandbox. */
	readonly escalated: boolean;
	/** Whether a person has allowed this very command in this thread, in the reach that is asked for. */
	readonly granted: boolean;
	readonly rules: readonly PrefixRule[];
	/** The rule that the model proposes to save. */
	readonly requestedPrefix: readonly string[] | null;
}

/** `reach`: in the policy's sandbox or without one. */
export type Decision =
	| { readonly type: 'run'; readonly reach: Reach }
	| { readonly type: 'ask'; readonly reach: Reach; readonly reason: string | null; readonly proposedPrefix: readonly string[] | null }
	| { readonly type: 'refuse'; readonly text: string };

export const NO_ESCALATION = 'approval policy is Never; reject command — you cannot ask for escalated permissions if the approval policy is Never';

const NEUTRAL: ReadonlySet<string> = new Set(['cd', 'echo', 'false', 'pwd', 'true', 'get-location', 'set-location', 'write-output']);

interface Part {
	readonly words: readonly string[];
	readonly isHarmless: boolean;
	/** It neither reads nor writes files, so that no sandbox is missed around it. */
	readonly isNeutral: boolean;
	readonly match: RuleMatch | null;
	/** A here-document says what it does: its words alone are not to be allowed for good. */
	readonly reads?: boolean;
}

/** The commands of a script; the whole argv as one where the script is not understood. */
function partsOf(input: DecisionInput): readonly Part[] {
	const { script, inShells, argv } = input;
	const language = windowsLanguage(script);
	const rules = language === null ? input.rules : rulesForWindows(input.rules, language);
	if (script.kind === 'opaque') {
		const match = strictestIn(rules, [...(script.seen ?? []), ...inShells]) ?? matchRules(rules, argv);
		return [{ words: argv, isHarmless: false, isNeutral: false, match }];
	}
	const isHarmlessTogether = isHarmlessScript(script);
	const hasOwnPaths = pipesOwnPaths(script.commands);
	const within = strictestIn(rules, inShells);
	return script.commands.map((command) => {
		const match = within ?? matchStrictRules(rules, command.words) ?? (isNamedForRules(command) ? matchNamedRules(rules, command.words) : null);
		return {
			words: command.words,
			// `git` after `cd` is harmless for nobody, the rest of such a script still is.
			isHarmless: hasOwnPaths && isHarmless(command) && (isHarmlessTogether || command.words[0] !== 'git'),
			isNeutral: !command.hasGlob && command.input === undefined && NEUTRAL.has(command.words[0] ?? '') && match === null,
			match,
			reads: command.input !== undefined,
		};
	});
}

function windowsLanguage(script: ParsedScript): WindowsLanguage | null {
	return (script.kind === 'opaque' ? script.windows : script.commands[0]?.windows?.language) ?? null;
}

function strictestIn(rules: readonly PrefixRule[], commands: readonly (readonly string[])[]): RuleMatch | null {
	const found = commands.flatMap((words) => matchStrictRules(rules, words) ?? []);
	return found.find(({ decision }) => decision === 'forbidden') ?? found[0] ?? null;
}

/** The rule that an answer could save: what the model proposes when it fits, else the first command that has to be asked about. */
export function proposedPrefix(input: DecisionInput): readonly string[] | null {
	const open = partsOf(input).filter((part) => !part.isHarmless && part.match === null);
	const first = open[0] ?? partsOf(input).find((part) => part.match === null);
	if (first === undefined || first.reads === true) return null;
	const wanted = input.requestedPrefix;
	const fits = wanted !== null && wanted.length > 0 && wanted.every((word, i) => first.words[i] === word);
	if (fits && input.script.kind === 'plain' && isNarrow(wanted)) return wanted;
	return isOpenEnded(first.words) ? null : first.words;
}

/** What is to happen with a command before it runs. Pure; the order of the questions is the order of precedence. */
export function decideCommand(input: DecisionInput): Decision {
	const { approvalPolicy, escalated } = input;
	const parts = partsOf(input);
	const reach: Reach = escalated ? 'none' : 'policy';
	const ask = (reason: string | null = null): Decision => ({ type: 'ask', reach, reason, proposedPrefix: proposedPrefix(input) });

	const forbidden = parts.find((part) => part.match?.decision === 'forbidden');
	if (forbidden) {
		const why = forbidden.match?.rule.justification;
		return { type: 'refuse', text: `\`${joinShellWords(input.argv)}\` rejected: a rule forbids it${why ? `: ${why}` : ''}` };
	}
	const allowed = parts.filter((part) => part.match?.decision === 'allow');
	if (allowed.length > 0) {
		const others = parts.filter((part) => !allowed.includes(part));
		// That is what a rule is for: the sandbox would stop what it was made to allow. Reads beside it stay inside.
		if (others.every((part) => part.isNeutral)) return { type: 'run', reach: 'none' };
		if (!escalated && others.every((part) => part.match === null && part.isHarmless)) return { type: 'run', reach: 'policy' };
	}
	if (escalated && approvalPolicy === 'never') return { type: 'refuse', text: NO_ESCALATION };
	if (input.granted) return { type: 'run', reach };

	const prompting = parts.find((part) => part.match?.decision === 'prompt');
	const isCritical = isDestructiveScript(input.script) || isDestructive(input.argv);
	if (approvalPolicy === 'never') {
		if (prompting)
			return {
				type: 'refuse',
				text: `\`${joinShellWords(input.argv)}\` rejected: a rule wants a person to be asked, and the approval policy is never`,
			};
		if (isCritical && isRestricted(input.sandbox)) return { type: 'refuse', text: `\`${joinShellWords(input.argv)}\` rejected: blocked by policy` };
		return { type: 'run', reach };
	}
	const askAbout = (topic: QuestionTopic, reason: string | null = null): Decision =>
		mayAsk(approvalPolicy, topic)
			? ask(reason)
			: { type: 'refuse', text: `\`${joinShellWords(input.argv)}\` ${refusedUnasked(approvalPolicy, topic)}` };
	if (prompting) return askAbout('rules', prompting.match?.rule.justification ?? null);
	if (isCritical) return askAbout('sandbox_approval');
	if (typeof approvalPolicy === 'object') return escalated && isRestricted(input.sandbox) ? askAbout('sandbox_approval') : { type: 'run', reach };
	switch (approvalPolicy) {
		case 'on-failure':
		case 'on-request':
			return escalated && isRestricted(input.sandbox) ? ask() : { type: 'run', reach };
		case 'untrusted':
			return parts.every((part) => part.isHarmless) && !(escalated && isRestricted(input.sandbox)) ? { type: 'run', reach: 'policy' } : ask();
	}
}
