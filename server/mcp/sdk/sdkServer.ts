import { Server } from '@modelcontextprotocol/sdk/server/index.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { CallToolRequestSchema, ListToolsRequestSchema } from '@modelcontextprotocol/sdk/types.js';

/** A tool that we offer to others. */
export interface ServedTool {
	readonly name: string;
	readonly description: string;
	readonly inputSchema: { readonly type: 'object' } & Readonly<Record<string, unknown>>;
	/** An `Error` is told to the caller in its words. */
	run(args: Readonly<Record<string, unknown>>, call: { readonly signal: AbortSignal; progress(message: string): void }): Promise<ServedResult>;
}

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
	server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal, sendNotification }) => {
		const tool = tools.find(({ name }) => name === params.name);
		if (tool === undefined) return failed(`there is no tool ${params.name}`);
		const progressToken = params._meta?.progressToken;
		let progress = 0;
		const tell = (message: string) => {
			if (progressToken === undefined) return;
			void sendNotification({ method: 'notifications/progress', params: { progressToken, progress: ++progress, message } }).catch(() => {});
		};
		try {
			const { text, data, isError } = await tool.run(params.arguments ?? {}, { signal, progress: tell });
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
