import { createAppServer } from './appServer.ts';
import { loadMcpRuntime } from './mcp/loadMcpRuntime.ts';
import type { ServedCall, ServedResult, ServedTool } from './mcp/sdk/sdkServer.ts';
import { InProcessClient } from './nonInteractive/client.ts';
import { deniedAnswer } from './nonInteractive/deniedAnswer.ts';
import { type AskedChange, elicitedAnswer } from './nonInteractive/elicitedAnswer.ts';
import type { ServerNotification } from './protocol/serverMessages.ts';
import { linkedPair } from './transport/linkedPair.ts';
import manifest from '../package.json' with { type: 'json' };

const text = { type: 'string' } as const;

/**
 * `mcp-server`: Tiller as an MCP server. It requests permission from the person by elicitation; with a client that has none it refuses
 * whatever needs permission. Resolves with the exit code.
 */
export async function runMcpServer({ assets }: { readonly assets: string }): Promise<number> {
	const server = createAppServer({ env: process.env, assets, writeLog: () => {} });
	const pair = linkedPair();
	server.accept(pair.server);
	/** By thread. */
	const running = new Map<string, RunningCall>();
	const listeners = new Set<(notification: ServerNotification) => void>();
	const client = new InProcessClient(pair.client, {
		notification: (notification) => {
			for (const listener of listeners) listener(notification);
		},
		request: (method, params) => {
			const call = running.get(threadIdOf(params) ?? '');
			if (!call?.ask) return deniedAnswer(method);
			return elicitedAnswer(method, params, { ask: call.ask, signal: call.over, changesOf: (itemId) => call.changes.get(itemId) ?? [] });
		},
	});
	await client.request('initialize', {
		clientInfo: { name: 'tiller-mcp-server', title: null, version: manifest.version },
		capabilities: { experimentalApi: true },
	});

	const turn = async (threadId: string, prompt: string, call: ServedCall): Promise<ServedResult> => {
		if (running.has(threadId)) throw new Error('another call goes on with this thread right now');
		const over = new AbortController();
		const changes = new Map<string, readonly AskedChange[]>();
		let said = '';
		const ended = Promise.withResolvers<string | null>();
		const listen = ({ method, params }: ServerNotification) => {
			if (!('threadId' in params) || params.threadId !== threadId) return;
			if (method === 'item/started' && params.item.type === 'commandExecution') call.progress(params.item.command);
			if (method === 'item/started' && params.item.type === 'fileChange') changes.set(params.item.id, params.item.changes);
			if (method === 'item/completed' && params.item.type === 'agentMessage') said = params.item.text;
			if (method === 'turn/completed') ended.resolve(params.turn.status === 'completed' ? null : (params.turn.error?.message ?? params.turn.status));
		};
		listeners.add(listen);
		running.set(threadId, { ask: call.ask, over: AbortSignal.any([over.signal, call.signal]), changes });
		try {
			const { turn: begun } = await client.request('turn/start', { threadId, input: [{ type: 'text', text: prompt, text_elements: [] }] });
			const stop = () => void client.request('turn/interrupt', { threadId, turnId: begun.id }).catch(() => {});
			call.signal.addEventListener('abort', stop, { once: true });
			const problem = await ended.promise;
			return { text: problem ?? said, data: { threadId, content: problem ?? said }, isError: problem !== null };
		} finally {
			listeners.delete(listen);
			running.delete(threadId);
			over.abort(new Error('the turn has ended'));
		}
	};

	const tools: readonly ServedTool[] = [
		{
			name: 'tiller',
			description:
				'Starts a thread of the coding agent Tiller and gives it a task. Answers with what it says at the end and the id of the thread. It requests permission by elicitation. With a client that does not support that, it does nothing that needs permission.',
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
					approvalPolicy: policyFor(call),
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
				await client.request('thread/resume', { threadId, excludeTurns: true, approvalPolicy: policyFor(call) });
				return turn(threadId, needed(args, 'prompt'), call);
			},
		},
	];
	await loadMcpRuntime(assets).serveTools({ version: manifest.version, tools });
	client.close();
	await server.close();
	return 0;
}

interface RunningCall {
	readonly ask: ServedCall['ask'];
	/** The turn has ended, or is called off. */
	readonly over: AbortSignal;
	readonly changes: ReadonlyMap<string, readonly AskedChange[]>;
}

/** Where nobody can be asked, the model knows that. */
const policyFor = ({ ask }: ServedCall) => (ask === null ? 'never' : 'on-request');

function threadIdOf(params: unknown): string | null {
	return typeof params === 'object' && params !== null && 'threadId' in params && typeof params.threadId === 'string' ? params.threadId : null;
}

function needed(args: Readonly<Record<string, unknown>>, name: string): string {
	const value = args[name];
	if (typeof value !== 'string' || value.trim() === '') throw new Error(`${name} must be a text`);
	return value;
}

function optional(args: Readonly<Record<string, unknown>>, name: string): string | null {
	return typeof args[name] === 'string' ? args[name] : null;
}
