import { createAppServer } from './appServer.ts';
import { loadMcpRuntime } from './mcp/loadMcpRuntime.ts';
import type { ServedResult, ServedTool } from './mcp/sdk/sdkServer.ts';
import { InProcessClient } from './nonInteractive/client.ts';
import { deniedAnswer } from './nonInteractive/deniedAnswer.ts';
import type { ServerNotification } from './protocol/serverMessages.ts';
import { linkedPair } from './transport/linkedPair.ts';
import manifest from '../package.json' with { type: 'json' };

const text = { type: 'string' } as const;

/** `mcp-server`: Tiller as an MCP server. Nobody is there to be asked, so what needs leave is refused. Resolves with the exit code. */
export async function runMcpServer({ assets }: { readonly assets: string }): Promise<number> {
	const server = createAppServer({ env: process.env, assets, writeLog: () => {} });
	const pair = linkedPair();
	server.accept(pair.server);
	const listeners = new Set<(notification: ServerNotification) => void>();
	const client = new InProcessClient(pair.client, {
		notification: (notification) => {
			for (const listener of listeners) listener(notification);
		},
		request: deniedAnswer,
	});
	await client.request('initialize', {
		clientInfo: { name: 'tiller-mcp-server', title: null, version: manifest.version },
		capabilities: { experimentalApi: true },
	});

	const turn = async (threadId: string, prompt: string, call: Parameters<ServedTool['run']>[1]): Promise<ServedResult> => {
		let said = '';
		const ended = Promise.withResolvers<string | null>();
		const listen = ({ method, params }: ServerNotification) => {
			if (!('threadId' in params) || params.threadId !== threadId) return;
			if (method === 'item/started' && params.item.type === 'commandExecution') call.progress(params.item.command);
			if (method === 'item/completed' && params.item.type === 'agentMessage') said = params.item.text;
			if (method === 'turn/completed') ended.resolve(params.turn.status === 'completed' ? null : (params.turn.error?.message ?? params.turn.status));
		};
		listeners.add(listen);
		try {
			const { turn: begun } = await client.request('turn/start', { threadId, input: [{ type: 'text', text: prompt, text_elements: [] }] });
			const stop = () => void client.request('turn/interrupt', { threadId, turnId: begun.id }).catch(() => {});
			call.signal.addEventListener('abort', stop, { once: true });
			const problem = await ended.promise;
			return { text: problem ?? said, data: { threadId, content: problem ?? said }, isError: problem !== null };
		} finally {
			listeners.delete(listen);
		}
	};

	const tools: readonly ServedTool[] = [
		{
			name: 'tiller',
			description: 'Starts a thread of the coding agent Tiller and gives it a task. Answers with what it says at the end and the id of the thread.',
			inputSchema: {
				type: 'object',
				properties: {
					prompt: { ...text, description: 'The task' },
					cwd: { ...text, description: 'The folder to work in; absolute' },
					model: { ...text, description: 'The model' },
					sandbox: { ...text, enum: ['read-only', 'workspace-write', 'danger-full-access'], description: 'What commands may change' },
				},
				required: ['prompt'],
			},
			run: async (args, call) => {
				const sandbox = (['read-only', 'workspace-write', 'danger-full-access'] as const).find((mode) => mode === args.sandbox) ?? null;
				const started = await client.request('thread/start', {
					cwd: optional(args, 'cwd') ?? process.cwd(),
					model: optional(args, 'model'),
					sandbox,
					approvalPolicy: 'never',
				});
				return turn(started.thread.id, needed(args, 'prompt'), call);
			},
		},
		{
			name: 'tiller-reply',
			description: 'Goes on with a thread of Tiller.',
			inputSchema: {
				type: 'object',
				properties: { threadId: { ...text, description: 'As an earlier call gave it' }, prompt: { ...text, description: 'What is to be done next' } },
				required: ['threadId', 'prompt'],
			},
			run: async (args, call) => {
				const threadId = needed(args, 'threadId');
				await client.request('thread/resume', { threadId, excludeTurns: true, approvalPolicy: 'never' });
				return turn(threadId, needed(args, 'prompt'), call);
			},
		},
	];
	await loadMcpRuntime(assets).serveTools({ version: manifest.version, tools });
	client.close();
	await server.close();
	return 0;
}

function needed(args: Readonly<Record<string, unknown>>, name: string): string {
	const value = args[name];
	if (typeof value !== 'string' || value.trim() === '') throw new Error(`${name} must be a text`);
	return value;
}

function optional(args: Readonly<Record<string, unknown>>, name: string): string | null {
	return typeof args[name] === 'string' ? args[name] : null;
}
