import assert from 'node:assert/strict';
import MarkdownIt from 'markdown-it';
import { describe, it } from 'mocha';
import type { PluginDetail } from '../../server/protocol/integrations/plugin.ts';
import { installText, pluginMarkdown } from './pluginPage.ts';
import type { PluginWords } from './pluginWords.ts';

/** Each word as its own name, with what it is about. */
const words = new Proxy(
	{},
	{ get: (_, name) => (value?: unknown) => `${String(name)}${value === undefined ? '' : `(${String(value)})`}` },
) as PluginWords;

const hostile = '![p](https://evil.test/p.png) [l](command:x) <img src=x> <script>a</script> # **b** `c` https://evil.test a@evil.test\n- x\n# y';

const detail = (change: Partial<PluginDetail> = {}): PluginDetail => ({
	marketplaceName: 'tools',
	marketplacePath: '/m/.agents/plugins/marketplace.json',
	summary: {
		...{ id: 'saw@tools', name: 'saw', shareContext: null, source: { type: 'local', path: '/m/saw' }, installed: false, enabled: false },
		...{ installPolicy: 'AVAILABLE', authPolicy: 'ON_USE', availability: 'AVAILABLE', keywords: [] },
		interface: {
			...{ displayName: hostile, shortDescription: 'Cuts.', longDescription: hostile, developerName: hostile, category: 'Wood' },
			...{ capabilities: [hostile], websiteUrl: 'https://example.test/<x>', privacyPolicyUrl: 'javascript:alert(1)', termsOfServiceUrl: 'command:x' },
			...{ defaultPrompt: [hostile], brandColor: null, composerIcon: null, composerIconUrl: null, logo: null, logoUrl: null },
			...{ screenshots: [], screenshotUrls: ['https://evil.test/s.png'] },
		},
	},
	description: null,
	skills: [{ name: hostile, description: hostile, shortDescription: null, interface: null, path: null, enabled: true }],
	hooks: [{ key: 'k', eventName: 'stop' }],
	apps: [{ id: 'mail', name: 'Mail', description: hostile, installUrl: null, needsAuth: true }],
	mcpServers: ['files', 'web'],
	programs: [
		{ kind: 'mcpServer', name: 'files', what: 'npx `files` `` \u202e x' },
		{ kind: 'mcpAddress', name: 'web', what: 'https://example.test/mcp' },
		{ kind: 'hook', name: 'k', what: 'sh check.sh' },
	],
	...change,
});

describe('the page of a plugin', () => {
	const page = pluginMarkdown({ detail: detail(), screenshots: [{ type: 'image/png', base64: 'AAAA' }] }, words);
	const html = new MarkdownIt({ html: true, linkify: true }).render(page);

	it('shows what the plugin says as text: it brings no pictures, links or markup', () => {
		assert.deepEqual(
			[...html.matchAll(/<img src="([^"]*)"/g)].map(([, source]) => source),
			['data:image/png;base64,AAAA'],
		);
		assert.deepEqual(
			[...html.matchAll(/<a href="([^"]*)"/g)].map(([, address]) => address),
			['https://example.test/%3Cx%3E'],
		);
		assert.doesNotMatch(html, /<script|<img src=x/);
		assert.equal([...html.matchAll(/<h1>/g)].length, 1);
	});

	it('says what it brings, with commands as they are, and hides no character of them', () => {
		for (const part of ['skills', 'mcpServers', 'hooks', 'apps', 'capabilities', 'prompts', 'links', 'screenshots'])
			assert.match(html, new RegExp(`<h2>${part}</h2>`));
		assert.match(html, /<code>npx `files` `` ⟨U\+202E⟩ x<\/code>/);
		assert.match(html, /<strong>stop<\/strong>: <code>sh check\.sh<\/code>/);
		assert.match(html, /needsConnection/);
	});

	it('says so when it brings nothing', () => {
		const empty = detail({ skills: [], hooks: [], apps: [], mcpServers: [], programs: [] });
		assert.match(pluginMarkdown({ detail: empty, screenshots: [] }, words), /bringsNothing/);
		assert.match(installText(empty, words), /runsNothing/);
	});
});

describe('what an installation would run', () => {
	it('names the programs, where data goes, and the hooks', () => {
		const lines = installText(detail(), words).split('\n');
		assert.deepEqual(
			lines.filter((line) => !line.startsWith('brings')),
			[
				...['from(/m/saw)', '', 'runs', '• files: npx `files` `` ⟨U+202E⟩ x'],
				...['', 'connects', '• web: https://example.test/mcp', '', 'hooksAsk', '• sh check.sh', '', ''],
			],
		);
	});

	it('says which hooks do not run with the settings of today, and the page does too', () => {
		const off = detail({ hooks: [] });
		const text = installText(off, words);
		assert.match(text, /hooksOff\n• sh check\.sh/);
		assert.doesNotMatch(text, /hooksAsk/);
		assert.match(pluginMarkdown({ detail: off, screenshots: [] }, words), /## hooks\n\nhooksOff\n\n- ` sh check\.sh `/);
		assert.doesNotMatch(pluginMarkdown({ detail: detail(), screenshots: [] }, words), /hooksOff/);
	});

	it('names servers of which it is not known what they start', () => {
		const { programs: _, ...unknown } = detail();
		const text = installText(unknown, words);
		assert.match(text, /runs\n• files\n• web/);
		assert.match(text, /hooksAsk\n• stop/);
	});
});
