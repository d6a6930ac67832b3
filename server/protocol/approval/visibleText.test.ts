import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { hasHidden, visibleParts, visibleText } from './visibleText.ts';

describe('text that a person decides about', () => {
	it('shows what changes the order of writing, has no width or is a control', () => {
		for (const [text, shown] of [
			['rm \u202Etxt.exe', 'rm ⟨U+202E⟩txt.exe'],
			['a\u2066b\u2069c', 'a⟨U+2066⟩b⟨U+2069⟩c'],
			['git\u200B push', 'git⟨U+200B⟩ push'],
			['x\u001B[2Jy\u0085', 'x⟨U+001B⟩[2Jy⟨U+0085⟩'],
			['a\u{E0041}b\uFEFF\u3164', 'a⟨U+E0041⟩b⟨U+FEFF⟩⟨U+3164⟩'],
			['line\u2028break', 'line⟨U+2028⟩break'],
		] as const) {
			assert.equal(visibleText(text), shown);
			assert.equal(hasHidden(text), true);
		}
	});

	it('leaves words of all languages, pictures, tabs and line breaks alone', () => {
		for (const text of ['שלום, مرحبا', '👩\u200D👩\u200D👧 ❤️', 'un café\u00A0?', 'a\tb\r\nc', 'नमस्ते', '한국어']) {
			assert.equal(visibleText(text), text);
			assert.equal(hasHidden(text), false);
		}
	});

	it('shows a space that is none where a program reads it', () => {
		assert.equal(visibleText('rm\u00A0-rf\u3000/', { code: true }), 'rm⟨U+00A0⟩-rf⟨U+3000⟩/');
		assert.deepEqual(visibleParts('a\u00A0b', { code: true }), [
			{ text: 'a', hidden: null },
			{ text: '\u00A0', hidden: 'U+00A0' },
			{ text: 'b', hidden: null },
		]);
	});
});
