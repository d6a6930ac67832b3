import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as fc from 'fast-check';
import { describe, it } from 'mocha';
import { ImportJournals } from './importJournal.ts';
import { importSessions, planSessions, type SessionsOptions } from './migrateSessions.ts';
import { Migration } from './migration.ts';
import { SessionLedger } from './sessionLedger.ts';
import { tomlTarget } from './tomlTarget.ts';
import { undoImport, type UndoPorts } from './undoImport.ts';

/** Files by path below the root of the world: contents, or where a link leads. */
type Files = Readonly<Record<string, string | { readonly link: string }>>;

const odd = fc.oneof(
	fc.constant(null),
	fc.boolean(),
	fc.integer(),
	fc.string(),
	fc.constant([]),
	fc.constant({}),
	fc.constant('${HOME}'),
	fc.constant('a\u0000b'),
);
const name = fc.constantFrom('one', 'Two', 'three-3', 'vier fünf', 'a.b', '"q"', '日本', '__proto__', 'x'.repeat(80));
const often = <T>(usual: fc.Arbitrary<T>, other: fc.Arbitrary<unknown> = odd) =>
	fc.oneof({ weight: 4, arbitrary: usual }, { weight: 1, arbitrary: other });
const some = <T>(value: fc.Arbitrary<T>) => fc.dictionary(name, value, { maxKeys: 4 });

const env = some(often(fc.constantFrom('bar', 'x y', '"', "'''", 'a\nb'), odd));
const handler = fc.record(
	{
		type: often(fc.constant('command'), fc.constantFrom('prompt', 'http')),
		command: often(fc.constantFrom('echo hi', '$CLAUDE_PROJECT_DIR/.claude/hooks/a.sh x', '"~/.claude/hooks/b c.py"', '')),
		timeout: often(fc.integer()),
		async: fc.boolean(),
		if: fc.string(),
	},
	{ requiredKeys: ['type', 'command'] },
);
const groups = fc.array(
	often(
		fc.record({ matcher: often(fc.constantFrom('Bash', '*', '(')), hooks: often(fc.array(handler, { maxLength: 3 })) }, { requiredKeys: ['hooks'] }),
	),
	{
		maxLength: 3,
	},
);
const hooks = fc.dictionary(fc.constantFrom('PreToolUse', 'PostToolUse', 'Stop', 'SessionEnd', 'Nonsense'), often(groups), { maxKeys: 4 });
const server = fc.oneof(
	fc.record(
		{ command: often(fc.constantFrom('npx', '${X}', '')), args: often(fc.array(fc.string(), { maxLength: 2 })), env: often(env) },
		{ requiredKeys: ['command'] },
	),
	fc.record({
		type: often(fc.constantFrom('http', 'sse', 'ws')),
		url: often(fc.constant('https://mcp.example/x')),
		headers: often(some(fc.constantFrom('v', 'Bearer ${T}', '${V}'))),
	}),
);
const servers = some(often(server));
const settings = fc.record(
	{
		env: often(env),
		hooks: often(hooks),
		enabledMcpjsonServers: often(fc.array(name)),
		disabledMcpjsonServers: often(fc.array(name)),
		enabledPlugins: often(fc.dictionary(fc.constantFrom('a@m', 'b@m', 'odd', 'c@n@o'), often(fc.boolean()))),
		extraKnownMarketplaces: often(fc.constant({ m: { source: { source: 'directory', path: '/nowhere' } } })),
	},
	{ requiredKeys: [] },
);
const json = (value: fc.Arbitrary<unknown>) =>
	fc.oneof(
		{ weight: 6, arbitrary: value.map((each) => JSON.stringify(each)) },
		{ weight: 1, arbitrary: fc.constantFrom('', '{ broken', '[]', '\uFEFF{}') },
	);
const body = fc.constantFrom(
	'Do it.\n',
	'Ask Claude and read `CLAUDE.md`.\n',
	'Use $ARGUMENTS',
	'See @file.ts',
	'!`ls`',
	'',
	'```\nclaude\n',
	'\r\nTwo\r\n',
);
const head = fc.constantFrom(
	'---\nname: n\ndescription: d\n---\n',
	'---\nname: n\n---\n',
	'---\ndescription: [1\n---\n',
	'',
	'---\nname: m\ndescription: d\neffort: max\npermissionMode: acceptEdits\n---\n',
);
const markdown = fc.tuple(head, body).map((parts) => parts.join(''));
const file = name.map((each) => each.replaceAll('/', '_'));
const row = fc.oneof(
	fc.constantFrom('', 'not json', '[]', '{"type":"user"}', '{"type":"custom-title","customTitle":"A title"}'),
	fc
		.record({
			type: fc.constantFrom('user', 'assistant', 'system'),
			isSidechain: fc.boolean(),
			message: often(
				fc.record({
					content: fc.oneof(
						fc.string(),
						fc.array(
							often(
								fc.oneof(
									fc.record({ type: fc.constant('text'), text: often(fc.string()) }),
									fc.record({ type: fc.constant('tool_use'), name: often(fc.string()), input: odd }),
									fc.record({ type: fc.constant('tool_result'), content: often(fc.string()) }),
								),
							),
							{ maxLength: 3 },
						),
					),
				}),
			),
			timestamp: often(fc.constant('2026-01-02T03:04:05Z')),
		})
		.map((each) => JSON.stringify({ cwd: 'WS', ...each })),
);
const session = fc.array(row, { maxLength: 8 }).map((rows) => rows.join('\n'));

