import type * as vscode from 'vscode';
import type { Client } from '../server/client.ts';

const prefix = 'tiller.providerKey.';
const listName = 'tiller.providerKeys';

/** Keys of model providers in VS Code's secret storage, by the variable of their `env_key`. The server gets them at each connection, and keeps them in memory. */
export class ProviderKeys {
	readonly #secrets: vscode.SecretStorage;
	/** Which variables have a key: the storage cannot list them. */
	readonly #names: vscode.Memento;

	constructor(secrets: vscode.SecretStorage, names: vscode.Memento) {
		this.#secrets = secrets;
		this.#names = names;
	}

	async store(client: Pick<Client, 'request'>, envKey: string, key: string): Promise<void> {
		await this.#secrets.store(prefix + envKey, key);
		await this.#names.update(listName, [...new Set([...this.#list(), envKey])]);
		await client.request('modelProvider/key/set', { envKey, key });
	}

	async remove(client: Pick<Client, 'request'>, envKey: string): Promise<void> {
		await this.#secrets.delete(prefix + envKey);
		await this.#names.update(
			listName,
			this.#list().filter((name) => name !== envKey),
		);
		await client.request('modelProvider/key/set', { envKey, key: null });
	}

	async connected(client: Pick<Client, 'request'>): Promise<void> {
		for (const envKey of this.#list()) {
			const key = await this.#secrets.get(prefix + envKey);
			if (key !== undefined) await client.request('modelProvider/key/set', { envKey, key });
		}
	}

	#list(): readonly string[] {
		return this.#names.get<readonly string[]>(listName, []);
	}
}
