import { AuthFile } from '../auth/authFile.ts';
import { AuthKeyring, PreferredAuthStore } from '../auth/authKeyring.ts';
import { type AuthStore, MemoryAuthStore } from '../auth/authStore.ts';
import { Credentials } from '../auth/credentials.ts';
import { ExternalSignIn } from '../auth/externalSignIn.ts';
import { Issuer } from '../auth/issuer.ts';
import type { Keyring } from '../auth/keyring.ts';
import { Logins } from '../auth/logins.ts';
import type { SignInRules } from '../auth/workspaceRules.ts';
import { chatgptAddress } from '../config/chatgptAddress.ts';
import { ChatgptBackend } from '../model/chatgpt/chatgptBackend.ts';
import { askBriefly } from '../model/http/briefRequest.ts';
import type { HttpTransport } from '../model/http/httpStream.ts';
import type { Clients } from '../session/clients.ts';
import { askClientForTokens } from '../session/clientTokens.ts';
import type { ServerRequests } from '../session/serverRequests.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { KeyPath } from '../toml/table.ts';

const ISSUER = 'https://auth.openai.com';
/** The one that the issuer lets people come back to. */
const LOGIN_PORT = 1455;

export interface AccountSurroundings {
	readonly home: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly version: string;
	readonly log: Logger;
	readonly clients: Clients;
	readonly requests: ServerRequests;
	readonly transport: HttpTransport;
	readonly keyring: Keyring;
	/** Of the configuration, before the requirements of a workspace: these are only known to who is signed in. */
	setting(path: KeyPath): unknown;
}

export interface AccountServices {
	readonly credentials: Credentials;
	readonly logins: Logins;
	/** The services of a ChatGPT account besides its models. */
	readonly backend: ChatgptBackend;
}

export function createAccountServices({
	home,
	env,
	version,
	log,
	clients,
	requests,
	transport,
	keyring,
	setting,
}: AccountSurroundings): AccountServices {
	const file = new AuthFile(home);
	const inKeyring = new AuthKeyring(keyring, home);
	const stores = {
		file,
		memory: new MemoryAuthStore(),
		keyring: inKeyring,
		preferred: new PreferredAuthStore(inKeyring, file, (message) => log.warn(message)),
	};
	const rules = (): SignInRules => ({
		method: methodOf(setting(['forced_login_method'])),
		workspaces: listOf(setting(['forced_chatgpt_workspace_id'])),
	});
	const warn = (message: string, error: unknown) => log.warn(message, { error });
	const issuer = new Issuer({
		env,
		address: () => textOf(setting(['tiller', 'login_issuer'])) ?? ISSUER,
		ask: ({ url, headers, body, secrets }, signal) =>
			askBriefly(transport, { method: 'POST', url: new URL(url), headers, body, serviceName: 'The sign-in service', secrets }, signal),
	});
	const credentials = new Credentials({
		store: () => storeOf(setting(['cli_auth_credentials_store']), stores),
		issuer,
		external: new ExternalSignIn({ rules, ask: askClientForTokens({ clients, requests }) }),
		rules,
		environmentKey: () => env.OPENAI_API_KEY?.trim() || null,
		now: Date.now,
		warn,
	});
	const port = () => {
		const configured = setting(['tiller', 'login_port']);
		return typeof configured === 'number' ? configured : LOGIN_PORT;
	};
	return {
		credentials,
		logins: new Logins({ credentials, issuer, rules, port, warn }),
		backend: new ChatgptBackend({
			transport,
			account: credentials,
			userAgent: `tiller/${version}`,
			baseUrl: () => chatgptAddress({ chatgpt_base_url: textOf(setting(['chatgpt_base_url'])) ?? undefined }),
		}),
	};
}

function storeOf(kind: unknown, stores: Readonly<Record<'file' | 'memory' | 'keyring' | 'preferred', AuthStore>>): AuthStore {
	switch (kind) {
		case 'ephemeral':
			return stores.memory;
		case 'keyring':
			return stores.keyring;
		case 'auto':
			return stores.preferred;
		default:
			return stores.file;
	}
}

const textOf = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null);

const methodOf = (value: unknown) => (value === 'chatgpt' || value === 'api' ? value : null);

/** A list, or one text with commas in it. Null when nothing is said. */
function listOf(value: unknown): readonly string[] | null {
	const given: readonly unknown[] = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
	const names = given.flatMap((name) => textOf(name) ?? []);
	return names.length > 0 ? names : null;
}
