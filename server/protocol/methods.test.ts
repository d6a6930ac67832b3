import assert from 'node:assert/strict';
import { clientNotifications, clientRequests, findClientRequest } from './methods.ts';
import { serverNotifications, serverRequests } from './serverMessages.ts';

const tables = { clientRequests, serverRequests, serverNotifications, clientNotifications };

describe('method table', () => {
	it('keeps each definition under its own method', () => {
		for (const [name, table] of Object.entries(tables))
			for (const [method, definition] of Object.entries(table)) assert.equal(definition.method, method, name);
	});

	it('finds a request by its method and by its other spellings', () => {
		assert.equal(findClientRequest('thread/inject_items')?.method, 'thread/inject_items');
		assert.equal(findClientRequest('turn/inject_items')?.method, 'thread/inject_items');
		assert.equal(findClientRequest('turn/injet_items')?.method, 'thread/inject_items');
		assert.equal(findClientRequest('no/such/method'), undefined);
		assert.equal(findClientRequest('toString'), undefined);
	});

	it('has of the first version only what is still answered', () => {
		const old = Object.keys(clientRequests).filter((method) => !method.includes('/') || method.startsWith('fuzzyFileSearch/'));
		assert.deepEqual(old.sort(), [
			'fuzzyFileSearch',
			'fuzzyFileSearch/sessionStart',
			'fuzzyFileSearch/sessionStop',
			'fuzzyFileSearch/sessionUpdate',
			'getAuthStatus',
			'getConversationSummary',
			'gitDiffToRemote',
			'initialize',
		]);
		for (const gone of ['authStatusChange', 'loginChatGptComplete', 'sessionConfigured']) assert.equal(gone in serverNotifications, false);
		assert.deepEqual(
			Object.keys(serverNotifications).filter((method) => method.startsWith('codex/event/')),
			[],
		);
	});

	it('puts calls on one process, and on one thread, in one queue', () => {
		const processHandle = 'p1';
		const keys = [
			clientRequests['process/spawn'].order?.({ command: ['cat'], processHandle, cwd: '/' }),
			clientRequests['process/writeStdin'].order?.({ processHandle, deltaBase64: 'YQ==' }),
			clientRequests['process/resizePty'].order?.({ processHandle, size: { rows: 1, cols: 1 } }),
			clientRequests['process/kill'].order?.({ processHandle }),
		];
		assert.deepEqual(new Set(keys), new Set(['process:p1']));
		assert.equal(
			clientRequests['turn/start'].order?.({ threadId: 't', input: [] }),
			clientRequests['turn/interrupt'].order?.({ threadId: 't', turnId: 'u' }),
		);
		assert.notEqual(
			clientRequests['turn/start'].order?.({ threadId: 't', input: [] }),
			clientRequests['turn/start'].order?.({ threadId: 's', input: [] }),
		);
	});

	it('lets nothing wait for a request that lasts as long as what it runs', () => {
		assert.equal(clientRequests['command/exec'].order, null);
		assert.equal(clientRequests['mcpServer/tool/call'].order, null);
	});

	it('accepts null where a member may be left out, and ignores members it does not know', () => {
		const params = clientRequests['thread/start'].params.parse({ model: null, cwd: null, approvalPolicy: null, config: null, colour: 'red' });
		assert.deepEqual(params, { model: null, cwd: null, approvalPolicy: null, config: null });
	});

	it('accepts every way of sending no params', () => {
		for (const nothing of [undefined, null, {}, { extra: 1 }]) assert.equal(clientRequests['account/logout'].params.safeParse(nothing).success, true);
	});

	it('fills in what the text of a message leaves out', () => {
		const { input } = clientRequests['turn/start'].params.parse({ threadId: 't', input: [{ type: 'text', text: 'hi' }] });
		assert.deepEqual(input, [{ type: 'text', text: 'hi', text_elements: [] }]);
	});

	it('keeps free-form JSON as it is', () => {
		const config = { a: { b: [1, null, { c: 'd' }] } };
		assert.deepEqual(clientRequests['thread/start'].params.parse({ config }).config, config);
	});

	it('keeps the names of the choices in an elicitation form', () => {
		const requestedSchema = { type: 'object', properties: { size: { type: 'string', enum: ['s', 'm'], enumNames: ['Small', 'Medium'] } } };
		const sent = { mode: 'form', threadId: 't', turnId: null, serverName: 'x', _meta: null, message: 'which?', requestedSchema };
		assert.deepEqual(serverRequests['mcpServer/elicitation/request'].params.parse(sent), sent);
	});
});
