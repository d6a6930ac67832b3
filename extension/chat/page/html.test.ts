import assert from 'node:assert/strict';
import { pageHtml } from './html.ts';

describe('html of the page', () => {
	const html = pageHtml({
		cspSource: 'https://*.vscode-cdn.net',
		nonce: 'abc123',
		script: 'https://host/dist/webview.js?a="b"',
		styles: ['https://host/dist/webview.css'],
		title: 'Tiller <chat>',
		language: 'en',
		loading: 'Loading…',
		dictionary: { Stop: 'Halt </script><script>alert(1)</script>' },
	});
	const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1]?.replaceAll('&#34;', '"') ?? '';

	it('lets only our script run and forbids everything that is not named', () => {
		assert.match(policy, /^default-src 'none';/);
		assert.match(policy, /script-src 'nonce-abc123';/);
		assert.doesNotMatch(policy, /unsafe|\*;|connect-src|frame-src/);
		assert.equal([...html.matchAll(/<script/g)].length, 3);
		assert.match(html, /<script nonce="abc123" src=/);
		assert.match(html, /<script type="application\/json" id="dictionary">/);
	});

	it('escapes what it is given', () => {
		assert.match(html, /Tiller &#60;chat&#62;/);
		assert.match(html, /\?a=&#34;b&#34;"/);
	});

	it('hands the translations over as data that cannot become a script', () => {
		const json = /id="dictionary">([^<]*)<\/script>/.exec(html)?.[1] ?? '';
		assert.deepEqual(JSON.parse(json), { Stop: 'Halt </script><script>alert(1)</script>' });
	});
});
