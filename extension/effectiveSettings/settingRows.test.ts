import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { settingGroups } from './settingRows.ts';

const t = (text: string, ...values: readonly unknown[]) => text.replaceAll(/\{(\d)\}/g, (_, index: string) => String(values[Number(index)]));
const sources = { t, shownPath: (path: string) => path.replace('/home/me', '~') };
const set = {
	key: 'model',
	value: '"gpt"',
	source: '/home/me/.codex/config.toml',
	file: '/home/me/.codex/config.toml',
	line: 3,
	withoutEffect: null,
};

describe('the rows of the effective settings', () => {
	it('say value and place, and lead to the line', () => {
		const [group] = settingGroups({ settings: [set], fixed: [] }, [], sources);
		assert.deepEqual(group, {
			title: 'Configuration',
			rows: [
				{
					label: 'model',
					description: '"gpt"',
					detail: '~/.codex/config.toml:3',
					place: { type: 'file', file: '/home/me/.codex/config.toml', line: 3 },
				},
			],
		});
	});

	it('begin with what an administrator fixed, and end with what has no effect and why', () => {
		const idle = { ...set, key: 'tui.theme', withoutEffect: 'belongs to the terminal client' };
		const groups = settingGroups(
			{ settings: [idle, set], fixed: [{ name: 'sandboxModes', value: '["read-only"]', source: '/etc/codex/requirements.toml' }] },
			[{ id: 'tiller.model', value: 'x', scope: 'workspace' }],
			sources,
		);
		assert.deepEqual(
			groups.map(({ title, rows }) => [title, rows.map(({ label, detail }) => `${label}: ${detail}`)]),
			[
				['Fixed by Your Administrator', ['$(lock) sandboxModes: /etc/codex/requirements.toml']],
				['VS Code Settings', ['tiller.model: Workspace settings']],
				['Configuration', ['model: ~/.codex/config.toml:3']],
				['Without Effect', ['tui.theme: ~/.codex/config.toml:3 · No effect here: belongs to the terminal client']],
			],
		);
	});

	it('show no secret, and name a place that is no file', () => {
		const [group] = settingGroups(
			{ settings: [{ ...set, value: null, file: null, line: null, source: 'the command line' }], fixed: [] },
			[],
			sources,
		);
		assert.deepEqual(group?.rows, [{ label: 'model', description: 'Hidden', detail: 'the command line', place: null }]);
	});
});
