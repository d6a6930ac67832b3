import { execFileSync } from 'node:child_process';
import { TextDecoder } from 'node:util';
import { CONSOLE_PAGES } from './consolePages.ts';
import { hostSystem } from './host.ts';
import { pathRules } from './pathRules.ts';
import { scriptOf } from './shellPlan.ts';
import type { System } from './system.ts';

/** Turns the output of a program into text, in pieces that may be cut anywhere. */
export interface OutputText {
	decode(chunk: Uint8Array): string;
	/** What is left. */
	end(): string;
}

/** Numbers of Windows' code pages; 65001 is UTF-8. */
export interface CodePages {
	/** Of programs without a console's own. */
	readonly ansi: number;
	/** Of consoles. */
	readonly oem: number;
}

export interface OutputTextOptions {
	readonly system?: System;
	readonly codePages?: () => CodePages | null;
}

/**
 * Text of what this argv prints, in UTF-8. On Windows lines that are none are read in the system's code page, which old programs print in whatever the console says,
 * and a stream in UTF-16, as `wsl` and `wmic` write it, as such.
 */
export function outputText(argv: readonly string[], { system = hostSystem, codePages = hostCodePages }: OutputTextOptions = {}): OutputText {
	if (system === 'windows') return new WindowsText(() => pageOf(codePages(), argv));
	const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
	return { decode: (chunk) => decoder.decode(chunk, { stream: true }), end: () => decoder.decode() };
}

/** Windows' shells tell the console to speak UTF-8, see `launchOf`: what is none then does not ask the console. */
function pageOf(pages: CodePages | null, argv: readonly string[]): number | null {
	const language = scriptOf(argv, pathRules('windows'))?.language ?? null;
	return pages === null ? null : language === 'cmd' || language === 'powershell' ? pages.ansi : pages.oem;
}

const NEWLINE = 10;

class WindowsText implements OutputText {
	readonly #page: () => number | null;
	#wide: TextDecoder | null = null;
	#hasBegun = false;
	/** The end of the last chunk: a character that is cut in two. */
	#rest: Uint8Array = new Uint8Array();
	/** Reads the line that is no UTF-8, until its end. */
	#legacy: TextDecoder | PageDecoder | null = null;

	constructor(page: () => number | null) {
		this.#page = page;
	}

	decode(chunk: Uint8Array): string {
		const bytes = Buffer.concat([this.#rest, chunk]);
		this.#rest = new Uint8Array();
		if (!this.#hasBegun && bytes.length > 0) {
			// Two bytes are needed to tell.
			if (bytes.length < 2) {
				this.#rest = bytes;
				return '';
			}
			this.#hasBegun = true;
			if (isWide(bytes)) this.#wide = new TextDecoder('utf-16le');
		}
		if (this.#wide) return this.#wide.decode(bytes, { stream: true });
		let text = '';
		for (let from = 0; from < bytes.length; ) {
			const newline = bytes.indexOf(NEWLINE, from);
			const to = newline < 0 ? bytes.length : newline + 1;
			text += this.#part(bytes.subarray(from, to), newline < 0);
			from = to;
		}
		return text;
	}

	end(): string {
		const rest = this.#rest;
		this.#rest = new Uint8Array();
		if (this.#wide) return this.#wide.decode();
		return rest.length === 0 ? this.#endLegacy() : this.#part(rest, false) + this.#endLegacy();
	}

	/** A line, or what there is of it yet. */
	#part(bytes: Uint8Array, isOpen: boolean): string {
		if (this.#legacy === null) {
			const whole = isOpen ? bytes.subarray(0, bytes.length - openCharacter(bytes)) : bytes;
			const text = asUtf8(whole);
			if (text !== null) {
				this.#rest = bytes.slice(whole.length);
				return text;
			}
			this.#legacy = decoderOf(this.#page());
		}
		const text = this.#legacy.decode(bytes, { stream: true });
		return isOpen ? text : text + this.#endLegacy();
	}

	#endLegacy(): string {
		const text = this.#legacy?.decode() ?? '';
		this.#legacy = null;
		return text;
	}
}

function isWide(bytes: Uint8Array): boolean {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return true;
	const beginning = bytes.subarray(0, 16);
	return beginning.length >= 4 && beginning.every((byte, at) => (byte === 0) === (at % 2 === 1));
}

/** How many bytes at the end begin a character of UTF-8 without ending it. */
function openCharacter(bytes: Uint8Array): number {
	for (let back = 1; back <= Math.min(3, bytes.length); back++) {
		const byte = bytes[bytes.length - back] ?? 0;
		if (byte < 0x80) return 0;
		if (byte >= 0xc2) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
	}
	return 0;
}

function asUtf8(bytes: Uint8Array): string | null {
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return null;
	}
}

/** The names of the code pages that every `TextDecoder` knows. */
const KNOWN: Readonly<Record<number, string>> = {
	...{ 866: 'ibm866', 874: 'windows-874', 932: 'shift_jis', 936: 'gbk', 949: 'euc-kr', 950: 'big5', 54936: 'gb18030' },
	...Object.fromEntries([1250, 1251, 1252, 1253, 1254, 1255, 1256, 1257, 1258].map((page) => [page, `windows-${page}`])),
};

function decoderOf(page: number | null): TextDecoder | PageDecoder {
	const upper = page === null ? undefined : CONSOLE_PAGES[page];
	if (upper !== undefined) return new PageDecoder(upper);
	return new TextDecoder(page === null ? 'utf-8' : (KNOWN[page] ?? 'utf-8'));
}

/** One byte, one character. */
class PageDecoder {
	readonly #upper: string;

	constructor(upper: string) {
		this.#upper = upper;
	}

	decode(bytes: Uint8Array = new Uint8Array(), _options?: { readonly stream: boolean }): string {
		return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : this.#upper[byte - 0x80])).join('');
	}
}

let known: CodePages | null | undefined;

/** Asked for once, when there is something to decode. */
function hostCodePages(): CodePages | null {
	if (known === undefined) {
		try {
			const program = `${process.env['SystemRoot'] ?? 'C:\\Windows'}\\System32\\reg.exe`;
			const args = ['query', 'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage'];
			known = readCodePages(
				execFileSync(program, args, { encoding: 'latin1', timeout: 5000, windowsHide: true, stdio: ['ignore', 'pipe', 'ignore'] }),
			);
		} catch {
			known = null;
		}
	}
	return known;
}

/** From what `reg query` prints. */
export function readCodePages(text: string): CodePages | null {
	const page = (name: string) => Number(new RegExp(`^\\s*${name}\\s+REG_SZ\\s+(\\d+)\\s*$`, 'm').exec(text)?.[1] ?? 0);
	const [ansi, oem] = [page('ACP'), page('OEMCP')];
	return ansi > 0 && oem > 0 ? { ansi, oem } : null;
}