/** What may stand at one place of the other agent. */
const place = (root: string, guidance: string) =>
	fc
		.record({
			shared: json(settings),
			local: fc.option(json(settings)),
			guidance: fc.option(body),
			commands: fc.dictionary(file, markdown, { maxKeys: 4 }),
			agents: fc.dictionary(file, markdown, { maxKeys: 4 }),
			skills: fc.dictionary(file, fc.dictionary(fc.constantFrom('SKILL.md', 'notes/deep.md', 'run.sh', 'link'), markdown, { maxKeys: 3 }), {
				maxKeys: 3,
			}),
			scripts: fc.dictionary(fc.constantFrom('a.sh', 'b c.py'), fc.string()),
		})
		.map((each): Files => {
			const files: Record<string, string | { readonly link: string }> = { [`${root}/settings.json`]: each.shared };
			if (each.local !== null) files[`${root}/settings.local.json`] = each.local;
			if (each.guidance !== null) files[guidance] = each.guidance;
			for (const [key, text] of Object.entries(each.commands)) files[`${root}/commands/${key}.md`] = text;
			for (const [key, text] of Object.entries(each.agents)) files[`${root}/agents/${key}.md`] = text;
			for (const [key, text] of Object.entries(each.scripts)) files[`${root}/hooks/${key}`] = text;
			for (const [key, parts] of Object.entries(each.skills))
				for (const [part, text] of Object.entries(parts)) files[`${root}/skills/${key}/${part}`] = part === 'link' ? { link: '/etc/passwd' } : text;
			return files;
		});
/** What may be there already where it goes to. */
const targets = (config: string, others: readonly string[]) =>
	fc
		.record({
			config: fc.option(
				fc.constantFrom(
					'# mine\nmodel = "m" # so\n',
					'[mcp_servers.one]\ncommand = "mine"\n',
					'[shell_environment_policy]\r\ninherit = "all"\r\n',
					'',
				),
			),
			others: fc.subarray([...others]),
		})
		.map(
			(each): Files => ({
				...(each.config === null ? {} : { [config]: each.config }),
				...Object.fromEntries(each.others.map((other) => [other, 'mine'])),
			}),
		);

const world = fc
	.tuple(
		place('home/.claude', 'home/.claude/CLAUDE.md'),
		place('ws/.claude', 'ws/CLAUDE.md'),
		targets('home/.codex/config.toml', [
			'home/.codex/AGENTS.md',
			'home/.codex/hooks.json',
			'home/.agents/skills/one/SKILL.md',
			'home/.codex/agents/one.toml',
		]),
		targets('ws/.codex/config.toml', ['ws/AGENTS.md', 'ws/.codex/hooks/a.sh', 'ws/.agents/skills/Two/SKILL.md']),
		fc.record({
			'home/.claude.json': json(fc.record({ mcpServers: often(servers), projects: often(fc.constant({})) }, { requiredKeys: [] })),
			'ws/.mcp.json': json(fc.record({ mcpServers: often(servers) })),
		}),
		fc.dictionary(fc.constantFrom('a', 'b', 'c'), session, { maxKeys: 3 }),
	)
	.map(([home, project, homeTargets, projectTargets, others, sessions]): Files => {
		const conversations = Object.entries(sessions).map(([key, text]) => [`home/.claude/projects/-ws/${key}.jsonl`, text]);
		return { ...home, ...project, ...homeTargets, ...projectTargets, ...others, ...Object.fromEntries(conversations) };
	});

function build(root: string, files: Files): void {
	fs.mkdirSync(path.join(root, 'ws'), { recursive: true });
	fs.mkdirSync(path.join(root, 'home/.codex'), { recursive: true });
	for (const [key, content] of Object.entries(files)) {
		const at = path.join(root, key);
		fs.mkdirSync(path.dirname(at), { recursive: true });
		if (typeof content === 'string') fs.writeFileSync(at, content.replaceAll('"cwd":"WS"', `"cwd":${JSON.stringify(path.join(root, 'ws'))}`));
		else fs.symlinkSync(content.link, at);
	}
}

/** Every file and link below a folder, with what is in it; empty folders too. */
function snapshot(root: string): Readonly<Record<string, string>> {
	const entries = fs.readdirSync(root, { recursive: true, withFileTypes: true }).map((entry) => {
		const at = path.join(entry.parentPath, entry.name);
		const content = entry.isFile()
			? `${fs.statSync(at).mode & 0o777} ${fs.readFileSync(at, 'latin1')}`
			: entry.isSymbolicLink()
				? fs.readlinkSync(at)
				: 'folder';
		return [path.relative(root, at), content] as const;
	});
	// Where it is kept what was imported.
	return Object.fromEntries(
		entries.filter(([at]) => !at.startsWith('home/.codex/tiller') && !at.endsWith('_imports.json')).sort(([a], [b]) => (a < b ? -1 : 1)),
	);
}

