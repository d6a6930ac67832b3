import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { describe, it } from 'mocha';
import type { Config } from '../config/config.ts';
import { readConfigFile } from '../config/layers/configFile.ts';
import { parseConfig } from '../config/validate.ts';
import { folderTrust } from './folderTrust.ts';
import { PermissionGrants } from './grants/permissionGrants.ts';
import { RuleBook } from './ruleBook.ts';
import { parseRuleFile } from './ruleFile.ts';
import { SessionGrants } from './grants/sessionGrants.ts';
import { TreeSitterShellParser } from './shell/shellParser.ts';
import { inEnglish } from '../words/l10n.ts';

const wasm = new URL('../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readFile(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const parse = (script: string) => parser.parse(script);
const bookOf = (home: string, problems: string[], projectFolders: string[] = []) =>
	new RuleBook({ home, projectFolders: () => projectFolders, onProblem: ({ message }) => problems.push(inEnglish(message)) });

describe('grants for a session', () => {
	it('match the parsed command, its folder and its reach, in one thread', async () => {
		const grants = new SessionGrants();
		const of = async (text: string, cwd = '/ws', reach: 'policy' | 'none' = 'policy') => ({
			argv: ['sh', '-c', text],
			script: await parse(text),
			cwd,
			reach,
		});
		grants.allow('t', await of('touch  "a"'), 'i');
		assert.ok(grants.has('t', await of("touch 'a'")));
		assert.ok(grants.has('t', await of('cd /ws && touch a', '/tmp')), 'the folder may stand in the text');
		assert.ok(grants.has('t', { ...(await of('touch a')), argv: ['/bin/zsh', '-lc', 'touch a'] }), 'in another shell');
		assert.ok(!grants.has('t', await of('cd /other && touch a')));
		assert.ok(!grants.has('t', await of('cd /ws; touch a', '/other')));
		assert.ok(!grants.has('t', await of('touch a b')));
		assert.ok(!grants.has('t', await of('touch a', '/other')));
		assert.ok(!grants.has('t', await of('touch a', '/ws', 'none')));
		assert.ok(!grants.has('u', await of('touch a')));
		grants.allow('t', await of('echo x >> y', '/ws', 'none'), 'i');
		assert.ok(grants.has('t', await of('echo x >> y')));
		assert.ok(!grants.has('t', await of('echo x >>  y')));
		grants.endThread('t');
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
		const book = bookOf(home, problems);
		assert.deepEqual(await book.rules('/'), []);
		await Promise.all([book.allow(['touch']), book.allow(['echo', 'a "b"\n'])]);
		await book.allow(['touch']);
		const text = await readFile(path.join(home, 'rules', 'default.rules'), 'utf8');
		assert.equal(text, 'prefix_rule(pattern=["touch"], decision="allow")\nprefix_rule(pattern=["echo", "a \\"b\\"\\n"], decision="allow")\n');
		assert.deepEqual(await bookOf(home, []).rules('/'), await book.rules('/'));
		await writeFile(path.join(home, 'rules', 'bad.rules'), 'oops');
		const again = bookOf(home, problems);
		assert.equal((await again.rules('/')).length, 2);
		assert.match(problems.join(), /bad\.rules are not used: line 1/);
		await rm(home, { recursive: true });
		await mkdir(home);
		await writeFile(path.join(home, 'rules'), 'a file');
		await bookOf(home, problems).allow(['x']);
		assert.match(problems.at(-1) ?? '', /could not be saved/);
		await rm(home, { recursive: true });
	});

	it('hold as soon as their file is changed, and a broken one leaves the others alone', async () => {
		const home = await mkdtemp(path.join(os.tmpdir(), 'tiller-rules-'));
		const problems: string[] = [];
		const project = path.join(home, 'project', '.codex', 'rules');
		const book = bookOf(home, problems, [project]);
		assert.deepEqual(await book.rules('/'), []);
		await mkdir(path.join(home, 'rules'));
		await mkdir(project, { recursive: true });
		await writeFile(path.join(home, 'rules', 'a.rules'), 'prefix_rule(pattern=["a"])');
		await writeFile(path.join(project, 'p.rules'), '\nprefix_rule(pattern=["p"], decision="forbidden", justification="ours")');
		await writeFile(path.join(home, 'rules', 'broken.rules'), 'prefix_rule(pattern=["x"])\nprefix_rule(oops');
		assert.deepEqual(
			(await book.rules('/')).map(({ pattern }) => pattern),
			[[['a']], [['p']]],
		);
		await book.rules('/');
		assert.equal(problems.length, 1);
		assert.match(problems[0] ?? '', /broken\.rules are not used: line 2/);
		const listed = await book.list(['/']);
		assert.deepEqual(
			listed.map(({ what, decision, line, folder, reason, outsideSandbox }) => ({ what, decision, line, folder, reason, outsideSandbox })),
			[
				{ what: 'a', decision: 'allow', line: 1, folder: null, reason: null, outsideSandbox: true },
				{ what: 'p', decision: 'forbidden', line: 2, folder: path.join(home, 'project'), reason: 'ours', outsideSandbox: false },
			],
		);
		await writeFile(path.join(home, 'rules', 'broken.rules'), 'prefix_rule(pattern=["x"])');
		assert.equal((await book.rules('/')).length, 3);
		await rm(home, { recursive: true });
	});

	it('are taken out of their file one by one, and all else of it stays', async () => {
		const home = await mkdtemp(path.join(os.tmpdir(), 'tiller-rules-'));
		const book = bookOf(home, []);
		await mkdir(path.join(home, 'rules'));
		const file = path.join(home, 'rules', 'mine.rules');
		const [before, rule, after] = [
			'# Mine, "ä"\r\n\tprefix_rule(pattern=["a"])  # first\n',
			'  prefix_rule(\n    pattern = ["b", ["c", "d e"]],\n  )  \n',
			'\n# end',
		];
		await writeFile(file, before + rule + after);
		const b = (await book.list([])).find(({ what }) => what.startsWith('b'));
		assert.deepEqual([b?.what, b?.line, b?.file], ["b {c,'d e'}", 3, file]);
		assert.ok(b);
		await book.revoke(b);
		assert.equal(await readFile(file, 'utf8'), before + after);
		await assert.rejects(book.revoke(b), /not in .* any more/);
		const [a] = await book.list([]);
		assert.ok(a);
		await book.revoke(a);
		assert.equal(await readFile(file, 'utf8'), '# Mine, "ä"\r\n\t  # first\n\n# end');
		assert.deepEqual(await book.rules('/'), []);
		await rm(home, { recursive: true });
	});
});

describe('what was granted for a while', () => {
	it('is listed and taken back, permission by permission', async () => {
		const grants = new PermissionGrants();
		const where = { threadId: 't', turnId: 'u', itemId: 'i' };
		grants.allow(where, { network: true, read: [], write: ['/a', '/b'] }, 'session');
		grants.allow(where, { network: false, read: ['/r'], write: [] }, 'turn');
		const listed = await grants.list();
		assert.deepEqual(
			listed.map(({ what, lifetime }) => [what, lifetime]),
			[
				['network', 'thread'],
				['write /a', 'thread'],
				['write /b', 'thread'],
				['read /r', 'turn'],
			],
		);
		for (const what of ['network', 'write /a']) {
			const found = listed.find((each) => each.what === what);
			assert.ok(found);
			await grants.revoke(found);
		}
		assert.deepEqual(grants.of('t', 'u'), { network: false, read: ['/r'], write: ['/b'] });
		grants.endTurn('t', 'u');
		assert.deepEqual(grants.of('t', 'u2'), { network: false, read: [], write: ['/b'] });
	});

	it('is the trust of a folder too, which leaves no other line changed', async () => {
		const home = await mkdtemp(path.join(os.tmpdir(), 'tiller-trust-'));
		const file = path.join(home, 'config.toml');
		const text = '# top\nmodel = "m"\n\n[projects."/a b"]\ntrust_level = "trusted"\n\n[projects."/c"] # note\ntrust_level = "untrusted"\nother = 1\n';
		await writeFile(file, text);
		const config = (): Config => parseConfig(readConfigFile(file).table);
		const store = folderTrust(file, config);
		const [a, c] = await store.list([]);
		assert.deepEqual([a?.what, a?.decision, a?.line, c?.what, c?.decision, c?.line], ['/a b', 'allow', 4, '/c', 'forbidden', 7]);
		assert.match(a?.reason ?? '', /does not exist any more/, 'a folder that is gone is offered for removal');
		assert.ok(a && c);
		await store.revoke(a);
		assert.equal(await readFile(file, 'utf8'), '# top\nmodel = "m"\n\n[projects."/c"] # note\ntrust_level = "untrusted"\nother = 1\n');
		await store.revoke(c);
		assert.equal(await readFile(file, 'utf8'), '# top\nmodel = "m"\n\n[projects."/c"] # note\nother = 1\n');
		await writeFile(file, 'projects = { "/x" = { trust_level = "trusted" } }\n');
		const [x] = await store.list([]);
		assert.ok(x);
		await assert.rejects(store.revoke(x), /take it out there/);
		await rm(home, { recursive: true });
	});
});
