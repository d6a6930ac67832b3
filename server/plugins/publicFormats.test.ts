import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { parseHookFile } from '../hooks/hookSources.ts';
import { scanSkills } from '../skills/scanSkills.ts';
import { readManifest } from './manifest.ts';
import { readMarketplace } from './marketplaceFile.ts';
import { readContents } from './pluginContents.ts';

type Tree = Readonly<Record<string, unknown>>;

/** A collection for another agent: an owner, versions and authors in the entries, commands and agents that we have no place for. */
const collection: Tree = {
	'.claude-plugin/marketplace.json': {
		$schema: 'https://example.test/marketplace.schema.json',
		name: 'agent-collection',
		version: '1.0.0',
		description: 'Plugins of a team.',
		owner: { name: 'Team', email: 'team@example.test' },
		metadata: { pluginRoot: './plugins' },
		plugins: [
			{
				...{ name: 'review-help', description: 'Reviews.', version: '1.2.0', source: './plugins/review-help', category: 'development' },
				...{ author: { name: 'A. Person', email: 'a@example.test' }, strict: false, commands: ['./commands/review.md'], tags: ['review'] },
			},
			{ name: 'elsewhere', description: 'Lies in a repository.', source: { source: 'url', url: 'https://example.test/elsewhere.git' } },
			{ name: 'of-a-host', source: { source: 'github', repo: 'owner/of-a-host' } },
		],
	},
	'plugins/review-help/.claude-plugin/plugin.json': {
		...{ name: 'review-help', version: '1.2.0', description: 'Reviews.', author: { name: 'A. Person' }, homepage: 'https://example.test' },
		...{ repository: 'https://example.test/repo', license: 'MIT', keywords: ['review'] },
	},
	'plugins/review-help/commands/review.md': '---\ndescription: Review\nallowed-tools: Bash(git diff:*)\n---\nLook at the changes.\n',
	'plugins/review-help/agents/reviewer.md': '---\nname: reviewer\ndescription: Reviews.\ntools: Read, Grep\n---\nYou review.\n',
	'plugins/review-help/README.md': '# Review help\n',
};

/** A plugin that is its own marketplace, with hooks that find their scripts by a variable, and a server without the usual wrapping. */
const single: Tree = {
	'.claude-plugin/marketplace.json': {
		name: 'single',
		owner: { name: 'B' },
		plugins: [{ name: 'guard', source: './guard', description: 'Guards.' }],
	},
	'guard/.claude-plugin/plugin.json': { name: 'guard', description: 'Guards.', author: { name: 'B' } },
	'guard/hooks/hooks.json': {
		description: 'Looks at commands',
		hooks: {
			PreToolUse: [{ matcher: 'Bash|Edit|Write', hooks: [{ type: 'command', command: 'python3 ${CLAUDE_PLUGIN_ROOT}/hooks/look.py', timeout: 10 }] }],
			SubagentStop: [{ hooks: [{ type: 'command', command: 'true' }] }],
		},
	},
	'guard/hooks/look.py': 'print("")\n',
	'guard/.mcp.json': { notes: { command: 'npx', args: ['-y', 'some-notes-server'], env: { LEVEL: 'info' } } },
	'guard/skills/look-closely/SKILL.md':
		'---\nname: look-closely\ndescription: Use before risky work.\nlicense: MIT\nallowed-tools: [Read]\n---\nLook.\n',
	'guard/skills/look-closely/reference/more.md': 'More.\n',
};

