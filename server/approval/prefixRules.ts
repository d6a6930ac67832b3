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

/** Folders of the system, in which nobody but its owner puts programs. */
const SYSTEM_PROGRAM = /^\/(?:usr\/)?(?:local\/)?s?bin\/([^/]+)$/;

/** The same for a program that is named with the system's folder: a rule about `git` is one about `/usr/bin/git`. */
export function matchNamedRules(rules: readonly PrefixRule[], [program = '', ...args]: readonly string[]): RuleMatch | null {
	const name = SYSTEM_PROGRAM.exec(program)?.[1];
	return matchRules(rules, [program, ...args]) ?? (name === undefined ? null : matchRules(rules, [name, ...args]));
}

/** Shells and languages: a file or a text of code after them says what they do. */
const INTERPRETER =
	/^(?:bash|sh|zsh|dash|ksh|fish|python|node|deno|bun|perl|ruby|php|lua|osascript|pwsh|powershell|cmd|awk|gawk|mawk|nawk|tclsh|expect|r|rscript|julia|irb|ghci|jshell)[\d.]*$/;
/** Whatever follows them is a command of its own, whose end nobody knows. */
const RUNNERS = new Set(
	(
		'eval exec source find . builtin command xargs parallel ssh su doas script watch at batch npx bunx uvx pipx busybox coproc trap chroot unshare nsenter ' +
		'call start for forfiles runas wsl rundll32 regsvr32 mshta wscript cscript msiexec schtasks wmic ' +
		'iex invoke-expression icm invoke-command saps start-process foreach-object invoke-item ii'
	).split(' '),
);
/** They run the command after them in another way, so that it decides. */
const WRAPPERS = new Set('env sudo nohup time timeout nice ionice stdbuf setsid strace ltrace flock taskset'.split(' '));
/** The word after them says what they do. */
const WITH_SUBCOMMAND = new Set(
	'git npm pnpm yarn cargo go docker podman kubectl helm pip pip3 uv poetry conda make gh aws gcloud az terraform ansible systemctl apt apt-get dnf brew gradle mvn dotnet'.split(
		' ',
	),
);
/** Subcommands that run what comes after them. */
const RUNNING_SUBCOMMANDS = new Set('run exec dlx x shell eval alias config foreach'.split(' '));
/** Without anything after them they may reach, send or destroy whatever there is. */
const FAR_REACHING = new Set(
	(
		'rm rmdir dd curl wget nc ncat socat rsync scp sftp chmod chown mv cp ln tee sed tar install kill pkill killall ' +
		'del erase rd copy move xcopy robocopy reg sc net netsh taskkill icacls takeown attrib mklink remove-item ri copy-item move-item ' +
		'set-content add-content out-file new-item set-item invoke-webrequest iwr invoke-restmethod irm stop-process set-executionpolicy'
	).split(' '),
);

function programName(program: string): string {
	return program
		.slice(program.lastIndexOf('/') + 1)
		.toLowerCase()
		.replace(/\.exe$/, '');
}

/** Options of git that stand before its subcommand; the first ones take the next word with them. */
const GIT_VALUED = new Set(['-C', '-c', '--git-dir', '--work-tree', '--namespace', '--config-env', '--exec-path']);

function withoutGitOptions(words: readonly string[]): readonly string[] {
	let at = 1;
	while (words[at]?.startsWith('-')) at += GIT_VALUED.has(words[at] ?? '') ? 2 : 1;
	return ['git', ...words.slice(at)];
}

/** Without the folder of the program, and without what stands before a subcommand of git. */
function bare(words: readonly string[]): readonly string[] {
	const [program = '', ...args] = words;
	const name = programName(program);
	return name === 'git' ? withoutGitOptions(words) : [name, ...args];
}

/** What a command may come down to: also whatever stands behind a program that runs others. Too much rather than too little. */
function readings(words: readonly string[]): readonly (readonly string[])[] {
	const name = programName(words[0] ?? '');
	const isRunner = RUNNERS.has(name) || WRAPPERS.has(name);
	return isRunner ? words.map((_, at) => bare(words.slice(at))) : [bare(words)];
}

/** The strictest rule that asks or forbids, in any reading of a command. */
export function matchStrictRules(rules: readonly PrefixRule[], words: readonly string[]): RuleMatch | null {
	const strict = rules.filter(({ decision }) => decision !== 'allow');
	if (strict.length === 0) return null;
	const found = [words, ...readings(words)].flatMap((reading) => matchRules(strict, reading) ?? []);
	return found.find(({ decision }) => decision === 'forbidden') ?? found[0] ?? null;
}

/** Whether a prefix that a model proposes is narrow enough to be offered: it has to say what the commands will do. */
export function isNarrow(prefix: readonly string[]): boolean {
	const [program = '', next = '', ...rest] = prefix;
	const name = programName(program);
	if (name === '' || prefix.some((word) => word.trim() === '')) return false;
	if (RUNNERS.has(name)) return false;
	if (WRAPPERS.has(name)) return !/^-|=/.test(next) && isNarrow(/^\d+[smhd]?$/.test(next) ? rest : prefix.slice(1));
	const hasOperand = next !== '' && !next.startsWith('-');
	if (INTERPRETER.test(name)) return hasOperand;
	if (WITH_SUBCOMMAND.has(name)) return hasOperand && (!RUNNING_SUBCOMMANDS.has(next) || isNameOfScript(name, rest));
	return !FAR_REACHING.has(name) || hasOperand;
}

/** `npm run build` names what the project itself calls so; `docker run image` runs whatever follows. */
function isNameOfScript(program: string, rest: readonly string[]): boolean {
	const isOfProject = ['npm', 'pnpm', 'yarn', 'cargo', 'go', 'uv', 'poetry'].includes(program);
	return isOfProject && rest[0] !== undefined && !rest[0].startsWith('-') && !INTERPRETER.test(programName(rest[0]));
}

/** Whether a whole command, taken as a prefix, would allow everything that its program can do. */
export function isOpenEnded(words: readonly string[]): boolean {
	return !isNarrow(words) && words.slice(1).every((word) => word.startsWith('-'));
}
