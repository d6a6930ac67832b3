import { AppCatalogue } from '../apps/appCatalogue.ts';
import { readDirectory } from '../apps/appDirectory.ts';
import { type AccessibleApp, appOfTool } from '../apps/appEntry.ts';
import { type AppInNamespace, APPS_TAG, appsInstructions } from '../apps/appInstructions.ts';
import { isEnabled } from '../config/values/features.ts';
import { appHandlers } from '../handlers/integrations/app.ts';
import { loadedThread } from '../handlers/thread/threadLookup.ts';
import { statusFailure } from '../model/chatgpt/chatgptBackend.ts';
import { configScopeOf } from '../thread/freezeSettings.ts';
import type { Threads } from '../thread/threads.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { McpServices } from './mcpServices.ts';
import { inEnglish, l10n, textOf } from '../words/l10n.ts';
import { warning } from '../projection/warnings.ts';

/** Apps of a ChatGPT account: the directory of all, and the gateway, an MCP server with the tools of those that the account can use. */
export function createAppCatalogue({ backend, credentials, log, subscriptions }: Ground, mcp: McpServices): AppCatalogue {
	return new AppCatalogue({
		account: () => {
			const current = credentials.current();
			return current?.type === 'chatgpt' ? JSON.stringify([current.accountId, current.userId]) : null;
		},
		readDirectory: (signal) => readDirectory(read, signal),
		readAccessible: async (signal) => {
			const server = mcp.gateway();
			if (server === null) return [];
			return mcp.threadless.use(server, async (connection) => {
				// Other apps may have been added since it was connected.
				if (connection.state.type === 'ready') await connection.restart();
				await connection.client(signal);
				return appsIn((connection.tools ?? []).map(({ raw }) => raw));
			});
		},
		now: Date.now,
		warn: (message, error) => {
			log.warn(inEnglish(message), { error });
			subscriptions.broadcast(warning(null, l10n`${message}: ${textOf(error)}`));
		},
	});

	async function read(path: string, query: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
		const { status, body } = await backend.ask({ method: 'GET', path, query }, signal);
		if (status !== 200) throw statusFailure('The directory of apps could not be read', status);
		try {
			return JSON.parse(body) as unknown;
		} catch (cause) {
			throw new Error('The directory of apps cannot be read.', { cause });
		}
	}
}

interface AppsGiven {
	readonly threads: Threads;
	readonly catalogue: AppCatalogue;
	/** The apps with tools that the model of a thread may call. */
	offered(threadId: string): Promise<readonly AppInNamespace[]>;
}

export function appFeature({ config, credentials, subscriptions }: Ground, { threads, catalogue, offered }: AppsGiven): Feature {
	return {
		name: 'apps',
		handlers: appHandlers({
			catalogue,
			subscriptions,
			configOf: (threadId) => config(threadId === null ? undefined : configScopeOf(loadedThread(threads, threadId).settings)),
			ready: () => credentials.ready(),
			isOn: (of) => isEnabled(of, 'apps'),
		}),
		instructions: async ({ id }, { configScope }) => {
			const current = config(configScope);
			if (current.include_apps_instructions === false || !isEnabled(current, 'apps')) return [];
			const text = appsInstructions(await offered(id));
			return text === null ? [] : [{ role: 'developer', opening: APPS_TAG, text }];
		},
		dispose: () => catalogue.dispose(),
	};
}

function appsIn(tools: readonly Readonly<Record<string, unknown>>[]): readonly AccessibleApp[] {
	const apps = new Map<string, AccessibleApp>();
	for (const tool of tools) {
		const app = appOfTool(tool);
		if (app !== null && !apps.has(app.id)) apps.set(app.id, app);
	}
	return [...apps.values()];
}
