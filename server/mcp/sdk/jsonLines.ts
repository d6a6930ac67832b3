/** The longest message that is taken from a server. */
export const MAX_MESSAGE_BYTES = 32 * 1024 * 1024;
/** So much of the beginning and the end of a longer one is kept, to find out what it answers. */
const KEPT_BYTES = 1024;

export interface JsonLinesHandler {
	message(value: unknown): void;
	/** Text that is no message. */
	stray(line: string): void;
	/** A message that is too long and was dropped; `id` is of the request that it answers, as far as that can be told. */
	tooLong(bytes: number, id: string | number | null): void;
}

/** Cuts bytes into lines of JSON. Keeps no line that is too long, however it comes. */
export class JsonLines {
	readonly #handler: JsonLinesHandler;
	readonly #max: number;
	#chunks: Uint8Array[] = [];
	#length = 0;
	/** Of a line that is too long. */
	#head: Buffer | null = null;
	#tail = Buffer.alloc(0);

	constructor(handler: JsonLinesHandler, max = MAX_MESSAGE_BYTES) {
		this.#handler = handler;
		this.#max = max;
	}

	push(chunk: Uint8Array): void {
		let start = 0;
		for (let end = chunk.indexOf(0x0a); end >= 0; end = chunk.indexOf(0x0a, start)) {
			this.#keep(chunk.subarray(start, end));
			start = end + 1;
			this.#finish();
		}
		this.#keep(chunk.subarray(start));
	}

	#keep(part: Uint8Array): void {
		if (part.length === 0) return;
		this.#length += part.length;
		this.#chunks.push(part);
		if (this.#head === null && this.#length <= this.#max) return;
		const all = Buffer.concat(this.#chunks);
		this.#head ??= Buffer.from(all.subarray(0, KEPT_BYTES));
		this.#tail = Buffer.from(Buffer.concat([this.#tail, all.subarray(-KEPT_BYTES)]).subarray(-KEPT_BYTES));
		this.#chunks = [];
	}

	#finish(): void {
		const [chunks, length, head, tail] = [this.#chunks, this.#length, this.#head, this.#tail];
		this.#chunks = [];
		this.#length = 0;
		this.#head = null;
		this.#tail = Buffer.alloc(0);
		if (head !== null) return this.#handler.tooLong(length, idIn(head.toString('latin1'), tail.toString('latin1')));
		const line = Buffer.concat(chunks).toString('utf8').trim();
		if (line === '') return;
		let value: unknown;
		try {
			value = JSON.parse(line);
		} catch {
			return this.#handler.stray(line.slice(0, 2000));
		}
		this.#handler.message(value);
	}
}

/** Programs write the id first or last. */
function idIn(head: string, tail: string): string | number | null {
	const written =
		/^\{\s*(?:"jsonrpc"\s*:\s*"2\.0"\s*,\s*)?"id"\s*:\s*(\d+|"[^"\\]{0,200}")/.exec(head) ??
		/,\s*"id"\s*:\s*(\d+|"[^"\\]{0,200}")\s*\}\s*$/.exec(tail);
	return written?.[1] === undefined ? null : (JSON.parse(written[1]) as string | number);
}
