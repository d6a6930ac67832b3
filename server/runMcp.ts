import { createAppServer } from './appServer.ts';
import { InProcessClient } from './nonInteractive/client.ts';
import { linkedPair } from './transport/linkedPair.ts';
import manifest from '../package.json' with { type: 'json' };

export type McpCommand =
	| { readonly type: 'list'; readonly json: boolean }
	| { readonly type: 'add'; readonly name: string; readonly entry: McpEntry }
	| { readonly type: 'remove' | 'logout'; readonly name: string }
	| { readonly type: 'login'; readonly name: string; readonly scopes: readonly string[] | null };

/** As the configuration has it. */
export type McpEntry = {
	readonly [key in 'command' | 'url' | 'bearer_token_env_var']?: string;
} & { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> };

interface Outcome {
	readonly success: boolean;
	readonly error?: string | undefined;
}
/** How the next sign-in ends. */
type Completed = () => Promise<Outcome>;

/** `mcp`: the servers of the configuration, without a client. Resolves with the exit code. */
export async function runMcp(command: McpCommand, { assets }: { readonly assets: string }): Promise<number> {
	const server = createAppServer({ env: process.env, assets, writeLog: () => {} });
	const pair = linkedPair();
	server.accept(pair.server);
	let ended: (outcome: Outcome) => void = () => {};
	let outcome = new Promise<Outcome>((resolve) => (ended = resolve));
	const completed: Completed = async () => {
		const came = await outcome;
		outcome = new Promise<Outcome>((resolve) => (ended = resolve));
		return came;
	};
	const client = new InProcessClient(pair.client, {
		notification: (notification) => {
			if (notification.method === 'mcpServer/oauthLogin/completed') ended(notification.params);
		},
		request: () => undefined,
	});
	try {
		await client.request('initialize', {
			clientInfo: { name: 'tiller-mcp', title: null, version: manifest.version },
			capabilities: { experimentalApi: true },
		});
		return await run(command, client, completed);
	} catch (error) {
		process.stderr.write(`${error instanceof Error ? error.message.replace(/^[\w/]+: /, '') : String(error)}\n`);
		return 1;
	} finally {
		client.close();
		await server.close();
	}
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const keyOf = (name: string) => `mcp_servers.${/^[A-Za-z0-9_-]+$/.test(name) ? name : JSON.stringify(name)}`;

async function run(command: McpCommand, client: InProcessClient, completed: Completed): Promise<number> {
	switch (command.type) {
		case 'list':
			return list(client, command.json);
		case 'add':
			await client.request('config/value/write', { keyPath: keyOf(command.name), value: { ...command.entry } as never, mergeStrategy: 'replace' });
			say(`Added ${command.name}.`);
			return 0;
		case 'remove': {
			const { config } = await client.request('config/read', {});
			const servers = (config as { readonly mcp_servers?: Readonly<Record<string, unknown>> }).mcp_servers ?? {};
			if (!Object.hasOwn(servers, command.name)) throw new Error(`there is no MCP server ${command.name}`);
			await client.request('config/value/write', { keyPath: keyOf(command.name), value: null, mergeStrategy: 'replace' });
			say(`Removed ${command.name}.`);
			return 0;
		}
		case 'logout': {
			const { wasSignedIn } = await client.request('mcpServer/oauth/logout', { name: command.name });
			say(wasSignedIn ? `Signed out of ${command.name}.` : `Nobody was signed in to ${command.name}.`);
			return 0;
		}
		case 'login':
			return login(client, command, completed);
		default:
			return command satisfies never;
	}
}

async function list(client: InProcessClient, json: boolean): Promise<number> {
	const [{ data }, { config }] = await Promise.all([
		client.request('mcpServerStatus/list', { detail: 'toolsAndAuthOnly' }),
		client.request('config/read', {}),
	]);
	const servers = (config as { readonly mcp_servers?: Readonly<Record<string, Readonly<Record<string, unknown>>>> }).mcp_servers ?? {};
	if (json) {
		say(
			JSON.stringify(
				data.map(({ name, authStatus, tools }) => ({ name, config: servers[name] ?? {}, authStatus, tools: Object.keys(tools) })),
				null,
				'\t',
			),
		);
		return 0;
	}
	if (data.length === 0) say('No MCP servers are configured. Add one: mcp add NAME -- COMMAND');
	for (const { name, authStatus, tools } of data) {
		const { command, args, url, enabled } = servers[name] ?? {};
		const what =
			typeof url === 'string'
				? url
				: [command, ...(Array.isArray(args) ? (args as readonly unknown[]) : [])].filter((part) => typeof part === 'string').join(' ');
		const auth = authStatus === 'notLoggedIn' ? ', not signed in' : '';
		say(`${name}\t${enabled === false ? 'off' : `${Object.keys(tools).length} tools${auth}`}\t${what}`);
	}
	return 0;
}

/** A provider that refuses the scopes that it offers itself is asked once more without any (S143); what somebody asked for is not changed. */
async function login(client: InProcessClient, { name, scopes }: Extract<McpCommand, { type: 'login' }>, completed: Completed): Promise<number> {
	let asked = scopes;
	for (;;) {
		const { authorizationUrl } = await client.request('mcpServer/oauth/login', { name, scopes: asked === null ? null : [...asked] });
		say(`Open this address in a browser to sign in to ${name}:\n${authorizationUrl}`);
		const { success, error } = await completed();
		if (success) {
			say(`Signed in to ${name}.`);
			return 0;
		}
		const refusesOwn = asked === null && /\(invalid_scope\)/.test(error ?? '') && !(await hasScopes(client, name));
		if (!refusesOwn) throw new Error(error ?? 'the sign-in did not work');
		say('The provider does not want the scopes that it offers: once more, without any.');
		asked = [];
	}
}

async function hasScopes(client: InProcessClient, name: string): Promise<boolean> {
	const { config } = await client.request('config/read', {});
	const servers = (config as { readonly mcp_servers?: Readonly<Record<string, Readonly<Record<string, unknown>>>> }).mcp_servers ?? {};
	return servers[name]?.scopes !== undefined;
}
