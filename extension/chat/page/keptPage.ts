import fs from 'node:fs';
import path from 'node:path';

/** Larger than drafts with some pictures; what is larger is not kept. */
const MAX_BYTES = 20_000_000;

/** What the page remembers, on disk: drafts outlive a window that ended by force. The newest is written; those between may be skipped. */
export class KeptPage {
	readonly #file: string | null;
	readonly #failed: (error: unknown) => void;
	#next: string | null = null;
	#writing: Promise<void> | null = null;

	/** `folder`: null where nothing can be kept, such as in a window without a folder. */
	constructor(folder: string | null, failed: (error: unknown) => void) {
		this.#file = folder === null ? null : path.join(folder, 'page.json');
		this.#failed = failed;
	}

	/** Empty when there is nothing. Read at once: a page is being drawn. */
	read(): string {
		if (this.#next !== null) return this.#next;
		try {
			return this.#file === null ? '' : fs.readFileSync(this.#file, 'utf8');
		} catch {
			return '';
		}
	}

	keep(saved: string): void {
		if (this.#file === null || saved.length > MAX_BYTES) return;
		this.#next = saved;
		this.#writing ??= this.#write(this.#file)
			.catch(this.#failed)
			.finally(() => {
				this.#writing = null;
			});
	}

	/** Resolves when all is on disk. */
	async settled(): Promise<void> {
		await this.#writing;
	}

	async #write(file: string): Promise<void> {
		await fs.promises.mkdir(path.dirname(file), { recursive: true });
		while (this.#next !== null) {
			const text = this.#next;
			await fs.promises.writeFile(`${file}.new`, text, { mode: 0o600 });
			await fs.promises.rename(`${file}.new`, file);
			if (this.#next === text) this.#next = null;
		}
	}
}
