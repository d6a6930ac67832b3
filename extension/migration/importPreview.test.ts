import assert from 'node:assert/strict';
import { importPreview, type PreviewWords } from './importPreview.ts';

const words: PreviewWords = {
	title: () => 'Import',
	kind: (type) => type,
	does: ({ item, target }) => `${item.description} to ${target ?? 'Tiller'}`,
	reason: ({ reason }) => reason,
	home: () => 'User',
	skipped: () => 'Skipped',
	unreadable: () => 'Unreadable',
};
const none = { plugins: [], sessions: [], mcpServers: [], hooks: [], subagents: [], commands: [] };

describe('the preview of an import', () => {
	it('names every item, what is in it, what is skipped and why', () => {
		const text = importPreview(
			{
				items: [
					{
						item: { itemType: 'HOOKS', description: 'Add hooks', details: { ...none, hooks: [{ name: 'one' }] } },
						names: ['one'],
						source: null,
						target: 'here',
						skipped: [{ name: 'two', reason: 'it is switched off', code: 'failed', values: [] }],
					},
					{
						item: {
							itemType: 'SESSIONS',
							description: 'Take over',
							cwd: '/ws',
							details: { ...none, sessions: [{ path: '/p', cwd: 'ws', title: 'T' }] },
						},
						names: [],
						source: null,
						target: null,
						skipped: [],
					},
				],
				leftOut: [{ itemType: 'COMMANDS', cwd: '/ws', skipped: [{ name: 'ask.md', reason: 'it takes arguments', code: 'failed', values: [] }] }],
				unreadable: [{ name: '/x', reason: 'broken', code: 'failed', values: [] }],
			},
			words,
		);
		assert.equal(
			text,
			`# Import

## HOOKS: User

Add hooks to here

- one

### Skipped

- \` two \`: it is switched off

## SESSIONS: \` /ws \`

Take over to Tiller

- T &#40;ws&#41;

## COMMANDS: \` /ws \`

### Skipped

- \` ask.md \`: it takes arguments

## Unreadable

- \` /x \`: broken
`,
		);
	});

	it('shows what another program wrote as text, and as nothing else', () => {
		const text = importPreview(
			{
				items: [
					{ item: { itemType: 'SKILLS', description: '![x](http://evil)\n# Heading <img>' }, names: [], source: null, target: null, skipped: [] },
				],
				leftOut: [{ itemType: 'SKILLS', cwd: 'a`b', skipped: [{ name: 'n\n# h', reason: '*bold*', code: 'failed', values: [] }] }],
				unreadable: [],
			},
			words,
		);
		assert.ok(!/!\[|<img|^# Heading|^# h|\*bold/m.test(text), text);
		assert.ok(text.includes('`` a`b ``'));
	});
});