function setUp(root: string) {
	const home = path.join(root, 'home/.codex');
	const userHome = path.join(root, 'home');
	const threads = path.join(home, 'sessions');
	let next = 0;
	const sessions: SessionsOptions = {
		userHome,
		ledger: new SessionLedger(home),
		now: Date.now,
		saveThread: (record, { title, turns }) => {
			const id = `thread-${next++}`;
			const at = path.join(threads, id);
			fs.mkdirSync(threads, { recursive: true });
			fs.writeFileSync(at, JSON.stringify(turns));
			record.wrote({ type: 'thread', id, title, path: at, sha256: 'as it was' });
			return Promise.resolve(id);
		},
	};
	const migration = new Migration({
		home,
		userHome,
		config: tomlTarget,
		plugins: { isInstalled: () => Promise.resolve(false), install: () => Promise.reject(new Error('nowhere')) },
		rootOf: (folder) => Promise.resolve(folder),
		planSessions: () => planSessions(sessions),
		sessionFiles: () => Promise.resolve([]),
	});
	const journals = new ImportJournals({ home, now: Date.now });
	const importAll = async () => {
		const { plans } = await migration.detect({ includeHome: true, folders: [path.join(root, 'ws')] });
		const record = journals.begin(plans);
		for (const plan of plans) {
			try {
				await (plan.type === 'SESSIONS'
					? importSessions(record, plan.details?.sessions.map((each) => each.path) ?? [], sessions)
					: plan.apply(record));
			} catch (error) {
				// What cannot be written is told; the rest goes on.
				assert.ok(error instanceof Error);
			}
		}
	};
	const undo: UndoPorts = {
		config: tomlTarget,
		plugins: {
			isInstalled: () => Promise.resolve(false),
			uninstall: () => Promise.resolve(),
			useOf: () => Promise.resolve('gone'),
			remove: () => Promise.resolve(),
		},
		threads: { find: () => Promise.resolve(null), remove: () => Promise.resolve() },
	};
	return { journals, importAll, undo, threads };
}

async function inWorld(files: Files, check: (root: string) => Promise<void>): Promise<void> {
	const root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-world-')));
	try {
		build(root, files);
		await check(root);
	} finally {
		fs.rmSync(root, { recursive: true, force: true });
	}
}

describe('an import of any home', () => {
	it('neither loses nor changes a file that was there, adds nothing a second time, and is undone without a trace', () =>
		fc.assert(
			fc.asyncProperty(world, (files) =>
				inWorld(files, async (root) => {
					const { journals, importAll, undo, threads } = setUp(root);
					const before = snapshot(root);
					await importAll();
					const after = snapshot(root);
					const isConfig = (at: string) => at.endsWith('config.toml');
					for (const [at, content] of Object.entries(before)) if (!isConfig(at)) assert.equal(after[at], content, at);
					// A configuration only grows.
					for (const at of Object.keys(before).filter(isConfig))
						for (const line of before[at]?.slice(4).split(/\r?\n/) ?? []) assert.ok(after[at]?.includes(line), `${at}: ${line}`);
					await importAll();
					assert.deepEqual(snapshot(root), after);
					for (const { id } of journals.list()) {
						const journal = journals.read(id);
						assert.ok(journal);
						const would = await undoImport(journal.entries, undo, { dryRun: true });
						assert.deepEqual([snapshot(root), would.kept], [after, []]);
						const { kept, left } = await undoImport(journal.entries, undo, { dryRun: false });
						assert.deepEqual([kept, left], [[], []]);
					}
					fs.rmSync(threads, { recursive: true, force: true });
					assert.deepEqual(snapshot(root), before);
				}),
			),
			{ numRuns: 40 },
		));

	it('is undone only where nobody has worked since', () =>
		fc.assert(
			fc.asyncProperty(world, fc.nat(), (files, seed) =>
				inWorld(files, async (root) => {
					const { journals, importAll, undo } = setUp(root);
					await importAll();
					const [head] = journals.list();
					const journal = head === undefined ? null : journals.read(head.id);
					const written = (journal?.entries ?? []).flatMap((entry) => (entry.type === 'file' ? [entry.path] : []));
					if (journal === null || written.length === 0) return;
					const changed = written[seed % written.length] ?? '';
					fs.appendFileSync(changed, 'mine');
					const { kept, left } = await undoImport(journal.entries, undo, { dryRun: false });
					assert.deepEqual([kept.map((each) => each.name), left.length], [[changed], 1]);
					for (const at of written) assert.equal(fs.existsSync(at), at === changed, at);
					journals.keep({ head: journal.head, entries: left });
					assert.deepEqual(journals.read(journal.head.id)?.entries, left);
				}),
			),
			{ numRuns: 15 },
		));
});
