import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { parse, stringify } from 'smol-toml';
import type { ImportRecord } from './importJournal.ts';
import { Migration } from './migration.ts';
import { reword } from './reword.ts';

const unrecorded: ImportRecord = { wrote: () => {} };

describe('taking over from another agent', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-migration-')));
		fs.mkdirSync(path.join(folder, 'ws'));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));
	const at = (file: string) => path.join(folder, file);
	const write = (file: string, value: unknown) => {
		fs.mkdirSync(path.dirname(at(file)), { recursive: true });
		fs.writeFileSync(at(file), typeof value === 'string' ? value : JSON.stringify(value));
	};
	const readText = (file: string) => fs.readFileSync(at(file), 'utf8');
	const readTable = (file: string): Record<string, unknown> =>
		fs.existsSync(file) ? (JSON.parse(JSON.stringify(parse(fs.readFileSync(file, 'utf8')))) as Record<string, unknown>) : {};
	const make = () =>
		new Migration({
			home: at('home/.codex'),
			userHome: at('home'),
			config: {
				read: (file) => Promise.resolve(readTable(file)),
				addMissing: (_record, file, values) => {
					const table = readTable(file);
					for (const { keys, value } of values) {
						let inner: Record<string, unknown> = table;
						for (const key of keys.slice(0, -1)) inner = (inner[key] ??= {}) as Record<string, unknown>;
						inner[keys.at(-1) ?? ''] ??= value;
					}
					fs.mkdirSync(path.dirname(file), { recursive: true });
					fs.writeFileSync(file, stringify(table));
					return Promise.resolve();
				},
				remove: () => Promise.resolve(),
				write: () => {},
			},
			plugins: { isInstalled: () => Promise.resolve(false), install: () => Promise.resolve() },
			rootOf: (given) => Promise.resolve(given.startsWith(at('ws')) ? at('ws') : null),
			planSessions: () => Promise.resolve(null),
			sessionFiles: () => Promise.resolve([]),
		});
	const detect = async (includeHome: boolean, folders: readonly string[]) => (await make().detect({ includeHome, folders })).plans;
	const importAll = async (includeHome: boolean, folders: readonly string[]) => {
		for (const plan of await detect(includeHome, folders)) await plan.apply(unrecorded);
	};
	/** Every file below a folder with its content, to see that nothing changed. */
	const snapshot = (below: string) =>
		Object.fromEntries(
			fs
				.readdirSync(at(below), { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile())
				.map((entry) => [path.join(entry.parentPath, entry.name), fs.readFileSync(path.join(entry.parentPath, entry.name), 'utf8')]),
		);

	const skill = (name: string, body = 'Do it.') => `---\nname: ${name}\ndescription: ${name}\n---\n${body}\n`;
	const fill = () => {
		write('home/.claude/CLAUDE.md', 'Be nice.\n');
		write('home/.claude/settings.json', {
			env: { TEXT: 'bar', NUM: 1, NIL: null, LIST: ['x'] },
			hooks: { Stop: [{ hooks: [{ type: 'command', command: 'echo done' }] }] },
		});
		write('home/.claude.json', {
			mcpServers: { homey: { command: 'true' } },
			projects: { [at('ws')]: { mcpServers: { proj: { command: 'true' } } } },
		});
		write('ws/.mcp.json', {
			mcpServers: {
				one: { command: 'one', args: ['-x'], env: { K: '${K}', P: 'plain', D: '${D:-x}' } },
				two: { command: 'two' },
				off: { command: 'off', disabled: true },
				events: { type: 'sse', url: 'https://e.invalid' },
				web: { type: 'http', url: 'https://e.invalid/m', headers: { Authorization: 'Bearer ${T}', 'X-V': '${V}', 'X-P': 'p' } },
			},
		});
		write('ws/.claude/settings.json', { disabledMcpjsonServers: ['two'] });
		write('ws/.claude/skills/new/SKILL.md', skill('new', 'Ask Claude Code; see CLAUDE.md.'));
		write('ws/.claude/commands/plain.md', 'no description');
		write('ws/.claude/commands/Grüße an.md', '---\ndescription: d\n---\nWrite to a@example.invalid.\n');
		for (const [name, body] of [
			['args', '$ARGUMENTS'],
			['first', '$1'],
			['file', 'Read @src/x.ts'],
			['shell', '!`git status`'],
		])
			write(`ws/.claude/commands/${name}.md`, `---\ndescription: d\n---\n${body}\n`);
		write('ws/.claude/commands/a/b.md', '---\ndescription: d\n---\nx\n');
		write('ws/.claude/commands/a-b.md', '---\ndescription: d\n---\nx\n');
		write(
			'ws/.claude/agents/full.md',
			'---\nname: full\ndescription: Full.\nmodel: opus\neffort: max\npermissionMode: acceptEdits\n---\nYou work.\n',
		);
		write('ws/.claude/agents/bypass.md', '---\nname: bypass\ndescription: B.\npermissionMode: bypassPermissions\n---\nYou work.\n');
		write('ws/.claude/agents/nobody.md', '---\nname: nobody\ndescription: x\n---\n');
		write('ws/CLAUDE.md', 'Project rules.\n');
	};

	it('finds every kind, the home first, each project once, and nothing where nothing is', async () => {
		fill();
		const found = await detect(true, [at('ws'), at('ws/sub'), at('nowhere')]);
		assert.deepEqual(
			found.map(({ type, project }) => [type, project === null ? 'home' : 'ws']),
			[
				['CONFIG', 'home'],
				['MCP_SERVER_CONFIG', 'home'],
				['HOOKS', 'home'],
				['AGENTS_MD', 'home'],
				['MCP_SERVER_CONFIG', 'ws'],
				['SKILLS', 'ws'],
				['COMMANDS', 'ws'],
				['SUBAGENTS', 'ws'],
				['AGENTS_MD', 'ws'],
			],
		);
		assert.deepEqual(await detect(false, []), []);
		const names = (type: string, key: 'commands' | 'subagents' | 'mcpServers') =>
			found.find((plan) => plan.type === type && plan.project !== null)?.details?.[key].map(({ name }) => name);
		assert.deepEqual(names('COMMANDS', 'commands'), ['source-command-grüße-an']);
		assert.deepEqual(names('SUBAGENTS', 'subagents'), ['bypass', 'full']);
		assert.deepEqual(names('MCP_SERVER_CONFIG', 'mcpServers'), ['one', 'proj', 'web']);
	});

	it('writes what it found, and again adds nothing and changes nothing of the other agent', async () => {
		fill();
		const before = { ...snapshot('home/.claude'), ...snapshot('ws/.claude') };
		await importAll(true, [at('ws')]);
		assert.deepEqual({ ...snapshot('home/.claude'), ...snapshot('ws/.claude') }, before);
		assert.deepEqual(readTable(at('home/.codex/config.toml')), {
			shell_environment_policy: { inherit: 'core', set: { TEXT: 'bar', NUM: '1' } },
			mcp_servers: { homey: { command: 'true' } },
		});
		assert.deepEqual(readTable(at('ws/.codex/config.toml')).mcp_servers, {
			one: { args: ['-x'], command: 'one', env_vars: ['K', 'D'], env: { P: 'plain' } },
			web: { bearer_token_env_var: 'T', url: 'https://e.invalid/m', http_headers: { 'X-P': 'p' }, env_http_headers: { 'X-V': 'V' } },
			proj: { command: 'true' },
		});
		assert.match(readText('ws/.agents/skills/new/SKILL.md'), /Ask Codex; see AGENTS\.md\./);
		assert.equal(
			readText('ws/.codex/agents/full.toml'),
			'description = "Full."\ndeveloper_instructions = "You work."\nmodel_reasoning_effort = "xhigh"\nname = "full"\nsandbox_mode = "workspace-write"\n',
		);
		assert.doesNotMatch(readText('ws/.codex/agents/bypass.toml'), /sandbox_mode/);
		assert.equal(readText('ws/AGENTS.md'), 'Project rules.\n');
		const after = snapshot('.');
		assert.deepEqual(await detect(true, [at('ws')]), []);
		await importAll(true, [at('ws')]);
		assert.deepEqual(snapshot('.'), after);
	});

	it('overwrites nothing that is there', async () => {
		fill();
		write('ws/AGENTS.md', 'Mine.\n');
		write('ws/.codex/hooks.json', { hooks: {} });
		write('ws/.claude/settings.local.json', { hooks: { Stop: [{ hooks: [{ type: 'command', command: 'x' }] }] } });
		write('ws/.agents/skills/new/SKILL.md', 'mine');
		write('ws/.codex/agents/full.toml', 'name = "mine"\n');
		write('ws/.codex/config.toml', '[mcp_servers.one]\ncommand = "mine"\n');
		await importAll(false, [at('ws')]);
		assert.equal(readText('ws/AGENTS.md'), 'Mine.\n');
		assert.equal(readText('ws/.agents/skills/new/SKILL.md'), 'mine');
		assert.equal(readText('ws/.codex/agents/full.toml'), 'name = "mine"\n');
		assert.deepEqual(JSON.parse(readText('ws/.codex/hooks.json')), { hooks: {} });
		assert.deepEqual((readTable(at('ws/.codex/config.toml')).mcp_servers as Record<string, unknown>).one, { command: 'mine' });
	});

	it('takes hooks over with their scripts, whose paths lead to the copies', async () => {
		const command = (text: string, more: object = {}) => ({ type: 'command', command: text, ...more });
		write('ws/.claude/settings.json', {
			hooks: {
				PreToolUse: [
					{ matcher: 'Bash', hooks: [command('python3 .claude/hooks/check.py --fast', { timeout: 5 })] },
					{
						hooks: [
							command('$CLAUDE_PROJECT_DIR/.claude/hooks/fmt.sh'),
							command('"$CLAUDE_PROJECT_DIR"/.claude/hooks/fmt.sh x'),
							command('cat my.claude/hooks/x'),
						],
					},
					{ matcher: 'X', if: 'cond', hooks: [command('conditional')] },
				],
				Stop: [{ hooks: [{ type: 'prompt', prompt: 'x' }, command('later', { async: true }), command('echo stop')] }],
				SessionEnd: [{ hooks: [command('echo end')] }],
			},
		});
		write('ws/.claude/hooks/check.py', 'print(1)\n');
		write('ws/.claude/hooks/fmt.sh', 'theirs');
		write('ws/.codex/hooks/fmt.sh', 'mine');
		const [plan] = await detect(false, [at('ws')]);
		assert.deepEqual(
			plan?.skipped.map(({ name }) => name),
			['PreToolUse', 'Stop', 'Stop', 'SessionEnd'],
		);
		await plan?.apply(unrecorded);
		const scripts = at('ws/.codex/hooks');
		assert.deepEqual(JSON.parse(readText('ws/.codex/hooks.json')), {
			hooks: {
				PreToolUse: [
					{ matcher: 'Bash', hooks: [command(`python3 '${scripts}/check.py' --fast`, { timeout: 5 })] },
					{ hooks: [command(`'${scripts}/fmt.sh'`), command(`'${scripts}/fmt.sh' x`), command('cat my.claude/hooks/x')] },
				],
				Stop: [{ hooks: [command('echo stop')] }],
			},
		});
		assert.deepEqual([readText('ws/.codex/hooks/check.py'), readText('ws/.codex/hooks/fmt.sh')], ['print(1)\n', 'mine']);
	});

	it('goes on when a file is broken, and says which', async () => {
		fill();
		write('ws/.claude/settings.json', '{ broken');
		fs.symlinkSync('/dev/zero', at('ws/.claude/agents/endless.md'));
		const { plans, skipped } = await make().detect({ includeHome: false, folders: [at('ws')] });
		assert.ok(plans.length > 3);
		assert.deepEqual(
			skipped.map(({ name }) => name),
			[at('ws/.claude/settings.json')],
		);
	});

	it('rewords names, and leaves paths, addresses and code alone', () => {
		const cases: readonly (readonly [string, string])[] = [
			[
				'Claude, claude, CLAUDE, Claude Code and claude-code read CLAUDE.md in .claude/ of claude.ai. Claudette stays.',
				'Codex, Codex, Codex, Codex and Codex read AGENTS.md in .claude/ of claude.ai. Claudette stays.',
			],
			['Run `claude -p` and (CLAUDE.md).', 'Run `claude -p` and (AGENTS.md).'],
			['See ./CLAUDE.md and me@claude.dev', 'See ./CLAUDE.md and me@claude.dev'],
			['```\nclaude\n```\nclaude', '```\nclaude\n```\nCodex'],
			['Claude\nCode', 'Codex\nCode'],
		];
		for (const [given, expected] of cases) assert.equal(reword(given), expected);
	});
});
