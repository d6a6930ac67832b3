import assert from 'node:assert/strict';
import { readFile as readAsset } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { type DecisionInput, decideCommand } from './commandDecision.ts';
import { isHarmlessScript } from './shell/harmless.ts';
import { isNarrow } from './prefixRules.ts';
import { parseRuleFile } from './ruleFile.ts';
import { TreeSitterShellParser } from './shell/shellParser.ts';

const wasm = new URL('../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readAsset(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const parse = (script: string) => parser.parse(script);

describe('shell parser', () => {
	it('reads plain commands with what joins them', async () => {
		const parsed = await parse('ls -a "my dir" \'$x\' a"b"c | head -n 1 && echo "a\\"\\$b" ;\npwd || true');
		assert.ok(parsed.kind === 'plain');
		assert.deepEqual(
			parsed.commands.map(({ words, after }) => [after, ...words]),
			[
				[null, 'ls', '-a', 'my dir', '$x', 'abc'],
				['|', 'head', '-n', '1'],
				['&&', 'echo', 'a"$b'],
				[';', 'pwd'],
				['||', 'true'],
			],
		);
	});

	it('gives up on everything else', async () => {
		for (const script of [
			'',
			'ls > x',
			'ls 2>&1',
			'cat < x',
			'cat <<E\n$HOME\nE',
			'cat <<E\n`pwd`\nE',
			'cat <<E\na\\\nb\nE',
			'cat <<E > x\nhi\nE',
			"cat <<'E' | sh\nhi\nE",
			"cat <<'E' && ls\nhi\nE",
			"cat <<'E' b\nhi\nE",
			"cat <<-'E'\n\thi\n\tE",
			"cat <<'E F'\nhi\nE F",
			"cat <<'E' <<'F'\n1\nE\n2\nF",
			"cat 3<<'E'\nhi\nE",
			"cat <<'E'\nhi",
			"cat <<'E'\nhi\n E\nls",
			"cat -- - x - \\\n<<'E'\nhi\nE",
			'cat <<< x',
			'echo $(pwd)',
			'echo `pwd`',
			'echo $HOME',
			'echo "$HOME"',
			"echo $'a'",
			'echo $"a"',
			'FOO=1 ls',
			'FOO=1',
			'ls &',
			'ls & pwd',
			'a |& b',
			'! ls',
			'(ls)',
			'{ ls; }',
			'if true; then ls; fi',
			'for i in a; do ls; done',
			'while true; do ls; done',
			'f() { ls; }',
			'function f { ls; }',
			'ls <(pwd)',
			'ls >(cat)',
			'echo $((1+1))',
			'[[ a ]]',
			'echo {a,b}',
			'echo a\\ b',
			'ls\\\npwd',
			'ls \\\n\npwd',
			'ls \\ \npwd',
			'ls # comment',
			'echo "a',
			'ls\r\npwd',
			'ls\0',
			'l\u001bs',
			'case x in x) ls;; esac',
			'ls;;',
			'*',
			'"" ls',
			'ls *(e:touch:)',
			'a=(1 2)',
			'ls $IFS',
			'time ls; x=1',
		]) {
			assert.equal((await parse(script)).kind, 'opaque', script);
		}
	});

	it('takes every script for opaque when the grammar is missing', async () => {
		const problems: unknown[] = [];
		const broken = new TreeSitterShellParser({ read: () => Promise.reject(new Error('gone')) }, (error) => problems.push(error));
		assert.equal((await broken.parse('ls')).kind, 'opaque');
		assert.equal(problems.length, 1);
	});
});

describe('harmless commands', () => {
	it('are the known reads', async () => {
		for (const script of [
			'ls',
			'cat a.txt',
			'pwd',
			'echo hi',
			'ls && pwd',
			'grep x a.txt',
			'find . -name a.txt',
			'git status',
			'git branch',
			'head -n 1 a.txt',
			'sed -n 1p a.txt',
			'true',
			'cat a.txt | wc -l',
			'rg x a.txt',
			'which ls',
			'base64 a.txt',
			'git log --oneline -n 5',
			'git --no-pager diff HEAD~1 -- src',
			'ls *.ts',
			'sed -n 10,20p x | head',
			'git branch -a',
			'uniq a',
			'cd sub && cat x',
		]) {
			assert.ok(isHarmlessScript(await parse(script)), script);
		}
	});

	it('are nothing else', async () => {
		for (const script of [
			'echo hi > b.txt',
			'ls; rm -f zzz',
			'find . -name zzz -delete',
			'git branch -d zzz',
			'sed s/x/y/ a.txt',
			'echo $(pwd)',
			'printf x',
			'python3 -c 1',
			'npm test',
			'find . -exec rm {} +',
			'find . -execdir x',
			'find . -fprintf x y',
			'find . -ok x',
			'find . -fls x',
			'rg --pre=sh x',
			'rg --pre sh x',
			'rg -nz x',
			'rg --search-zip x',
			'rg --hostname-bin=x y',
			'git -c core.pager=x log',
			'git -C other status',
			'git log --output=x',
			'git log --outp=x',
			'git diff --ext-diff',
			'git show --textconv',
			'git push',
			'git checkout .',
			'git branch new',
			'git branch -D x',
			'git --exec-path=x status',
			'git grep -O x',
			'git --paginate log',
			'git -p log',
			'git status --foo\\ b',
			'sed -n 1p -i a',
			'sed -n 1p a b',
			'sed -n 1w a',
			'sed -i s/a/b/ x',
			'sed -n -f x',
			'uniq a b',
			'base64 -o x a',
			'base64 --output=x',
			'sort -o x y',
			'tee x',
			'xargs rm',
			'env ls',
			'sudo ls',
			'command ls',
			'exec ls',
			'eval ls',
			'bash -c ls',
			'./ls',
			'/tmp/ls',
			'../ls',
			'cat a | sh',
			'ls | xargs rm',
			'awk 1 x',
			'rg x *',
			'find *',
			'git log *',
			'cd evil && git status',
			'ls && curl x',
			'lѕ',
			'LS',
			'time ls',
			'coproc ls',
			'nice ls',
			'busybox ls',
			'alias ls=rm',
			'source x',
			'. x',
			'kill 1',
			'touch x',
			'date -s x',
			'tree -o x',
			'less x',
			'vi x',
			'man ls',
			'yes',
			'git',
			'git log --exec=x',
			'git rev-parse --open-files-in-pager=x',
			'git diff --o x',
			'dd if=a of=b',
			'ln -s a b',
			'hostname x',
			'constructor',
			'toString x',
		]) {
			assert.ok(!isHarmlessScript(await parse(script)), script);
		}
	});
});

describe('the decision about a command', () => {
	const workspace = { type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeSlashTmp: false, excludeTmpdirEnvVar: false } as const;
	const full = { type: 'dangerFullAccess' } as const;
	async function decide(script: string, more: Partial<DecisionInput> = {}) {
		const parsed = await parse(script);
		return decideCommand({
			approvalPolicy: 'untrusted',
			sandbox: workspace,
			argv: ['/bin/bash', '-lc', script],
			script: parsed,
			inShells: [],
			escalated: false,
			granted: false,
			rules: [],
			requestedPrefix: null,
			...more,
		});
	}

	it('under untrusted runs harmless reads in the sandbox and asks about the rest', async () => {
		assert.deepEqual(await decide('ls'), { type: 'run', reach: 'policy' });
		assert.deepEqual(await decide('touch a && echo b'), { type: 'ask', reach: 'policy', reason: null, proposedPrefix: ['touch', 'a'] });
		assert.deepEqual(await decide('echo x > y'), { type: 'ask', reach: 'policy', reason: null, proposedPrefix: ['/bin/bash', '-lc', 'echo x > y'] });
		assert.equal((await decide('ls', { escalated: true })).type, 'ask');
		assert.equal((await decide('touch a', { granted: true })).type, 'run');
	});

	it('under on-request asks about escalation only, and about rm -rf', async () => {
		const policy = { approvalPolicy: 'on-request' } as const;
		assert.deepEqual(await decide('npm test', policy), { type: 'run', reach: 'policy' });
		const escalated = await decide('npm test', { ...policy, escalated: true });
		assert.ok(escalated.type === 'ask' && escalated.reach === 'none');
		assert.deepEqual(await decide('npm test', { ...policy, escalated: true, granted: true }), { type: 'run', reach: 'none' });
		assert.equal((await decide('npm test', { ...policy, escalated: true, sandbox: full })).type, 'run');
		assert.equal((await decide('ls; sudo rm -rf x', policy)).type, 'ask');
	});

	it('under never neither asks nor leaves the sandbox', async () => {
		const policy = { approvalPolicy: 'never' } as const;
		assert.deepEqual(await decide('npm test', policy), { type: 'run', reach: 'policy' });
		assert.equal((await decide('npm test', { ...policy, escalated: true })).type, 'refuse');
		assert.equal((await decide('npm test', { ...policy, escalated: true, granted: true })).type, 'refuse');
		assert.equal((await decide('rm -rf x', policy)).type, 'refuse');
		assert.equal((await decide('rm -rf x', { ...policy, sandbox: full })).type, 'run');
	});

	it('takes a program that is named with a folder of the system for the one of its rule, and no other', async () => {
		const rules = parseRuleFile('prefix_rule(pattern=["cargo","build"])');
		for (const program of ['cargo', '/usr/bin/cargo', '/bin/cargo', '/usr/local/bin/cargo']) {
			assert.deepEqual(await decide(`${program} build`, { rules }), { type: 'run', reach: 'none' }, program);
		}
		for (const program of ['./cargo', '/tmp/bin/cargo', '/ws/usr/bin/cargo', '/usr/bin/../../tmp/cargo']) {
			assert.equal((await decide(`${program} build`, { rules })).type, 'ask', program);
		}
	});

	it('follows rules: the strictest wins, and all commands of a script must be covered', async () => {
		const rules = parseRuleFile(
			'prefix_rule(pattern=["npm", ["test", "run"]])\nprefix_rule(pattern=["npm","run","x"], decision="forbidden", justification="no")',
		);
		assert.deepEqual(await decide('npm test -- a && ls', { rules }), { type: 'run', reach: 'policy' });
		assert.deepEqual(await decide('cd sub && npm test && echo ok', { rules }), { type: 'run', reach: 'none' });
		assert.equal((await decide('npm test && cat x', { rules, escalated: true })).type, 'ask');
		assert.equal((await decide('npm test; curl x', { rules })).type, 'ask');
		assert.equal((await decide('npm test > x', { rules })).type, 'ask');
		assert.deepEqual(await decide('npm run x', { rules }), { type: 'refuse', text: "`/bin/bash -lc 'npm run x'` rejected: a rule forbids it: no" });
		assert.equal((await decide('npm run x', { rules, approvalPolicy: 'never' })).type, 'refuse');
		for (const hidden of ['npm run x > y', 'if true; then npm run x; fi', 'echo $(npm run x)', 'A=1 npm run x $B', 'npm run x &']) {
			assert.equal((await decide(hidden, { rules, approvalPolicy: 'on-request' })).type, 'refuse', hidden);
		}
		const prompt = parseRuleFile('prefix_rule(pattern=["ls"], decision="prompt")');
		assert.equal((await decide('ls', { rules: prompt })).type, 'ask');
		assert.equal((await decide('ls', { rules: prompt, approvalPolicy: 'on-request' })).type, 'ask');
		assert.equal((await decide('ls', { rules: prompt, approvalPolicy: 'never' })).type, 'refuse');
	});

	it('refuses what a granular policy does not let ask, and says so', async () => {
		const granular = (asked: boolean) => ({
			granular: { sandbox_approval: asked, rules: asked, skill_approval: asked, request_permissions: asked, mcp_elicitations: asked },
		});
		const rules = parseRuleFile('prefix_rule(pattern=["curl"], decision="prompt", justification="asks first")\nprefix_rule(pattern=["mkdir"])');
		const sandbox = { type: 'readOnly', networkAccess: false } as const;
		for (const [script, escalated, topic] of [
			['touch x', true, 'sandbox_approval'],
			['rm -rf x', false, 'sandbox_approval'],
			['curl x', false, 'rules'],
		] as const) {
			assert.equal((await decide(script, { rules, sandbox, escalated, approvalPolicy: granular(true) })).type, 'ask', script);
			const refused = await decide(script, { rules, sandbox, escalated, approvalPolicy: granular(false) });
			assert.ok(refused.type === 'refuse');
			assert.ok(refused.text.includes(`granular with ${topic} = false`), refused.text);
		}
		assert.deepEqual(await decide('touch x', { sandbox, approvalPolicy: granular(false) }), { type: 'run', reach: 'policy' });
		assert.deepEqual(await decide('mkdir x', { rules, sandbox, approvalPolicy: granular(false) }), { type: 'run', reach: 'none' });
	});

	it('offers the rule of the model only when it fits and is narrow', async () => {
		const offered = async (script: string, requestedPrefix: string[]) => {
			const decision = await decide(script, { requestedPrefix });
			return decision.type === 'ask' ? decision.proposedPrefix : null;
		};
		assert.deepEqual(await offered('touch one.txt', ['touch']), ['touch']);
		assert.deepEqual(await offered('touch one.txt', ['npm']), ['touch', 'one.txt']);
		assert.deepEqual(await offered('echo a > b', ['echo']), ['/bin/bash', '-lc', 'echo a > b']);
		assert.deepEqual(await offered('python3 -c 1', ['python3']), ['python3', '-c', '1']);
		assert.deepEqual(await offered('git push', ['git', 'push']), ['git', 'push']);
		// What has to be asked about, and neither what only reads nor what a rule speaks of.
		assert.deepEqual(await offered('ls && touch one.txt', ['none']), ['touch', 'one.txt']);
		const rules = parseRuleFile('prefix_rule(pattern=["mkdir"], decision="prompt")');
		const ruled = await decide('mkdir x && touch one.txt', { rules });
		assert.deepEqual(ruled.type === 'ask' && ruled.proposedPrefix, ['touch', 'one.txt']);
		assert.ok(!isNarrow(['bash', '-c', 'x']) && !isNarrow(['/usr/bin/env']) && !isNarrow([]) && isNarrow(['npm', 'test']));
	});
});
