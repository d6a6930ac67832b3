import assert from 'node:assert/strict';
import { readFile as readAsset } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { quoteShellWord } from '../exec/shellQuote.ts';
import { isDestructive } from './harmless.ts';
import { mayAsk, readApprovalPolicy, refusedUnasked } from './mayAsk.ts';
import { locateHostRules } from './ruleFile.ts';
import { TreeSitterShellParser } from './shellParser.ts';
import { commandsInShells } from './shellWrapper.ts';

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