/** One made for this protocol: policies, an interface with pictures, apps. */
const full: Tree = {
	'.agents/plugins/marketplace.json': {
		name: 'full-shop',
		interface: { displayName: 'The Full Shop' },
		plugins: [
			{
				...{ name: 'mail-desk', source: { source: 'local', path: './plugins/mail-desk' }, category: 'Communication' },
				policy: { installation: 'AVAILABLE', authentication: 'ON_INSTALL', products: ['CODEX', 'OTHER'] },
			},
			{ name: 'other-product', source: './plugins/other', policy: { products: ['OTHER'] } },
			{ name: 'part', source: { source: 'git-subdir', url: 'https://example.test/mono.git', path: 'plugins/part', ref: 'v1' } },
		],
	},
	'plugins/mail-desk/.codex-plugin/plugin.json': {
		...{
			name: 'mail-desk',
			version: '2.0.0-beta.1+7',
			description: 'Mail.',
			author: { name: 'C' },
			homepage: 'https://example.test',
			license: 'MIT',
		},
		...{ keywords: ['mail'], skills: './skills/', mcpServers: './.mcp.json', apps: './.app.json' },
		interface: {
			...{ displayName: 'Mail Desk', shortDescription: 'Sorts mail.', longDescription: 'Sorts.\n\nAnd answers.', developerName: 'C' },
			...{ category: 'Productivity', capabilities: ['Interactive', 'Write'], websiteURL: 'https://example.test', brandColor: '#10A37F' },
			...{
				defaultPrompt: ['Sort my mail', 'Answer it'],
				composerIcon: './assets/icon.png',
				logo: './assets/logo.png',
				screenshots: ['./assets/1.png'],
			},
		},
	},
	'plugins/mail-desk/.mcp.json': { mcpServers: { mail: { type: 'http', url: 'https://mail.example.test/mcp' } } },
	'plugins/mail-desk/.app.json': { apps: { mail: { id: 'connector_mail' } } },
	'plugins/mail-desk/skills/sort/SKILL.md': '---\nname: sort\ndescription: Sorts mail.\n---\n',
	'plugins/mail-desk/skills/sort/agents/openai.yaml': 'interface:\n  display_name: Sort\n',
};

describe('plugins as they are published', () => {
	let folder: string;
	beforeEach(() => {
		folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'tiller-published-')));
	});
	afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

	/** What a marketplace offers, and what one of its plugins brings. */
	async function read(tree: Tree, plugin: string) {
		for (const [name, content] of Object.entries(tree)) {
			fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
			fs.writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
		}
		const found = await readMarketplace(folder);
		assert.ok(found.type === 'marketplace');
		const { entries, problems } = found.marketplace;
		const source = entries.find(({ name }) => name === plugin)?.source;
		assert.ok(source?.type === 'local');
		const manifest = await readManifest(source.folder);
		assert.ok(manifest.type === 'manifest');
		const contents = await readContents(source.folder, manifest.manifest);
		const { skills, errors } = await scanSkills(
			contents.skillFolders.map((at) => ({ folder: at, scope: 'user', plugin: { id: plugin, name: plugin } })),
		);
		const hooks = contents.hooks === null ? null : await parseHookFile({ pluginId: plugin, ...contents.hooks });
		assert.deepEqual([problems, contents.problems, errors], [[], [], []]);
		return {
			offered: entries.map(({ name }) => name),
			manifest: manifest.manifest,
			contents,
			skills: skills.map(({ name }) => name),
			hooks,
			folder: source.folder,
		};
	}

	it('for another agent are offered, without what only that one knows', async () => {
		const { offered, manifest, contents, skills, hooks } = await read(collection, 'review-help');
		assert.deepEqual(offered, ['review-help', 'elsewhere']);
		assert.deepEqual([manifest.name, manifest.version, manifest.keywords], ['review-help', '1.2.0', ['review']]);
		assert.deepEqual([skills, contents.mcpServers.size, contents.apps, hooks], [[], 0, [], null]);
	});

	it('as a single one bring their hooks, with the folder that these ask for, their server and their skill', async () => {
		const { contents, skills, hooks, folder: at } = await read(single, 'guard');
		assert.deepEqual(skills, ['guard:look-closely']);
		assert.deepEqual([...contents.mcpServers.keys()], ['notes']);
		assert.deepEqual(
			hooks?.hooks.map(({ event, matcher, timeoutSec, pluginFolder }) => [event, matcher, timeoutSec, pluginFolder]),
			[['preToolUse', 'Bash|Edit|Write', 10, at]],
		);
	});

	it('for this protocol are offered by policy, with their face and their apps', async () => {
		const { offered, manifest, contents, skills } = await read(full, 'mail-desk');
		assert.deepEqual(offered, ['mail-desk', 'part']);
		assert.equal(manifest.version, '2.0.0-beta.1+7');
		assert.equal(manifest.interface?.displayName, 'Mail Desk');
		assert.deepEqual(manifest.interface?.screenshots, [path.join(folder, 'plugins/mail-desk/assets/1.png')]);
		assert.deepEqual([skills, [...contents.mcpServers.keys()], contents.apps], [['mail-desk:sort'], ['mail'], [{ id: 'connector_mail' }]]);
	});
});
