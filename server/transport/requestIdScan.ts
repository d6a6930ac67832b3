const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** Longer keys and ids are not looked at. */
const MAX_TOKEN = 256;

/**
 * Finds the id of a request in text that is too long to be kept or is no JSON, piece by piece, so that the client that waits for an
 * answer gets one. Looks at the members of the outermost object only.
 */
export class RequestIdScan {
	#depth = 0;
	#inString = false;
	#escaped = false;
	#token: number[] = [];
	#key = '';
	#id: string | number | null = null;
	#hasMethod = false;

	feed(part: Uint8Array): void {
		for (const byte of part) this.#take(byte);
	}

	/** Null when there is none, or when it is the id of something else than a request, such as a response. */
	finish(): string | number | null {
		this.#endMember();
		return this.#hasMethod ? this.#id : null;
	}

	#take(byte: number): void {
		if (this.#inString) {
			this.#keep(byte);
			if (this.#escaped) this.#escaped = false;
			else if (byte === BACKSLASH) this.#escaped = true;
			else if (byte === QUOTE) this.#inString = false;
			return;
		}
		switch (byte) {
			case QUOTE:
				this.#inString = true;
				this.#keep(byte);
				return;
			case 0x7b: // {
			case 0x5b: // [
				this.#depth++;
				this.#keep(byte);
				if (this.#depth === 1) this.#token = [];
				return;
			case 0x7d: // }
			case 0x5d: // ]
				if (this.#depth === 1) this.#endMember();
				this.#depth--;
				return;
			case 0x3a: // :
				if (this.#depth !== 1) return;
				this.#key = String(this.#value());
				this.#token = [];
				return;
			case 0x2c: // ,
				if (this.#depth === 1) this.#endMember();
				return;
			default:
				this.#keep(byte);
		}
	}

	#keep(byte: number): void {
		if (this.#depth === 1 && this.#token.length < MAX_TOKEN) this.#token.push(byte);
	}

	#value(): unknown {
		try {
			return JSON.parse(Buffer.from(this.#token).toString('utf8'));
		} catch {
			return null;
		}
	}

	#endMember(): void {
		const value = this.#value();
		if (this.#key === 'id' && (typeof value === 'string' || typeof value === 'number')) this.#id = value;
		if (this.#key === 'method' && typeof value === 'string') this.#hasMethod = true;
		this.#key = '';
		this.#token = [];
	}
}

/** The same for text that is all there. */
export function scanRequestId(text: Uint8Array): string | number | null {
	const scan = new RequestIdScan();
	scan.feed(text);
	return scan.finish();
}
