import type { PrefixRule, RuleDecision } from './ruleFile.ts';

export interface RuleMatch {
	readonly decision: RuleDecision;
	readonly rule: PrefixRule;
}

const STRICTNESS: Readonly<Record<RuleDecision, number>> = { allow: 0, prompt: 1, forbidden: 2 };

function matches(rule: PrefixRule, words: readonly string[]): boolean {
	return rule.pattern.length <= words.length && rule.pattern.every((alternatives, i) => alternatives.includes(words[i] ?? ''));
}

/** The strictest rule that speaks about a command; null when none does. */
export function matchRules(rules: readonly PrefixRule[], words: readonly string[]): RuleMatch | null {
	let strictest: RuleMatch | null = null;
	for (const rule of rules) {
		if (!matches(rule, words)) continue;
		if (strictest === null || STRICTNESS[rule.decision] > STRICTNESS[strictest.decision]) strictest = { decision: rule.decision, rule };
	}
	return strictest;
}

/** Programs whose first words say nothing about what they will do: a rule for them alone would allow everything. */
const TOO_BROAD = new Set([
	'bash',
	'sh',
	'zsh',
	'dash',
	'ksh',
	'fish',
	'env',
	'sudo',
	'doas',
	'su',
	'xargs',
	'exec',
	'eval',
	'command',
	'nohup',
	'time',
	'timeout',
	'nice',
	'ssh',
	'python',
	'python2',
	'python3',
	'node',
	'deno',
	'bun',
	'perl',
	'ruby',
	'php',
	'lua',
	'osascript',
	'pwsh',
	'powershell',
	'cmd',
	'npx',
	'git',
	'find',
	'rm',
	'docker',
	'podman',
	'kubectl',
]);
const CODE_OPTIONS = new Set(['-c', '-e', '-lc', '-p', '--eval', '--print', '-m']);

/** Whether a prefix that a model proposes is narrow enough to be offered. */
export function isNarrow(prefix: readonly string[]): boolean {
	const [program = '', ...rest] = prefix;
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (name === '' || prefix.some((word) => word.trim() === '')) return false;
	return !TOO_BROAD.has(name) || (rest.length > 0 && !rest.every((word) => word.startsWith('-')) && !CODE_OPTIONS.has(rest[0] ?? ''));
}
