import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { isTable } from '../toml/table.ts';
import { AuthError } from './authError.ts';
import type { AuthStore } from './authStore.ts';
import type { Keyring } from './keyring.ts';
import type { AuthTable } from './signIn.ts';
import { l10n, type Text, textOf } from '../words/l10n.ts';

/** The name under which the command line of the first program keeps it too. */
const SERVICE = 'Codex Auth';

/** The content of `auth.json` as a secret in the keyring of the system, one for each home. */
export class AuthKeyring implements AuthStore {
	readonly #keyring: Keyring;
	readonly #home: string;
	#table: AuthTable = {};
	#problem: Text | null = null;

	constructor(keyring: Keyring, home: string) {
		this.#keyring = keyring;
		this.#home = home;
	}

	async load(): Promise<void> {
		try {
			this.#table = tableIn((await this.#keyring.get(this.#place())) ?? '');
			this.#problem = null;
		} catch (error) {
			this.#table = {};
			this.#problem = textOf(error);
		}
	}

	read(): AuthTable {
		return this.#table;
	}

	async write(table: AuthTable): Promise<void> {
		try {
			await this.#keyring.set(this.#place(), JSON.stringify(table));
		} catch (cause) {
			throw new AuthError(
				l10n`The sign-in cannot be kept: ${textOf(cause)}. Unlock or install a keyring, or set cli_auth_credentials_store = "file" in config.toml.`,
				{ kind: 'forbidden', cause },
			);
		}
		this.#table = table;
		this.#problem = null;
	}

	async clear(): Promise<void> {
		this.#table = {};
		await this.#keyring.delete(this.#place()).catch((error: unknown) => (this.#problem = textOf(error)));
	}

	problem(): Text | null {
		return this.#problem;
	}

	#place() {
		const real = fs.existsSync(this.#home) ? fs.realpathSync(this.#home) : this.#home;
		return { service: SERVICE, account: `cli|${createHash('sha256').update(real).digest('hex').slice(0, 16)}` };
	}
}

/** `auto`: in the keyring where there is one, else in the file. */
export class PreferredAuthStore implements AuthStore {
	readonly #keyring: AuthStore;
	readonly #file: AuthStore;
	readonly #onProblem: (message: string) => void;

	constructor(keyring: AuthStore, file: AuthStore, onProblem: (message: string) => void) {
		this.#keyring = keyring;
		this.#file = file;
		this.#onProblem = onProblem;
	}

	async load(): Promise<void> {
		await Promise.all([this.#keyring.load(), this.#file.load()]);
	}

	read(): AuthTable {
		const kept = this.#keyring.read();
		return Object.keys(kept).length > 0 ? kept : this.#file.read();
	}

	async write(table: AuthTable): Promise<void> {
		try {
			await this.#keyring.write(table);
		} catch (error) {
			this.#onProblem(`the sign-in is kept in a file: ${error instanceof Error ? error.message : String(error)}`);
			await this.#file.write(table);
			return;
		}
		// A copy in the file would be a second one to steal.
		await this.#file.clear();
	}

	async clear(): Promise<void> {
		await Promise.all([this.#keyring.clear(), this.#file.clear()]);
	}

	problem(): null {
		return null;
	}
}

function tableIn(json: string): AuthTable {
	try {
		const value: unknown = JSON.parse(json);
		return isTable(value) ? value : {};
	} catch {
		return {};
	}
}
