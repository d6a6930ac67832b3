import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { outputText, readCodePages } from './outputText.ts';

const western = { ansi: 1252, oem: 850 };
const all = (
	bytes: Uint8Array,
	step: number,
	options: Parameters<typeof outputText>[1],
	argv: readonly string[] = ['C:\\Windows\\System32\\cmd.exe', '/d', '/c', 'x'],
) => {
	const text = outputText(argv, options);
	let read = '';
	for (let at = 0; at < bytes.length; at += step) read += text.decode(bytes.subarray(at, at + step));
	return read + text.end();
};
const windows = (pages: typeof western | null) => ({ system: 'windows', codePages: () => pages }) as const;

describe('the output of a program on Windows', () => {
	it('is UTF-8 wherever it is cut, and then nobody asks for a code page', () => {
		const text = 'a\u00e4\u20ac\u{1f600}\r\nlast \u00fc';
		const options = { system: 'windows', codePages: () => assert.fail('not needed') } as const;
		for (let step = 1; step < 9; step++) assert.equal(all(Buffer.from(text), step, options), text);
	});

	it('is read in the code page of the system where a line is no UTF-8', () => {
		const [ansi, oem] = [Buffer.from([0x66, 0xfc, 0x72, 0x0a]), Buffer.from([0x66, 0x81, 0x72, 0x0a])];
		for (let step = 1; step < 9; step++) {
			assert.equal(
				all(Buffer.concat([Buffer.from('\u00e4\n'), ansi, Buffer.from('\u00f6 ok')]), step, windows(western)),
				'\u00e4\nf\u00fcr\n\u00f6 ok',
			);
			assert.equal(all(oem, step, windows(western), ['ipconfig']), 'f\u00fcr\n');
		}
		assert.equal(all(Buffer.from([0xfc]), 1, windows(western)), '\u00fc', 'at the end of all');
	});

	it('in two bytes a character may be cut in between', () => {
		const bytes = Buffer.from([0x93, 0xfa, 0x96, 0x7b, 0x0a]);
		for (let step = 1; step < 6; step++) assert.equal(all(bytes, step, windows({ ansi: 932, oem: 932 })), '\u65e5\u672c\n');
	});

	it('in UTF-16 is read as such, with a mark or without', () => {
		for (const text of ['\ufeffWindows\r\n\u00e4', 'Ubuntu\r\n']) {
			for (const step of [2, 3, 100]) {
				const read = all(Buffer.from(text, 'utf16le'), step, windows(western));
				if (step > 3 || text.startsWith('\ufeff')) assert.equal(read, text.replace('\ufeff', ''));
			}
		}
	});

	it('keeps what nobody can read as signs that say so', () => {
		assert.equal(all(Buffer.from([0x66, 0xfc]), 1, windows(null)), 'f\ufffd');
		assert.equal(all(Buffer.from([0x66, 0xfc]), 1, windows({ ansi: 65001, oem: 437 })), 'f\ufffd');
		assert.equal(all(Buffer.from([0x66, 0xfc]), 1, { system: 'linux' }), 'f\ufffd');
	});

	it('has the code pages that the registry names', () => {
		const text =
			'\r\nHKEY_LOCAL_MACHINE\\...\\CodePage\r\n    37    REG_SZ    c_037.nls\r\n    ACP    REG_SZ    1252\r\n    OEMCP    REG_SZ    850\r\n';
		assert.deepEqual(readCodePages(text), western);
		assert.equal(readCodePages('ERROR'), null);
	});
});
