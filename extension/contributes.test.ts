import assert from 'node:assert/strict';
import fs from 'node:fs';
import { commandNames, viewOnlyCommands } from './commands.ts';
import { settingsTable } from './settingsTable.ts';

interface Manifest {
	readonly contributes: {
		readonly commands: readonly { readonly command: string; readonly category: string; readonly title: string }[];
		readonly menus: { readonly commandPalette: readonly { readonly command: string; readonly when: string }[] };
		readonly keybindings: readonly { readonly command: string; readonly when?: string }[];
		readonly configuration: {
			readonly properties: Readonly<
				Record<string, { readonly type: string; readonly default: unknown; readonly enum?: readonly string[]; readonly scope: string }>
			>;
		};
	};
}

const text = fs.readFileSync(new URL('../package.json', import.meta.url), 'utf8');
const manifest = JSON.parse(text) as Manifest;
const nls = JSON.parse(fs.readFileSync(new URL('../package.nls.json', import.meta.url), 'utf8')) as Record<string, string>;
const { contributes } = manifest;

describe('package.json', () => {
	it('has exactly the commands that the extension handles, under one category', () => {
		assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), [...commandNames].sort());
		assert.deepEqual(new Set(contributes.commands.map(({ category }) => category)), new Set(['Tiller']));
	});

	it('keeps commands that need their view out of the palette', () => {
		const hidden = contributes.menus.commandPalette.filter(({ when }) => when === 'false').map(({ command }) => command);
		assert.deepEqual(hidden.sort(), [...viewOnlyCommands].sort());
	});

	it('has exactly the settings that the extension reads, with the same defaults and values', () => {
		const declared = Object.entries(contributes.configuration.properties).map(([name, property]) => [
			name,
			property.type,
			property.default,
			property.enum ?? null,
		]);
		const read = Object.entries(settingsTable).map(([name, definition]) => [name, definition.type, definition.defaultValue, definition.values]);
		assert.deepEqual(declared.sort(), read.sort());
	});

	it('lets no folder choose what is run or allowed', () => {
		for (const name of ['tiller.server.path', 'tiller.server.args', 'tiller.approvals.mode'])
			assert.equal(contributes.configuration.properties[name]?.scope, 'machine');
	});

	it('binds keys only where Tiller has the focus, or an editor shows changes to review', () => {
		for (const { command, when } of contributes.keybindings)
			assert.match(
				when ?? '',
				/focusedView == tiller\.|^activeWebviewPanelId == 'tiller\.chatTab' && !tiller\.chatFocus$|^resourcePath in tiller\.reviewFiles && editorTextFocus$/,
				command,
			);
	});

	it('helps in each view who uses a screen reader, with commands that exist', () => {
		for (const name of ['help.chat', 'help.agents', 'help.threads']) {
			const named = [...(nls[name] ?? '').matchAll(/<keybinding:([\w.]+)>/g)].map((match) => match[1] ?? '');
			assert.ok(named.length > 4, name);
			assert.deepEqual(
				named.filter((command) => !commandNames.some((known) => known === command)),
				[],
			);
		}
	});

	it('finds every word in package.nls.json, and uses every word there', () => {
		const used = [...text.matchAll(/"%([\w.]+)%"/g)].map((match) => match[1] ?? '');
		assert.deepEqual([...new Set(used)].sort(), Object.keys(nls).sort());
	});
});

describe('settings', () => {
	it('accept only values of their kind', () => {
		assert.equal(settingsTable['tiller.approvals.mode'].accepts('auto'), true);
		assert.equal(settingsTable['tiller.approvals.mode'].accepts('everything'), false);
		assert.equal(settingsTable['tiller.server.args'].accepts(['a', 1]), false);
		assert.equal(settingsTable['tiller.server.path'].accepts(null), false);
	});
});
