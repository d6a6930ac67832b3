import { text as readText } from 'node:stream/consumers';
import { createAppServer } from './appServer.ts';
import type { ConfigFlags } from './config/layers/configFlags.ts';
import { InProcessClient } from './nonInteractive/client.ts';
import { linkedPair } from './transport/linkedPair.ts';
import manifest from '../package.json' with { type: 'json' };

export type LoginCommand = { readonly type: 'browser' | 'device' | 'apiKey' | 'status' | 'logout' };

interface Completed {
	readonly success: boolean;
	readonly error: string | null;
}

/** `login` and `logout`: who is signed in, for all programs of this home. Resolves with the exit code. */
export async function runLogin(command: LoginCommand, { assets, flags }: { readonly assets: string; readonly flags: ConfigFlags }): Promise<number> {
	const server = createAppServer({ env: process.env, assets, flags, writeLog: () => {} });
	const pair = linkedPair();
	server.accept(pair.server);
	const completed = Promise.withResolvers<Completed>();
	const client = new InProcessClient(pair.client, {
		notification: (notification) => {
			if (notification.method === 'account/login/completed') completed.resolve(notification.params);
		},
		request: () => undefined,
	});
	try {
		await client.request('initialize', {
			clientInfo: { name: 'tiller-login', title: null, version: manifest.version },
			capabilities: { experimentalApi: true },
		});
		return await run(command, client, completed.promise);
	} catch (error) {
		complain(error instanceof Error ? error.message.replace(/^[\w/]+: /, '') : String(error));
		return 1;
	} finally {
		client.close();
		await server.close();
	}
}

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

async function run(command: LoginCommand, client: InProcessClient, completed: Promise<Completed>): Promise<number> {
	switch (command.type) {
		case 'status':
			return status(client);
		case 'logout': {
			const { account } = await client.request('account/read', {});
			await client.request('account/logout', undefined);
			say(account === null ? 'Nobody was signed in.' : 'Signed out.');
			return 0;
		}
		case 'apiKey': {
			if (process.stdin.isTTY) {
				complain('--with-api-key reads the key from standard input: printenv OPENAI_API_KEY | tiller-server login --with-api-key');
				return 2;
			}
			await client.request('account/login/start', { type: 'apiKey', apiKey: (await readText(process.stdin)).trim() });
			say('Signed in with an API key.');
			return 0;
		}
		case 'browser':
		case 'device': {
			const login = await client.request('account/login/start', { type: command.type === 'browser' ? 'chatgpt' : 'chatgptDeviceCode' });
			if (login.type === 'chatgpt') say(`Open this page in a browser on this computer to sign in:\n\n  ${login.authUrl}\n`);
			if (login.type === 'chatgptDeviceCode') {
				say(
					`1. Open this page in any browser:\n\n  ${login.verificationUrl}\n\n2. Enter this code, which is good for 15 minutes:\n\n  ${login.userCode}\n`,
				);
				say('Never give the code to anyone who asks you for it.');
			}
			const { success, error } = await completed;
			if (!success) throw new Error(error ?? 'The sign-in failed.');
			return status(client);
		}
		default:
			return command.type satisfies never;
	}
}

/** 1 when nobody is signed in. */
async function status(client: InProcessClient): Promise<number> {
	const { account } = await client.request('account/read', {});
	if (account === null) {
		say('Not signed in.');
		return 1;
	}
	say(account.type === 'chatgpt' ? `Signed in with ChatGPT as ${account.email} (${account.planType}).` : 'Signed in with an API key.');
	return 0;
}
