import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { type Decision, decideCommand } from '../commandDecision.ts';
import { isHarmlessScript } from './harmless.ts';
import { isNarrow } from '../prefixRules.ts';
import { parseRuleFile } from '../ruleFile.ts';
import { TreeSitterShellParser } from './shellParser.ts';
import { commandsInShells } from './shellWrapper.ts';
import commands from './hostileCommands.json' with { type: 'json' };

const wasm = new URL('../../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readFile(new URL(name, wasm)) }, (error) => assert.fail(String(error)));

/** By kind: each could run, write or send something, and most look as if they only read. */
const HOSTILE: Readonly<Record<string, readonly string[]>> = commands.hostile;
/** What an agent does all day while it reads a project. */
const EVERYDAY: readonly string[] = commands.everyday;

describe('hostile commands', () => {
	it('are at least 150', () => {
		assert.ok(new Set(Object.values(HOSTILE).flat()).size >= 150);
	});

	for (const [kind, scripts] of Object.entries(HOSTILE)) {
		it(`are not taken for harmless: ${kind}`, async () => {
			const taken = [];
			for (const script of scripts) if (isHarmlessScript(await parser.parse(script))) taken.push(script);
			assert.deepEqual(taken, []);
		});
	}

	it('are asked about under the policy "untrusted", each of them', async () => {
		const wrong = [];
		for (const script of Object.values(HOSTILE).flat()) {
			if ((await decide(script, '')).type !== 'ask') wrong.push(script);
		}
		assert.deepEqual(wrong, []);
	});

	it('may nest as deep as they are long, and what stands in them is seen', async () => {
		const nested = [
			['(', ')'],
			['$(', ')'],
			['{ ', ';}'],
			['echo "$(', ')"'],
			['ls && ', ''],
		] as const;
		for (const [open, close] of nested) {
			const depth = Math.floor(19_000 / (open.length + close.length));
			const script = `${open.repeat(depth)}cp a b > x${close.repeat(depth)}`;
			assert.equal((await parser.parse(script)).kind, 'opaque', open);
		}
		const forbidden = 'prefix_rule(pattern=["cp"], decision="forbidden")';
		assert.equal((await decide(`${'( '.repeat(3000)}cp a b${' )'.repeat(3000)}`, forbidden)).type, 'refuse');
	});

	it('do not come through a rule for what they begin with', async () => {
		const rules = 'prefix_rule(pattern=["npm", "test"])\nprefix_rule(pattern=["ls"])\nprefix_rule(pattern=["echo"])\nprefix_rule(pattern=["cat"])\n';
		const wrong = [];
		for (const rest of [
			'; touch x',
			' && touch x',
			' | sh',
			' > x',
			'\ntouch x',
			' $(touch x)',
			' `touch x`',
			' & touch x',
			' <(touch x)',
			' "$(touch x)"',
		]) {
			if ((await decide(`npm test${rest}`, rules)).type !== 'ask') wrong.push(rest);
		}
		for (const kind of ['substitution', 'redirection', 'hereDocs', 'chaining'] as const) {
			for (const script of HOSTILE[kind] ?? []) if ((await decide(script, rules)).type !== 'ask') wrong.push(script);
		}
		assert.deepEqual(wrong, []);
	});
});

describe('a rule that forbids', () => {
	const rules = 'prefix_rule(pattern=["git", "push"], decision="forbidden")\nprefix_rule(pattern=["rm"], decision="prompt")';
	it('is not passed by another way to write the command', async () => {
		const passed = [];
		for (const script of [
			'git push',
			'"git" pu"sh"',
			'/usr/bin/git push',
			'git -C elsewhere push',
			'git -c core.pager=x --no-pager push origin',
			'git --git-dir=x push',
			'sudo git push',
			'sudo -u root /usr/bin/git push',
			'env A=1 git push',
			'timeout 5 nice -n 3 git push',
			'nohup git push',
			'command git push',
			'eval git push',
			'xargs git push',
			'bash -c "git push"',
			'/bin/bash -lc \'sh -c "git push"\'',
			"bash -lc 'git push > log'",
			"bash -c 'cd x; git push'",
			'ls && git push',
			'ls && bash -c "git push"',
			'sudo bash -ec "git push"',
			'env A=1 /usr/bin/bash --norc -c "cd x && git push"',
			"find . -exec sh -c 'git push' ;",
			"A=1 bash -lc 'git push'",
			"bash -c 'git push' > log",
			'(git push)',
			'if true; then git push; fi',
			'echo $(git push)',
			'git push > log',
			'A=1 git push',
			'for a in b; do sudo git push; done',
		])
			if ((await decide(script, rules)).type !== 'refuse') passed.push(script);
		assert.deepEqual(passed, []);
	});

	it('says nothing of commands that only look like it', async () => {
		for (const script of ['git log push', 'echo git push', 'gitpush', 'git', 'grep "git push" README.md', 'npm run push']) {
			assert.notEqual((await decide(script, rules)).type, 'refuse', script);
		}
	});
});

describe('everyday reads', () => {
	it('are harmless, each of them', async () => {
		const asked = [];
		for (const script of EVERYDAY) if (!isHarmlessScript(await parser.parse(script))) asked.push(script);
		assert.deepEqual(asked, []);
	});
});

describe('a rule that the model proposes', () => {
	it('is not offered when it would allow whatever comes after', () => {
		const wide = [
			['bash'],
			['bash', '-c'],
			['bash', '-lc'],
			['/bin/sh', '-c'],
			['python3'],
			['python3', '-c'],
			['python3.12', '-c'],
			['node', '-e'],
			['env'],
			['env', 'FOO=1'],
			['env', 'FOO=1', 'npm', 'test'],
			['sudo'],
			['sudo', '-u', 'root'],
			['xargs'],
			['xargs', '-n1'],
			['timeout', '10'],
			['nice', '-n', '5'],
			['ssh', 'host'],
			['git'],
			['git', '-c', 'x=y'],
			['git', '-C', 'dir'],
			['find', '.'],
			['rm'],
			['rm', '-rf'],
			['awk'],
			['make'],
			['curl'],
			['wget'],
			['docker', 'run'],
			['docker', 'exec'],
			['kubectl', 'exec'],
			['npx'],
			['npm'],
			['npm', 'exec'],
			['npm', 'run'],
			['pnpm', 'dlx'],
			['uv', 'run'],
			['uvx'],
			['pip'],
			['cargo'],
			['go', 'run'],
			['busybox', 'sh'],
			['stdbuf', '-o0'],
			['nohup'],
			['command'],
			['eval'],
			['exec'],
			['.'],
			['source'],
			[''],
			[' '],
			[],
		];
		assert.deepEqual(
			wide.filter((prefix) => isNarrow(prefix)),
			[],
		);
	});

	it('is offered when it says what will be done', () => {
		const narrow = [
			['npm', 'test'],
			['npm', 'run', 'build'],
			['git', 'commit'],
			['cargo', 'test'],
			['make', 'check'],
			['pytest'],
			['docker', 'ps'],
			['go', 'test'],
			['timeout', '10', 'npm', 'test'],
			['python3', 'x.py'],
		];
		assert.deepEqual(
			narrow.filter((prefix) => !isNarrow(prefix)),
			[],
		);
	});
});

async function decide(script: string, rules: string): Promise<Decision> {
	const parsed = await parser.parse(script);
	return decideCommand({
		approvalPolicy: 'untrusted',
		sandbox: { type: 'readOnly', networkAccess: false },
		argv: ['bash', '-lc', script],
		script: parsed,
		inShells: await commandsInShells(parsed, parser),
		escalated: false,
		granted: false,
		rules: parseRuleFile(rules),
		requestedPrefix: null,
	});
}
