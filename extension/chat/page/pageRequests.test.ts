import assert from 'node:assert/strict';
import { answerPageRequest, type PageRequestHandlers, parsePageMessage } from './pageRequests.ts';

describe('what arrives from the page', () => {
	let warnings: string[] = [];
	let ran: unknown[] = [];
	const log = { warn: (message: string) => void warnings.push(message) };
	const handlers = new Proxy({} as PageRequestHandlers, {
		get: (_, name) => async (params: { readonly query?: string }) => {
			ran.push([name, params]);
			if (params.query === '') throw new Error('Nothing to look for.');
			return { found: [] };
		},
	});
	beforeEach(() => {
		warnings = [];
		ran = [];
	});
	const ask = async (name: string, params: unknown) => {
		const message = parsePageMessage({ type: 'request', id: 7, name, params }, log);
		assert.ok(message?.type === 'request');
		return await answerPageRequest(message, { handlers, log });
	};

	it('is taken only when it is one of its messages, and refused in the log', () => {
		const request = { type: 'request', id: 1, name: 'find', params: { query: 'a' } };
		for (const data of [{ type: 'ready' }, { type: 'keep', saved: '{}' }, request]) assert.deepEqual(parsePageMessage(data, log), data);
		assert.deepEqual(warnings, []);
		const others = [null, 'ready', [], {}, { type: 'keep' }, { type: 'keep', saved: 1 }, { type: 'else' }, { type: 'ready', more: 1 }];
		const broken = [{ id: '1' }, { name: 3 }, { id: 1.5 }, { more: true }].map((part) => ({ ...request, ...part }));
		for (const data of [...others, ...broken]) assert.equal(parsePageMessage(data, log), null, JSON.stringify(data));
		assert.equal(warnings.length, others.length + broken.length);
	});

	it('is answered under its number, also when it is not known or fails', async () => {
		assert.deepEqual(await ask('find', { query: 'a' }), { type: 'reply', id: 7, result: { found: [] } });
		assert.deepEqual(await ask('find', { query: '' }), { type: 'failure', id: 7, message: 'Nothing to look for.' });
		for (const name of ['nothing', 'toString', '__proto__']) {
			assert.deepEqual(await ask(name, {}), { type: 'failure', id: 7, message: `The page asked for ${name}, which is not known.` });
		}
		assert.equal(warnings.length, 3);
	});

	const text = { type: 'text', text: 'hello', text_elements: [] };
	const good: readonly (readonly [string, unknown])[] = [
		['send', { id: 'a', input: [text, { type: 'image', url: 'data:,' }], delivery: 'queue' }],
		['answer', { key: 'k', answer: { kind: 'command', decision: { acceptWithExecpolicyAmendment: { execpolicy_amendment: ['git'] } } } }],
		['answer', { key: 'k', answer: { kind: 'elicitation', action: 'accept', content: { a: 1, b: ['x'], c: true } } }],
		['answer', { key: 'k', answer: { kind: 'userInput', answers: { q: { answers: ['yes'] } } } }],
		['review', { target: { type: 'baseBranch' } }],
		['review', { target: { type: 'custom', instructions: 'look' } }],
		['openFile', { path: 'a.ts', line: 3 }],
		['stopCommand', { processId: '1' }],
		['runCommand', { command: 'tiller.showLog' }],
	];
	for (const [name, params] of good) {
		it(`reaches the handler as it was sent: ${name} ${JSON.stringify(params)}`, async () => {
			assert.equal((await ask(name, params)).type, 'reply');
			assert.deepEqual(ran, [[name, params]]);
		});
	}

	const secret = 'hunter2';
	const bad: readonly (readonly [string, unknown, RegExp])[] = [
		['send', { id: 'a', input: [{ type: 'text' }], delivery: 'now' }, /input\.0\.text is not of the type string/],
		['send', { id: 'a', input: secret, delivery: 'now' }, /input is not of the type array/],
		['send', { id: 'a', input: [], delivery: 'now', [`more`]: secret }, /not known \(more\)/],
		['answer', { key: 'k', answer: { kind: 'fileChange', decision: secret } }, /answer\.decision is not as declared/],
		['answer', { key: 'k', answer: { kind: 'other', decision: 'accept' } }, /answer\.?\w* is not as declared/],
		['answer', { key: 'k', answer: { kind: 'elicitation', action: 'accept', content: { a: { b: secret } } } }, /answer\.content\.a is not/],
		['runCommand', { command: 'workbench.action.terminal.sendSequence' }, /command is not as declared/],
		['openFile', { path: 'a', line: '3' }, /line is not of the type/],
		['interrupt', null, /the message is not of the type object/],
		['interrupt', { all: true }, /not known \(all\)/],
	];
	for (const [name, params, message] of bad) {
		it(`is refused in words without its values: ${name} ${JSON.stringify(params)}`, async () => {
			const answer = await ask(name, params);
			assert.ok(answer.type === 'failure');
			assert.match(answer.message, message);
			assert.ok(answer.message.startsWith(`The page's request ${name} was refused: `));
			assert.deepEqual(warnings, [answer.message]);
			assert.ok(!answer.message.includes(secret));
			assert.deepEqual(ran, []);
		});
	}
});
