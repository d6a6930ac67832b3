import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ElicitResultSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** A tool that we offer to others. */
export interface ServedTool {
	readonly name: string;
	readonly description: string;
	readonly inputSchema: { readonly type: 'object' } & Readonly<Record<string, unknown>>;
	/** An `Error` is told to the caller in its words. */
	run(args: Readonly<Record<string, unknown>>, call: ServedCall): Promise<ServedResult>;
}

export interface ServedCall {
	readonly signal: AbortSignal;
	/** Null for a client that cannot ask its person. */
	readonly ask: AskClient | null;
	progress(message: string): void;
}

export interface ClientAnswer {
	readonly action: 'accept' | 'decline' | 'cancel';
	readonly content: Readonly<Record<string, unknown>> | null;
}

/** Asks the person of the client with a form. Rejects when the client cannot, or when it is called off. */
export type AskClient = (
	question: { readonly message: string; readonly schema: Readonly<Record<string, unknown>> },
	signal: AbortSignal,
) => Promise<ClientAnswer>;

/** A person may be away for a day. */
const LONGEST_MS = 24 * 60 * 60_000;

export interface ServedResult {
	readonly text: string;
	readonly data: Readonly<Record<string, unknown>>;
	readonly isError: boolean;
}

/** Speaks MCP over standard input and output until the client leaves. */
export async function serveTools({ version, tools }: { readonly version: string; readonly tools: readonly ServedTool[] }): Promise<void> {
	const server = new Server({ name: 'tiller', title: 'Tiller', version }, { capabilities: { tools: {} } });
	server.setRequestHandler(ListToolsRequestSchema, () => ({
		tools: tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema: { ...inputSchema } })),
	}));
	server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification, sendRequest }) => {
		const tool = tools.find(({ name }) => name === params.name);
		if (tool === undefined) return failed(`there is no tool ${params.name}`);
		const progressToken = params._meta?.progressToken;
		let progress = 0;
		const tell = (message: string) => {
			if (progressToken === undefined) return;
			void sendNotification({ method: 'notifications/progress', params: { progressToken, progress: ++progress, message } }).catch(() => {});
		};
		const ask: AskClient = async ({ message, schema }, stop) => {
			const request = { method: 'elicitation/create' as const, params: { message, requestedSchema: schema as never } };
			const { action, content } = await sendRequest(request, ElicitResultSchema, { signal: stop, timeout: LONGEST_MS });
			return { action, content: content ?? null };
		};
		const canAsk = server.getClientCapabilities()?.elicitation !== undefined;
		try {
			const { text, data, isError } = await tool.run(params.arguments ?? {}, { signal, ask: canAsk ? ask : null, progress: tell });
			return { content: [{ type: 'text', text }], structuredContent: { ...data }, isError };
		} catch (error) {
			return failed(error instanceof Error ? error.message : String(error));
		}
	});
	const ended = Promise.withResolvers<void>();
	server.onclose = ended.resolve;
	process.stdin.on('end', ended.resolve);
	await server.connect(new StdioServerTransport());
	await ended.promise;
}

const failed = (text: string) => ({ content: [{ type: 'text' as const, text }], isError: true });
