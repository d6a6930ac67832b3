/** What a terminal would show of a command's output, line by line: colours, carriage returns, erased lines; all else is dropped. */
export interface TextStyle {
	/** Palette number or `#rrggbb`. */
	readonly foreground?: number | string;
	readonly background?: number | string;
	readonly bold?: boolean;
	readonly dim?: boolean;
	readonly italic?: boolean;
	readonly underline?: boolean;
	readonly inverse?: boolean;
	readonly strike?: boolean;
}

export interface TextSpan {
	readonly text: string;
	readonly style: TextStyle;
}

export interface TerminalLine {
	readonly key: number;
	readonly spans: readonly TextSpan[];
}

const plain: TextStyle = {};
// CSI; OSC and other strings up to BEL or ST; two-character escapes; the C1 forms; control characters except \t \n \r \b.
const control =
	// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
	/\x1b\[([0-9;:?<=>]*)[ -/]*([@-~])|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[ -/]*[0-Z\\^-~]|[\x00-\x07\x0b-\x0c\x0e-\x1a\x1c-\x1f\x7f]/g;
// The end of a chunk may hold half an escape sequence.
// biome-ignore lint/suspicious/noControlCharactersInRegex: as above
const unfinished = /\x1b(?:\[[0-9;:?<=> -/]*|[\]PX^_][^\x07\x1b]{0,4096}\x1b?|[ -/]*)?$/;

interface Cell {
	readonly char: string;
	readonly style: TextStyle;
}

/** Takes output piece by piece. `lines()` returns the same object for a line that did not change, so that it need not be drawn again. */
export class TerminalText {
	readonly #maxLines: number;
	#finished: TerminalLine[] = [];
	#dropped = 0;
	#nextKey = 0;
	#cells: Cell[] = [];
	#column = 0;
	#style: TextStyle = plain;
	#rest = '';

	constructor(maxLines = 1000) {
		this.#maxLines = maxLines;
	}

	/** How many lines at the beginning are no longer held. */
	get dropped(): number {
		return this.#dropped;
	}

	write(chunk: string): void {
		const text = this.#rest + chunk;
		this.#rest = unfinished.exec(text)?.[0] ?? '';
		const whole = text.slice(0, text.length - this.#rest.length);
		let position = 0;
		for (const match of whole.matchAll(control)) {
			this.#print(whole.slice(position, match.index));
			position = match.index + match[0].length;
			if (match[2] === 'm') {
				this.#style = applySgr(this.#style, match[1] ?? '');
			} else if (match[2] === 'K') {
				this.#eraseLine(match[1] ?? '');
			} else if (match[2] === 'G') {
				this.#column = Math.min(Math.max(0, Number(match[1] || '1') - 1), 10_000);
			}
		}
		this.#print(whole.slice(position));
	}

	lines(): readonly TerminalLine[] {
		return this.#cells.length === 0 ? [...this.#finished] : [...this.#finished, this.#currentLine()];
	}

	#print(text: string): void {
		for (const char of text) {
			if (char === '\n') {
				this.#endLine();
			} else if (char === '\r') {
				this.#column = 0;
			} else if (char === '\b') {
				this.#column = Math.max(0, this.#column - 1);
			} else {
				while (this.#cells.length < this.#column) {
					this.#cells.push({ char: ' ', style: plain });
				}
				this.#cells[this.#column++] = { char, style: this.#style };
			}
		}
	}

	#endLine(): void {
		this.#finished.push(this.#currentLine());
		this.#nextKey++;
		this.#cells = [];
		this.#column = 0;
		if (this.#finished.length > this.#maxLines) {
			const cut = Math.max(1, Math.floor(this.#maxLines / 4));
			this.#dropped += cut;
			this.#finished = this.#finished.slice(cut);
		}
	}

	#eraseLine(mode: string): void {
		if (mode === '' || mode === '0') {
			this.#cells.length = Math.min(this.#cells.length, this.#column);
		} else if (mode === '2') {
			this.#cells = [];
		}
	}

	#currentLine(): TerminalLine {
		const spans: { text: string; style: TextStyle }[] = [];
		for (const { char, style } of this.#cells) {
			const last = spans.at(-1);
			if (last !== undefined && last.style === style) {
				last.text += char;
			} else {
				spans.push({ text: char, style });
			}
		}
		return { key: this.#nextKey, spans };
	}
}

function applySgr(style: TextStyle, parameters: string): TextStyle {
	const codes = parameters.split(/[;:]/).map((code) => Number(code === '' ? '0' : code));
	let next: TextStyle = style;
	for (let index = 0; index < codes.length; index++) {
		const code = codes[index] ?? 0;
		if (code === 38 || code === 48) {
			const [colour, used] = extendedColour(codes.slice(index + 1));
			index += used;
			next = colour === null ? next : { ...next, [code === 38 ? 'foreground' : 'background']: colour };
		} else {
			next = applyCode(next, code);
		}
	}
	return next;
}

function applyCode(style: TextStyle, code: number): TextStyle {
	if (code >= 30 && code <= 37) return { ...style, foreground: code - 30 };
	if (code >= 90 && code <= 97) return { ...style, foreground: code - 82 };
	if (code >= 40 && code <= 47) return { ...style, background: code - 40 };
	if (code >= 100 && code <= 107) return { ...style, background: code - 92 };
	switch (code) {
		case 0:
			return plain;
		case 1:
			return { ...style, bold: true };
		case 2:
			return { ...style, dim: true };
		case 3:
			return { ...style, italic: true };
		case 4:
			return { ...style, underline: true };
		case 7:
			return { ...style, inverse: true };
		case 9:
			return { ...style, strike: true };
		case 22:
			return { ...style, bold: false, dim: false };
		case 23:
			return { ...style, italic: false };
		case 24:
			return { ...style, underline: false };
		case 27:
			return { ...style, inverse: false };
		case 29:
			return { ...style, strike: false };
		case 39:
			return without(style, 'foreground');
		case 49:
			return without(style, 'background');
		default:
			return style;
	}
}

function without(style: TextStyle, name: 'foreground' | 'background'): TextStyle {
	const { [name]: _, ...rest } = style;
	return rest;
}

/** The colour after 38 or 48, and how many codes it took. */
function extendedColour(codes: readonly number[]): readonly [number | string | null, number] {
	if (codes[0] === 5) {
		return [paletteColour(codes[1] ?? 0), 2];
	}
	return codes[0] === 2 ? [hexColour(codes[1] ?? 0, codes[2] ?? 0, codes[3] ?? 0), 4] : [null, 0];
}

function paletteColour(index: number): number | string | null {
	if (index < 16) {
		return index;
	}
	if (index >= 232) {
		const grey = 8 + (Math.min(index, 255) - 232) * 10;
		return hexColour(grey, grey, grey);
	}
	const level = (step: number): number => (step === 0 ? 0 : 55 + step * 40);
	const cube = index - 16;
	return hexColour(level(Math.floor(cube / 36)), level(Math.floor(cube / 6) % 6), level(cube % 6));
}

function hexColour(red: number, green: number, blue: number): string {
	return `#${[red, green, blue]
		.map((part) =>
			Math.min(255, Math.max(0, Math.trunc(part) || 0))
				.toString(16)
				.padStart(2, '0'),
		)
		.join('')}`;
}
