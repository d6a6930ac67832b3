/** Of each server the newest lines are kept. */
const MAX_LINES = 500;

export interface LogLine {
	/** Unix milliseconds. */
	readonly at: number;
	readonly line: string;
}

/** What servers write to standard error and tell as log messages, and what became of them. */
export class ServerLog {
	readonly #lines = new Map<string, LogLine[]>();
	readonly #redact: (line: string) => string;

	constructor(redact: (line: string) => string) {
		this.#redact = redact;
	}

	add(server: string, line: string): void {
		const lines = this.#lines.get(server) ?? [];
		lines.push({ at: Date.now(), line: this.#redact(line) });
		if (lines.length > MAX_LINES) lines.splice(0, lines.length - MAX_LINES);
		this.#lines.set(server, lines);
	}

	of(server: string): readonly LogLine[] {
		return this.#lines.get(server) ?? [];
	}
}
