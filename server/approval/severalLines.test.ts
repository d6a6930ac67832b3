import assert from 'node:assert/strict';
import { readFile as readAsset } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { type DecisionInput, decideCommand } from './commandDecision.ts';
import { parseRuleFile } from './ruleFile.ts';
import { TreeSitterShellParser } from './shell/shellParser.ts';
import { commandsInShells } from './shell/shellWrapper.ts';

const wasm = new URL('../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readAsset(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const parse = (script: string) => parser.parse(script);

async function decide(script: string, more: Partial<DecisionInput> = {}) {
	const parsed = await parse(script);
	return decideCommand({
		approvalPolicy: 'untrusted',
		sandbox: { type: 'workspaceWrite', writableRoots: [], networkAccess: false, excludeTmpdirEnvVar: true, excludeSlashTmp: true },
		argv: ['/bin/bash', '-lc', script],
		script: parsed,
		inShells: await commandsInShells(parsed, parser),
		escalated: false,
		granted: false,
		rules: [],
		requestedPrefix: null,
		...more,
	});
}

describe('a command over several lines', () => {
	it('is read where lines go on, and with here-documents in which nothing is replaced', async () => {
		const commandsOf = async (script: string) => {
			const parsed = await parse(script);
			assert.ok(parsed.kind === 'plain', script);
			return parsed.commands.map(({ words, after, input }) => [after, ...words, ...(input === undefined ? [] : [{ input }])]);
		};
		assert.deepEqual(await commandsOf('npm run \\\n  build \\\n\t-- \\\n  --all && \\\n  npm test'), [
			[null, 'npm', 'run', 'build', '--', '--all'],
			['&&', 'npm', 'test'],
		]);
		assert.deepEqual(await commandsOf("cd x && python3 - <<'EOF'\nprint($1)\n\nEOF\nls"), [
			[null, 'cd', 'x'],
			['&&', 'python3', '-', { input: 'print($1)\n\n' }],
			[';', 'ls'],
		]);
		assert.deepEqual(await commandsOf('cat <<E\nhi\nE'), [[null, 'cat', { input: 'hi\n' }]]);
	});

	it('lets a rule hold for lines that go on and for here-documents, which it never offers to allow for good', async () => {
		const rules = parseRuleFile(
			'prefix_rule(pattern=["npm", "run"])\nprefix_rule(pattern=["python3", "-"])\nprefix_rule(pattern=["bash"])\nprefix_rule(pattern=["rm"], decision="forbidden")',
		);
		for (const script of ['npm run \\\n\tbuild', "cd sub && python3 - <<'E'\nprint(1)\nE\necho ok", 'bash <<E\nmake\nE'])
			assert.deepEqual(await decide(script, { rules }), { type: 'run', reach: 'none' }, script);
		for (const script of ['npm \\\nrunx build', "python3 <<'E'\nprint(1)\nE", "python3 - <<'E' | sh\nx\nE", 'python3 - <<E\n$(x)\nE'])
			assert.equal((await decide(script, { rules })).type, 'ask', script);
		assert.equal((await decide("bash <<'E'\nrm -rf x\nE", { rules })).type, 'refuse');
		const asked = await decide("psql <<'E'\ndrop table x;\nE", { requestedPrefix: ['psql'] });
		assert.ok(asked.type === 'ask' && asked.proposedPrefix === null);
		assert.equal((await decide("cat <<'E'\nhi\nE")).type, 'ask');
	});
});
