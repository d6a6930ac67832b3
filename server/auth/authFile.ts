import fs from 'node:fs';
import path from 'node:path';
import { randomUUID } from 'node:crypto';
import { renameFile } from '../platform/replaceFile.ts';

/**
 * Credentials in `auth.json` of the home, a file that only the user can read, shared with the reference program's CLI.
 * Members that we do not know stay as they are.
 */
export class AuthFile {
	readonly #path: string;

	constructor(home: string) {
		this.#path = path.join(home, 'auth.json');
	}

	/** Null when there is none, or when the file cannot be read. */
	apiKey(): string | null {
		const key = this.#read().OPENAI_API_KEY;
		return typeof key === 'string' && key !== '' ? key : null;
	}

	/** All of it; empty when there is no file, or none that can be read. */
	content(): Readonly<Record<string, unknown>> {
		return this.#read();
	}

	/** Throws the file system's error. */
	setApiKey(key: string): void {
		this.#write({ ...this.#read(), auth_mode: 'apikey', OPENAI_API_KEY: key });
	}

	/** False when there was nothing to remove. */
	clear(): boolean {
		if (!fs.existsSync(this.#path)) return false;
		fs.rmSync(this.#path);
		return true;
	}

	#read(): Readonly<Record<string, unknown>> {
		try {
			const value: unknown = JSON.parse(fs.readFileSync(this.#path, 'utf8'));
			return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
		} catch {
			return {};
		}
	}

	#write(value: Readonly<Record<string, unknown>>): void {
		fs.mkdirSync(path.dirname(this.#path), { recursive: true, mode: 0o700 });
		const temporary = `${this.#path}.${randomUUID()}`;
		fs.writeFileSync(temporary, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
		renameFile(temporary, this.#path);
	}
}
