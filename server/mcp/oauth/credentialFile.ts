import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

/** What somebody who signed in to a server got. */
export interface McpCredentials {
	readonly serverName: string;
	readonly serverUrl: string;
	readonly clientId: string;
	/** Null for a client that the provider trusts without one. */
	readonly clientSecret: string | null;
	readonly accessToken: string;
	readonly refreshToken: string | null;
	readonly scopes: readonly string[];
	/** Unix milliseconds; null: it does not say. */
	readonly expiresAt: number | null;
}

/** Where credentials of servers are kept. Rejects when they cannot be kept. */
export interface CredentialStore {
	load(server: ServerAddress): Promise<McpCredentials | null>;
	save(credentials: McpCredentials): Promise<void>;
	/** False when there were none. */
	remove(server: ServerAddress): Promise<boolean>;
}

export interface ServerAddress {
	readonly name: string;
	readonly url: string;
}

type Fields = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The file that other programs of this home use too; only its owner may read it. */
export class CredentialFile implements CredentialStore {
	readonly #file: string;

	constructor(home: string) {
		this.#file = path.join(home, '.credentials.json');
	}

	async load(server: ServerAddress): Promise<McpCredentials | null> {
		const found = this.#read()[credentialKey(server)];
		return isTable(found) ? fromRecord(found, server) : null;
	}

	async save(credentials: McpCredentials): Promise<void> {
		const { serverName: name, serverUrl: url } = credentials;
		this.#write({ ...this.#read(), [credentialKey({ name, url })]: toRecord(credentials) });
	}

	async remove(server: ServerAddress): Promise<boolean> {
		const { [credentialKey(server)]: found, ...rest } = this.#read();
		if (found === undefined) return false;
		this.#write(rest);
		return true;
	}

	/** Entries of other programs are kept as they are. Throws when there is something that is no such file: it is not written over. */
	#read(): Fields {
		let source: string;
		try {
			source = fs.readFileSync(this.#file, 'utf8');
		} catch (error) {
			if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
			throw error;
		}
		const value: unknown = source.trim() === '' ? {} : JSON.parse(source);
		if (!isTable(value)) throw new Error(`${this.#file} is no file of credentials: move it away to sign in`);
		return value;
	}

	/** Beside itself and then in its place, so that nobody ever reads half of it. */
	#write(entries: Fields): void {
		if (Object.keys(entries).length === 0) return fs.rmSync(this.#file, { force: true });
		fs.mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
		const beside = `${this.#file}.${process.pid}.tmp`;
		fs.writeFileSync(beside, JSON.stringify(entries), { mode: 0o600 });
		fs.renameSync(beside, this.#file);
	}
}

/** The same as other programs make of it. */
export function credentialKey({ name, url }: ServerAddress): string {
	const what = JSON.stringify({ type: 'http', url, headers: {} });
	return `${name}|${createHash('sha256').update(what).digest('hex').slice(0, 16)}`;
}

function toRecord({ serverName, serverUrl, clientId, clientSecret, accessToken, refreshToken, scopes, expiresAt }: McpCredentials): Fields {
	return {
		server_name: serverName,
		server_url: serverUrl,
		client_id: clientId,
		...(clientSecret === null ? {} : { client_secret: clientSecret }),
		access_token: accessToken,
		...(expiresAt === null ? {} : { expires_at: expiresAt }),
		...(refreshToken === null ? {} : { refresh_token: refreshToken }),
		scopes,
	};
}

function fromRecord(record: Fields, { name, url }: ServerAddress): McpCredentials | null {
	const { client_id: clientId, access_token: accessToken, client_secret: secret, refresh_token: refresh, scopes, expires_at: expiresAt } = record;
	if (typeof clientId !== 'string' || typeof accessToken !== 'string') return null;
	return {
		serverName: name,
		serverUrl: url,
		clientId,
		clientSecret: typeof secret === 'string' ? secret : null,
		accessToken,
		refreshToken: typeof refresh === 'string' ? refresh : null,
		scopes: Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [],
		expiresAt: typeof expiresAt === 'number' ? expiresAt : null,
	};
}
