import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { messagesInSources, placeholders, readWords } from './l10nMessages.ts';

describe('the words of extension and page', () => {
	it('are all in l10n/bundle.l10n.json, for translators', async () => {
		const known = Object.keys(await readWords('l10n/bundle.l10n.json'));
		assert.deepEqual(await messagesInSources(), known, 'run "npm run l10n"');
	});

	it('are said through t, so that they can be translated', async () => {
		const folder = path.resolve(import.meta.dirname, '../../../webview/strings');
		const files = await Promise.all((await readdir(folder)).sort().map((file) => readFile(path.join(folder, file), 'utf8')));
		const source = files.join('\n');
		const rest = source
			.replaceAll(/\/\*\*[^]*?\*\/|^\s*\/\/.*$/gm, '')
			.replaceAll(/^import .*$/gm, '')
			.replaceAll(/\bt\(\s*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")/g, 't(')
			.replaceAll(/=== '[^'\n]*'/g, '');
		assert.deepEqual(rest.match(/'[^'\n]*'|"[^"\n]*"|`[^`]*`/g), ["'Tiller'", "'help'", "'fix the bug'"], 'put these into t(…)');
	});

	it('are all translated into German, with every value in its place', async () => {
		const messages = await messagesInSources();
		const german = await readWords('l10n/bundle.l10n.de.json');
		assert.deepEqual(Object.keys(german).sort(), messages, 'see "npm run l10n"');
		for (const [text, translation] of Object.entries(german)) assert.equal(placeholders(translation), placeholders(text), text);
	});

	it('of package.json are all translated into German, with the same links and settings', async () => {
		const english = await readWords('package.nls.json');
		const german = await readWords('package.nls.de.json');
		assert.deepEqual(Object.keys(german), Object.keys(english));
		const fixed = (text: string | undefined) => (text ?? '').match(/\]\([^)]*\)|`[^`]*`|<keybinding:[^>]*>|\n/g);
		for (const [name, text] of Object.entries(english)) assert.deepEqual(fixed(german[name]), fixed(text), name);
	});
});
