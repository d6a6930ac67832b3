import type { FileBlameResponse, FileBlameTurn } from '../../server/protocol/host/fileBlame.ts';
import type { ServerNotification } from '../../server/protocol/serverMessages.ts';
import type { Client } from '../server/client.ts';

/** A text of which the lines are asked about. `version` changes with the text. */
export interface BlamedText {
	readonly path: string;
	readonly version: number;
	readonly text: string;
}

const NONE: FileBlameResponse = { turns: [], ranges: [] };
/** Files whose answers are kept. */
const MAX_FILES = 20;

interface Known {
	readonly version: number;
	readonly answer: Promise<FileBlameResponse>;
}

/** Asks the server which turns wrote a file, once for each state of it. */
export class FileBlame {
	readonly #client: () => Client | null;
	readonly #known = new Map<string, Known>();

	/** `client`: null while there is no server; nothing is started for this. */
	constructor(client: () => Client | null) {
		this.#client = client;
	}

	/** Nothing when the server is not there, or not one that knows. */
	async of({ path, version, text }: BlamedText): Promise<FileBlameResponse> {
		const known = this.#known.get(path);
		if (known?.version === version) return await known.answer;
		const client = this.#client();
		if (client === null) return NONE;
		const answer = client.request('file/blame', { path, text }).catch(() => NONE);
		this.#known.delete(path);
		this.#known.set(path, { version, answer });
		for (const [oldest] of this.#known) if (this.#known.size > MAX_FILES) this.#known.delete(oldest);
		return await answer;
	}

	/** The turn that wrote a line, counted from 0; null when none did. */
	async turnAt(text: BlamedText, line: number): Promise<FileBlameTurn | null> {
		const { turns, ranges } = await this.of(text);
		const range = ranges.find(({ from, to }) => from <= line + 1 && line + 1 <= to);
		return range === undefined ? null : (turns[range.turn] ?? null);
	}

	notice(notification: ServerNotification): void {
		if (notification.method !== 'thread/checkpoint/updated') return;
		for (const { path } of notification.params.files) this.#known.delete(path);
	}

	/** Another server may know other things. */
	clear(): void {
		this.#known.clear();
	}
}
