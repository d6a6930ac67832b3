import assert from 'node:assert/strict';
import path from 'node:path';
import { createRequire } from 'node:module';
import esbuild from 'esbuild';
import { pageState } from './fixtures.ts';
import { pageSuite } from './pageSuite.ts';

const checkout = path.resolve(import.meta.dirname, '../../..');

interface Entities {
	decodeHTMLStrict(reference: string): string;
	encodeHTML(text: string): string;
}

/** The copy that markdown-it would bring into the script. */
const library = createRequire(createRequire(import.meta.url).resolve('markdown-it'))('entities') as Entities;

describe('names of characters in messages', () => {
	const { open } = pageSuite();

	it('are those of the library that the page does without', async () => {
		const names = new Set(['&nothing;', '&ampfoo;', '&notit;', '&AMP;', '&Amp;', '&semi;', '&copy;', '&lt;', '&a;', '&ngE;', '&lt1;']);
		for (let code = 0x20; code < 0x1f000; code++) {
			if (code >= 0xd800 && code < 0xf900) continue;
			const reference = library.encodeHTML(String.fromCodePoint(code));
			if (/^&[a-z]/i.test(reference)) names.add(reference);
		}
		assert.ok(names.size > 1400, `${names.size} names`);
		const { outputFiles } = await esbuild.build({
			entryPoints: [path.join(checkout, 'webview/text/entities.ts')],
			bundle: true,
			write: false,
			format: 'iife',
			globalName: 'names',
		});
		const { page } = await open({ state: pageState() });
		await page.evaluate(`${outputFiles[0]?.text ?? ''}; window.decodeForTest = names.decodeHTMLStrict;`);
		const read = await page.evaluate(`${JSON.stringify([...names])}.map((name) => window.decodeForTest(name))`);
		assert.deepEqual(read, [...names].map(library.decodeHTMLStrict));
	});
});
