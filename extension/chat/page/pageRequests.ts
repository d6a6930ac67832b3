import type { HostMessage, PageMessage, PageRequestName, PageRequests } from '../../../webview/channel/messages.ts';

/** One handler for each request of the page; the table is exhaustive by its type. A rejection's message is shown to the person. */
export type PageRequestHandlers = {
	readonly [N in PageRequestName]: (params: PageRequests[N]['params']) => Promise<PageRequests[N]['result']>;
};

type PageRequestMessage<N extends PageRequestName = PageRequestName> = {
	readonly [P in N]: { readonly type: 'request'; readonly id: number; readonly name: P; readonly params: PageRequests[P]['params'] };
}[N];

/** Every request is answered, whatever goes wrong. */
export async function answerPageRequest(message: PageRequestMessage, handlers: PageRequestHandlers): Promise<HostMessage> {
	const { id } = message;
	try {
		if (!Object.hasOwn(handlers, message.name)) throw new Error(`The page asked for ${String(message.name)}, which is not known.`);
		return { type: 'reply', id, result: await run(message, handlers) };
	} catch (error) {
		return { type: 'failure', id, message: error instanceof Error ? error.message : String(error) };
	}
}

/** Generic, so that the compiler matches the name with its params. */
function run<N extends PageRequestName>(message: PageRequestMessage<N>, handlers: PageRequestHandlers): Promise<unknown> {
	return handlers[message.name](message.params);
}

/** What arrives from the page, as far as its frame goes; null for what is no message of it. */
export function parsePageMessage(data: unknown): PageMessage | null {
	if (typeof data !== 'object' || data === null || !('type' in data)) return null;
	switch (data.type) {
		case 'ready':
			return { type: 'ready' };
		case 'keep':
			return 'saved' in data && typeof data.saved === 'string' ? { type: 'keep', saved: data.saved } : null;
		case 'request': {
			const { id, name, params } = { id: null, name: null, params: null, ...data };
			const isFramed = typeof id === 'number' && typeof name === 'string' && typeof params === 'object' && params !== null;
			// The name is looked up before anything runs.
			return isFramed ? (data as PageRequestMessage) : null;
		}
		default:
			return null;
	}
}
