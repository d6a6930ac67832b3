import assert from 'node:assert/strict';
import { readFile as readAsset } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { quoteShellWord } from '../exec/shellQuote.ts';
import { commandActions } from './shell/commandActions.ts';
import { isDestructive, isHarmlessScript } from './shell/harmless.ts';
import { mayAsk, readApprovalPolicy, refusedUnasked } from './mayAsk.ts';
import { isNarrow, isOpenEnded } from './prefixRules.ts';
import { locateHostRules } from './ruleFile.ts';
import { TreeSitterShellParser } from './shell/shellParser.ts';
import { commandsInShells, withoutShell } from './shell/shellWrapper.ts';

const wasm = new URL('../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readAsset(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const parse = (script: string) => parser.parse(script);

describe('what is asked about', () => {
	const kinds = ['sandbox_approval', 'rules', 'skill_approval', 'request_permissions', 'mcp_elicitations'] as const;

	it('follows the policy, kind by kind, and is refused in words for the model otherwise', () => {
		for (const topic of kinds) {
			assert.deepEqual(
				(['untrusted', 'on-failure', 'on-request', 'never'] as const).map((policy) => mayAsk(policy, topic)),
				[true, true, true, false],
			);
			const only = readApprovalPolicy({ granular: { [topic]: true } });
			assert.ok(only !== null);
			assert.deepEqual(
				kinds.filter((each) => mayAsk(only, each)),
				[topic],
			);
		}
		const reasons = kinds.map((topic) => refusedUnasked('never', topic));
		assert.equal(new Set(reasons).size, kinds.length, 'each says what nobody is asked about');
		for (const reason of reasons) assert.match(reason, /policy is never, so nobody is asked about \w.{10,}\. Find another way/);
		assert.match(
			refusedUnasked(
				{ granular: { sandbox_approval: true, rules: false, skill_approval: true, request_permissions: true, mcp_elicitations: true } },
				'rules',
			),
			/granular with rules = false/,
		);
	});

	it('is no policy when it is anything else', () => {
		for (const value of [null, undefined, 'always', '', 7, [], {}, { granular: null }, { granular: 'on' }, () => 'never'])
			assert.equal(readApprovalPolicy(value), null);
		assert.equal(readApprovalPolicy(Object.assign(() => {}, { granular: {} })), null);
	});
});

describe('rules about hosts', () => {
	const rule = (args: string) => locateHostRules(`network_rule(${args})\n`).map(({ rule: found }) => found);

	it('are read with each protocol and decision', () => {
		for (const protocol of ['http', 'https', 'socks5_tcp', 'socks5_udp'])
			for (const [decision, read] of [
				['allow', 'allow'],
				['prompt', 'prompt'],
				['deny', 'deny'],
				['forbidden', 'deny'],
			] as const)
				assert.deepEqual(
					rule(`host = "a.example", protocol = "${protocol}", decision = "${decision}"`).map(({ host, decision: found }) => [host, found]),
					[['a.example', read]],
				);
	});

	it('that say something else are refused, with the line and what is wrong', () => {
		for (const [args, message] of [
			['host = "a", protocol = "ftp", decision = "allow"', /protocol must be one of http, https/],
			['host = "a", decision = "allow"', /protocol must be one of/],
			['host = "a", protocol = "http", decision = "maybe"', /decision must be "allow", "prompt" or "deny", not "maybe"/],
			['host = "a", protocol = "http"', /decision must be .* not null/],
			['host = "*.a", protocol = "http", decision = "allow"', /without wildcards/],
			['host = "a b", protocol = "http", decision = "allow"', /without wildcards/],
			['host = " ", protocol = "http", decision = "allow"', /needs host/],
			['protocol = "http", decision = "allow"', /needs host/],
		] as const)
			assert.throws(() => rule(args), message, args);
	});
});

describe('what destroys', () => {
	it('is rm with force, in any spelling, also behind sudo', () => {
		for (const command of ['rm -f a', 'rm -rf a', 'rm -fr a', 'rm --force a', 'rm --forc a', 'rm a -f', 'sudo rm -f a'])
			assert.ok(isDestructive(command.split(' ')), command);
		for (const command of ['rm a', 'rm -r a', 'rm -- -f', 'rm --one-file-system a', 'mv -f a b', 'sudo ls', 'echo rm -f', ''])
			assert.ok(!isDestructive(command.split(' ')), command);
	});
});

describe('a script that only starts a shell', () => {
	const within = async (script: string) => {
		const found = await withoutShell(await parse(script), parser);
		return found.kind === 'plain' ? found.commands.map(({ words }) => words.join(' ')) : null;
	};

	it('is what the shell is given, also a shell in a shell', async () => {
		for (const shell of ['bash -c', 'bash -lc', 'sh -c', '/bin/zsh -lc', '/usr/bin/dash -c'])
			assert.deepEqual(await within(`${shell} 'git push; ls'`), ['git push', 'ls'], shell);
		assert.deepEqual(await within(`bash -c "sh -c 'git push'"`), ['git push']);
		assert.equal(await within(`bash -c 'echo $(x)'`), null);
	});

	it('is itself where it does more, or starts it in another way', async () => {
		for (const script of [
			'git push',
			`bash -x 'git push'`,
			`bash -c 'git push' more`,
			`mybash -c 'git push'`,
			`/opt/bash -c 'git push'`,
			'bash -c',
			`bash -c 'git push' && ls`,
			`ls; bash -c 'git push'`,
		])
			assert.deepEqual(
				await within(script),
				script.split(/ && |; /).map((text) => text.replaceAll("'", '')),
				script,
			);
	});

	it('is not what a shell reads beside its text, and ends after three shells', async () => {
		const read = { words: ['bash', '-c', 'git push'], hasGlob: false, after: null, input: 'x' };
		const script = { kind: 'plain', commands: [read] } as const;
		assert.equal(await withoutShell(script, parser), script);
		const glob = { kind: 'plain', commands: [{ ...read, input: undefined, hasGlob: true }] } as const;
		assert.equal(await withoutShell(glob as never, parser), glob);
		const deep = (depth: number): string => (depth === 0 ? 'git push' : `sh -c ${quoteShellWord(deep(depth - 1))}`);
		assert.deepEqual(await within(deep(3)), ['git push']);
		assert.match((await within(deep(4)))?.[0] ?? '', /^sh -c git push$/);
	});
});

describe('commands in texts for shells', () => {
	const inside = async (script: string) => commandsInShells(await parse(script), parser);

	it('are found behind any shell by any path, also in one another', async () => {
		for (const shell of ['bash', 'sh', 'zsh', 'dash', 'ksh', '/bin/bash', '/opt/x/zsh'])
			assert.deepEqual(await inside(`${shell} -c "git push"`), [['git', 'push']], shell);
		assert.deepEqual(await inside('env A=1 bash -lc "git push"'), [['git', 'push']]);
		assert.deepEqual(await inside(`sh -c "bash -c 'git push'"`), [
			['bash', '-c', 'git push'],
			['git', 'push'],
		]);
	});

	it('are looked for three shells deep', async () => {
		const within = (depth: number): string => (depth === 0 ? 'git push' : `sh -c ${quoteShellWord(within(depth - 1))}`);
		assert.deepEqual((await inside(within(3))).at(-1), ['git', 'push']);
		assert.deepEqual((await inside(within(4))).at(-1)?.[0], 'sh');
	});

	it('are none where no shell gets a text', async () => {
		for (const script of ['python -c "git push"', 'bash script.sh', 'bash -x "git push"', 'echo "git push"', 'mybash -c "git push"', 'bash'])
			assert.deepEqual(await inside(script), [], script);
	});
});

describe('what only prints', () => {
	const isHarmless = async (script: string) => isHarmlessScript(await parse(script));

	it('is known by every option that would write, start or read something else', async () => {
		for (const script of [
			'base64 a',
			'base64 -d a',
			'rg word',
			'rg -n word src',
			'find . -name a',
			'sed -n 1,3p a',
			'uniq -c',
			'uniq a',
			'git branch -a',
			'git --no-pager log',
		])
			assert.ok(await isHarmless(script), script);
		const writing = [
			...[
				'base64 --output=b a',
				'base64 -o b a',
				'base64 --out b a',
				'rg --pre sh word',
				'rg --hostname-bin x w',
				'rg -z w',
				'rg --search-zip w',
				'uniq a b',
				'uniq -x a',
			],
			...['-exec', '-execdir', '-ok', '-okdir', '-delete', '-fprint', '-fprint0', '-fprintf', '-fls'].map((action) => `find . ${action} x`),
			...['--output=x', '--ext-diff', '--textconv', '--exec', '--paginate', '--open-files-in-pager', '--show-signature', '--format=%GK'].map(
				(option) => `git log ${option}`,
			),
			...['sed 1,3p a', 'sed -n w a', 'sed -n 1,3p -i', 'git branch new', 'git push', 'git', 'git --git-dir x log'],
		];
		for (const script of writing) assert.ok(!(await isHarmless(script)), script);
	});
});

describe('a rule that an answer could save', () => {
	it('names a script of the project, and nothing that runs whatever follows', () => {
		for (const program of ['npm', 'pnpm', 'yarn', 'cargo', 'go', 'uv', 'poetry']) {
			assert.ok(isNarrow([program, 'run', 'build']), program);
			for (const rest of [[], ['run'], ['run', '-x'], ['run', 'python'], ['run', '/usr/bin/node']])
				assert.ok(!isNarrow([program, ...rest]), `${program} ${rest.join(' ')}`);
		}
		for (const words of [
			['docker', 'run', 'image'],
			['env', 'A=1', 'ls'],
			['timeout', '5', 'bash'],
			['sudo', '-u', 'x'],
			['python'],
			['python', '-c'],
			[' ', 'x'],
			['git', ''],
		])
			assert.ok(!isNarrow(words), words.join(' '));
		for (const words of [
			['timeout', '5m', 'npm', 'test'],
			['python', 'a.py'],
			['git', 'push'],
			['make', 'all'],
			['docker', 'ps'],
		])
			assert.ok(isNarrow(words), words.join(' '));
	});

	it('is open-ended without an operand where the program can do anything', () => {
		for (const words of [['bash'], ['bash', '-x'], ['python', '-i'], ['npm']]) assert.ok(isOpenEnded(words), words.join(' '));
		for (const words of [
			['bash', 'a.sh'],
			['npm', 'test'],
			['npm', 'run', 'x'],
		])
			assert.ok(!isOpenEnded(words), words.join(' '));
	});
});

describe('options that take a word along', () => {
	it('do not hide what is searched and where', async () => {
		const search = async (command: string) =>
			commandActions(command, await parse(command), '/ws').map((action) => [
				action.type,
				'query' in action ? action.query : null,
				'path' in action ? action.path : null,
			]);
		for (const option of ['-A', '-B', '-C', '-m', '-f', '--include', '--exclude', '--exclude-dir', '--max-count'])
			assert.deepEqual(await search(`grep ${option} 2 word lib`), [['search', 'word', 'lib']], option);
		for (const option of [
			'-A',
			'-B',
			'-C',
			'-m',
			'-g',
			'-t',
			'-T',
			'--glob',
			'--type',
			'--type-not',
			'--max-count',
			'--max-depth',
			'-d',
			'-j',
			'--sort',
		])
			assert.deepEqual(await search(`rg ${option} 2 word lib`), [['search', 'word', 'lib']], option);
		for (const option of ['-e', '-t', '-d', '-E', '--extension', '--type', '--max-depth', '--exclude'])
			assert.deepEqual(await search(`fd ${option} 2 word lib`), [['search', 'word', 'lib']], option);
		for (const option of ['-I', '-w', '-L', '--ignore', '--level', '-T'])
			assert.deepEqual(await search(`tree ${option} 2 lib`), [['listFiles', null, 'lib']], option);
		assert.deepEqual(await search('grep -e word lib'), [['search', 'word', 'lib']]);
	});
});
