import type { HostMessage, PageMessage, PageRequestName, PageRequests } from '../../../webview/channel/messages.ts';

/** One handler for each request of the page; the table is exhaustive by its type. A rejection's message is shown to the person. */
export type PageRequestHandlers = {
	readonly [N in PageRequestName]: (params: PageRequests[N]['params']) => Promise<PageRequests[N]['result']>;
};

type PageRequestMessage = Extract<PageMessage, { readonly type: 'request' }>;

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

/** Spelled out, since a name and its params are matched one by one only this way. */
function run(message: PageRequestMessage, handlers: PageRequestHandlers): Promise<unknown> {
	switch (message.name) {
		case 'send':
			return handlers.send(message.params);
		case 'sent':
			return handlers.sent(message.params);
		case 'changeQueued':
			return handlers.changeQueued(message.params);
		case 'removeQueued':
			return handlers.removeQueued(message.params);
		case 'orderQueue':
			return handlers.orderQueue(message.params);
		case 'sendQueued':
			return handlers.sendQueued(message.params);
		case 'interrupt':
			return handlers.interrupt(message.params);
		case 'answer':
			return handlers.answer(message.params);
		case 'newThread':
			return handlers.newThread(message.params);
		case 'loadOlder':
			return handlers.loadOlder(message.params);
		case 'setModel':
			return handlers.setModel(message.params);
		case 'listPrompts':
			return handlers.listPrompts(message.params);
		case 'listServerPrompts':
			return handlers.listServerPrompts(message.params);
		case 'listSkills':
			return handlers.listSkills(message.params);
		case 'expandPrompt':
			return handlers.expandPrompt(message.params);
		case 'showFeature':
			return handlers.showFeature(message.params);
		case 'findMentions':
			return handlers.findMentions(message.params);
		case 'attach':
			return handlers.attach(message.params);
		case 'attachFiles':
			return handlers.attachFiles(message.params);
		case 'setMode':
			return handlers.setMode(message.params);
		case 'compact':
			return handlers.compact(message.params);
		case 'fork':
			return handlers.fork(message.params);
		case 'review':
			return handlers.review(message.params);
		case 'setApprovalMode':
			return handlers.setApprovalMode(message.params);
		case 'pickModel':
			return handlers.pickModel(message.params);
		case 'pickPermissions':
			return handlers.pickPermissions(message.params);
		case 'insertCode':
			return handlers.insertCode(message.params);
		case 'applyCode':
			return handlers.applyCode(message.params);
		case 'runCode':
			return handlers.runCode(message.params);
		case 'overruleReview':
			return handlers.overruleReview(message.params);
		case 'showWhole':
			return handlers.showWhole(message.params);
		case 'find':
			return handlers.find(message.params);
		case 'readStatus':
			return handlers.readStatus(message.params);
		case 'readResources':
			return handlers.readResources(message.params);
		case 'stopCommand':
			return handlers.stopCommand(message.params);
		case 'openThread':
			return handlers.openThread(message.params);
		case 'readPicture':
			return handlers.readPicture(message.params);
		case 'openFile':
			return handlers.openFile(message.params);
		case 'openDiff':
			return handlers.openDiff(message.params);
		case 'undoTurn':
			return handlers.undoTurn(message.params);
		case 'openProblem':
			return handlers.openProblem(message.params);
		case 'fixProblems':
			return handlers.fixProblems(message.params);
		case 'dismissConflict':
			return handlers.dismissConflict(message.params);
		case 'runCommand':
			return handlers.runCommand(message.params);
		case 'openExternal':
			return handlers.openExternal(message.params);
	}
}
