import type { Keyring } from '../../auth/keyring.ts';
import { type CredentialStore, credentialKey, type McpCredentials, type ServerAddress } from './credentialFile.ts';

/** The name under which other programs of this home keep them too. */
const SERVICE = 'Codex MCP Credentials';

type Fields = Readonly<Record<string, unknown>>;
const isTable = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const placeOf = (server: ServerAddress) => ({ service: SERVICE, account: credentialKey(server) });

/** Sign-ins in the keyring of the system. */
export class CredentialKeyring implements CredentialStore {
	readonly #keyring: Keyring;

	constructor(keyring: Keyring) {
		this.#keyring = keyring;
	}

	/** What is there and cannot be read counts as none. */
	async load(server: ServerAddress): Promise<McpCredentials | null> {
		const secret = await this.#keyring.get(placeOf(server));
		return secret === null ? null : fromSecret(secret, server);
	}

	async save(credentials: McpCredentials): Promise<void> {
		const { serverName: name, serverUrl: url } = credentials;
		await this.#keyring.set(placeOf({ name, url }), toSecret(credentials));
	}

	remove(server: ServerAddress): Promise<boolean> {
		return this.#keyring.delete(placeOf(server));
	}
}

/** `mcp_oauth_credentials_store = "auto"`: in the keyring where there is one, else in the file. */
export class PreferredCredentials implements CredentialStore {
	readonly #keyring: CredentialStore;
	readonly #file: CredentialStore;
	readonly #onProblem: (message: string) => void;

	constructor(keyring: CredentialStore, file: CredentialStore, onProblem: (message: string) => void) {
		this.#keyring = keyring;
		this.#file = file;
		this.#onProblem = onProblem;
	}

	async load(server: ServerAddress): Promise<McpCredentials | null> {
		return (await this.#tried(this.#keyring.load(server))) ?? this.#file.load(server);
	}

	async save(credentials: McpCredentials): Promise<void> {
		try {
			await this.#keyring.save(credentials);
		} catch (error) {
			this.#told(error);
			return this.#file.save(credentials);
		}
		// An older copy in the file would be a second one to steal.
		await this.#file.remove({ name: credentials.serverName, url: credentials.serverUrl });
	}

	async remove(server: ServerAddress): Promise<boolean> {
		const wasInFile = await this.#file.remove(server);
		return (await this.#tried(this.#keyring.remove(server))) === true || wasInFile;
	}

	async #tried<T>(work: Promise<T>): Promise<T | null> {
		try {
			return await work;
		} catch (error) {
			this.#told(error);
			return null;
		}
	}

	#told(error: unknown): void {
		this.#onProblem(`sign-ins to MCP servers are kept in a file: ${error instanceof Error ? error.message : String(error)}`);
	}
}

function toSecret({ serverName, serverUrl, clientId, clientSecret, accessToken, refreshToken, scopes, expiresAt }: McpCredentials): string {
	return JSON.stringify({
		server_name: serverName,
		url: serverUrl,
		client_id: clientId,
		...(clientSecret === null ? {} : { client_secret: clientSecret }),
		token_response: {
			access_token: accessToken,
			token_type: 'bearer',
			...(expiresAt === null ? {} : { expires_in: Math.max(0, Math.round((expiresAt - Date.now()) / 1000)) }),
			...(refreshToken === null ? {} : { refresh_token: refreshToken }),
			...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
		},
		...(expiresAt === null ? {} : { expires_at: expiresAt }),
	});
}

function fromSecret(secret: string, { name, url }: ServerAddress): McpCredentials | null {
	let value: unknown;
	try {
		value = JSON.parse(secret);
	} catch {
		return null;
	}
	if (!isTable(value) || !isTable(value.token_response)) return null;
	const { client_id: clientId, client_secret: clientSecret, expires_at: expiresAt, token_response: tokens } = value;
	const { access_token: accessToken, refresh_token: refresh, scope } = tokens;
	if (typeof clientId !== 'string' || typeof accessToken !== 'string') return null;
	return {
		serverName: name,
		serverUrl: url,
		clientId,
		clientSecret: typeof clientSecret === 'string' ? clientSecret : null,
		accessToken,
		refreshToken: typeof refresh === 'string' ? refresh : null,
		scopes: typeof scope === 'string' ? scope.split(' ').filter((each) => each !== '') : [],
		expiresAt: typeof expiresAt === 'number' ? expiresAt : null,
	};
}
