import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import { RuleBook } from './ruleBook.ts';
import { parseRuleFile } from './ruleFile.ts';
import { SessionGrants } from './sessionGrants.ts';
import { TreeSitterShellParser } from './shellParser.ts';

const wasm = new URL('../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readFile(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const parse = (script: string) => parser.parse(script);

describe('grants for a session', () => {
	it('match the parsed command, its folder and its reach, in one thread', async () => {
		const grants = new SessionGrants();
		const of = async (text: string, cwd = '/ws', reach: 'policy' | 'none' = 'policy') => ({
			argv: ['sh', '-c', text],
			script: await parse(text),
			cwd,
			reach,
		});
		grants.allow('t', await of('touch  "a"'));
		assert.ok(grants.has('t', await of("touch 'a'")));
		assert.ok(!grants.has('t', await of('touch a b')));
		assert.ok(!grants.has('t', await of('touch a', '/other')));
		assert.ok(!grants.has('t', await of('touch a', '/ws', 'none')));
		assert.ok(!grants.has('u', await of('touch a')));
		grants.allow('t', await of('echo x >> y', '/ws', 'none'));
		assert.ok(grants.has('t', await of('echo x >> y')));
		assert.ok(!grants.has('t', await of('echo x >>  y')));
		grants.forget('t');
		assert.ok(!grants.has('t', await of('touch a')));
	});
});

describe('rule files', () => {
	it('are read with comments, alternatives and calls for others', () => {
		const rules = parseRuleFile(
			`# mine\nprefix_rule(\n  pattern = ["git", ["push", 'fetch']], # both\n  decision = "prompt",\n  match = ["git push"],\n)\nnetwork_rule(host="x")\n`,
		);
		assert.deepEqual(rules, [{ pattern: [['git'], ['push', 'fetch']], decision: 'prompt', justification: null }]);
	});

	it('name the line of a mistake', () => {
		assert.throws(() => parseRuleFile('prefix_rule(pattern=["a"])\nprefix_rule(pattern=[])'), /line 2: prefix_rule needs pattern/);
		assert.throws(() => parseRuleFile('prefix_rule(pattern=["a"], decision="yes")'), /decision must be .*not "yes"/);
		assert.throws(() => parseRuleFile('\n\n%'), /line 3/);
		assert.throws(() => parseRuleFile('prefix_rule(pattern=["a"'), /expected ,, found the end of the file/);
	});

	it('grow by what people allow, once, and are there after a restart', async () => {
		const home = await mkdtemp(path.join(os.tmpdir(), 'tiller-rules-'));
		const problems: string[] = [];
		const book = new RuleBook(home, (message) => problems.push(message));
		assert.deepEqual(await book.rules(), []);
		await Promise.all([book.allow(['touch']), book.allow(['echo', 'a "b"\n'])]);
		await book.allow(['touch']);
		const text = await readFile(path.join(home, 'rules', 'default.rules'), 'utf8');
		assert.equal(text, 'prefix_rule(pattern=["touch"], decision="allow")\nprefix_rule(pattern=["echo", "a \\"b\\"\\n"], decision="allow")\n');
		assert.deepEqual(await new RuleBook(home, assert.fail).rules(), await book.rules());
		await writeFile(path.join(home, 'rules', 'bad.rules'), 'oops');
		const again = new RuleBook(home, (message) => problems.push(message));
		assert.equal((await again.rules()).length, 2);
		assert.match(problems.join(), /bad\.rules are not used: line 1/);
		await rm(home, { recursive: true });
		await mkdir(home);
		await writeFile(path.join(home, 'rules'), 'a file');
		await new RuleBook(home, (message) => problems.push(message)).allow(['x']);
		assert.match(problems.at(-1) ?? '', /could not be saved/);
		await rm(home, { recursive: true });
	});
});
