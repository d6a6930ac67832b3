import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { ConfigError } from '../configError.ts';
import { ManagedPreferences, preferenceFolders } from './managedPreferences.ts';

describe('managed preferences of macOS', () => {
	let root = '';
	beforeEach(() => {
		root = mkdtempSync(path.join(tmpdir(), 'preferences-'));
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));

	const put = (folder: string, values: Readonly<Record<string, string>>) => {
		const entries = Object.entries(values).map(([key, value]) => `<key>${key}</key>\n\t<string>${value}</string>`);
		mkdirSync(path.join(root, folder), { recursive: true });
		writeFileSync(path.join(root, folder, 'com.openai.codex.plist'), `<plist><dict>${entries.join('\n')}</dict></plist>`);
	};
	const encoded = (toml: string) => Buffer.from(toml).toString('base64');
	const made = () => new ManagedPreferences({ folders: [path.join(root, 'me'), root], toXml: (file) => readFileSync(file, 'utf8') });

	it('are none on other systems, and where nothing is managed', () => {
		assert.deepEqual(
			preferenceFolders('linux', () => assert.fail('not asked')),
			[],
		);
		assert.deepEqual(
			preferenceFolders('darwin', () => 'me'),
			['/Library/Managed Preferences/me', '/Library/Managed Preferences'],
		);
		assert.equal(made().table('config_toml_base64'), null);
	});

	it('hold TOML in base64; those of the user win, and a change is seen', () => {
		put('', { config_toml_base64: encoded('model = "shared"\n'), requirements_toml_base64: encoded('allowed_sandbox_modes = ["read-only"]\n') });
		put('me', { config_toml_base64: encoded('model = "mine"\n') });
		const preferences = made();
		assert.deepEqual({ ...preferences.table('config_toml_base64') }, { model: 'mine' });
		assert.deepEqual({ ...preferences.table('requirements_toml_base64') }, { allowed_sandbox_modes: ['read-only'] });
		assert.equal(preferences.table('config_toml_base64'), preferences.table('config_toml_base64'), 'the same object until something changes');
		put('me', { config_toml_base64: encoded('model = "changed"\n') });
		assert.deepEqual({ ...preferences.table('config_toml_base64') }, { model: 'changed' });
	});

	it('that cannot be used stop what needs them, with file and key', () => {
		put('', { requirements_toml_base64: 'not base64!' });
		assert.throws(
			() => made().table('config_toml_base64'),
			(error) => error instanceof ConfigError && /requirements_toml_base64 .*codex\.plist: it is not base64/.test(error.message),
		);
		put('', { requirements_toml_base64: encoded('a = \n') });
		assert.throws(() => made().table('requirements_toml_base64'), /line 1/);
		const broken = new ManagedPreferences({
			folders: [root],
			toXml: () => {
				throw new Error('no property list');
			},
		});
		assert.throws(() => broken.table('config_toml_base64'), /cannot read the managed preferences .*no property list/);
		const file = path.join(root, 'file');
		writeFileSync(file, '');
		const below = new ManagedPreferences({ folders: [path.join(file, 'x'.repeat(5000))], toXml: () => '' });
		assert.throws(
			() => below.table('config_toml_base64'),
			(error) => error instanceof ConfigError && /ENAMETOOLONG/.test(error.message),
		);
	});
});
