import type { AuthTable } from './signIn.ts';
import { type Text } from '../words/l10n.ts';

/** Where a sign-in is kept: `cli_auth_credentials_store`. */
export interface AuthStore {
	/** Looks at the place itself. Needed where that takes time: what `read` says is from the last look. Never rejects. */
	load(): Promise<void>;
	/** Empty when there is nothing, or nothing that can be read. */
	read(): AuthTable;
	/** Rejects when it cannot be kept. */
	write(table: AuthTable): Promise<void>;
	clear(): Promise<void>;
	/** Why the place cannot be used, for people; null when it can. */
	problem(): Text | null;
}

/** `ephemeral`: gone with the process. */
export class MemoryAuthStore implements AuthStore {
	#table: AuthTable = {};

	load(): Promise<void> {
		return Promise.resolve();
	}

	read(): AuthTable {
		return this.#table;
	}

	write(table: AuthTable): Promise<void> {
		this.#table = table;
		return Promise.resolve();
	}

	clear(): Promise<void> {
		this.#table = {};
		return Promise.resolve();
	}

	problem(): null {
		return null;
	}
}
