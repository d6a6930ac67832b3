import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { clientRequests } from '../../server/protocol/methods.ts';
import type { AppServerProcess } from '../support/appServerProcess.ts';
import { type ServerFixture, serverFixture } from '../support/serverFixture.ts';

/** Methods that end or change what the test itself stands on. */
const LEFT_OUT = new Set(['initialize', 'account/login/start', 'account/logout']);
const methods = Object.keys(clientRequests).filter((method) => !LEFT_OUT.has(method));

/** What no well-behaved client sends as params. */
const params = fc.oneof(
	fc.jsonValue({ maxDepth: 3 }),
	fc.dictionary(
		fc.constantFrom('threadId', 'turnId', 'input', 'path', 'cwd', 'cursor', 'limit', 'config', '__proto__', 'constructor'),
		fc.jsonValue({ maxDepth: 2 }),
	),
	fc.constantFrom(
		JSON.parse('{"__proto__": {"threadId": "x"}}'),
		{ threadId: '../../etc/passwd' },
		{ threadId: '00000000-0000-7000-8000-000000000000', input: [] },
		{ cursor: 'AAAA', limit: 1e308 },
		{ cwd: '\u0000', config: { 'a.b.c': 1, '__proto__.x': 2, '': 3 } },
		{ cwd: '/nowhere', config: { model_provider: { toString: 1 } } },
	),
);

const line = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ method: fc.constantFrom(...methods), params }).map((message) => ({ message })) },
	{ weight: 1, arbitrary: fc.record({ method: fc.string(), params }).map((message) => ({ message })) },
	{ weight: 1, arbitrary: fc.record({ result: fc.jsonValue() }).map((message) => ({ message })) },
	{ weight: 2, arbitrary: fc.string({ unit: 'binary' }).map((raw) => ({ raw: raw.replaceAll('\n', ' ') })) },
	{ weight: 1, arbitrary: fc.integer({ min: 1, max: 4000 }).map((depth) => ({ raw: '['.repeat(depth) + ']'.repeat(depth) })) },
);

describe('bad input', () => {
	let fixture: ServerFixture;
	let server: AppServerProcess;
	beforeEach(async () => {
		fixture = await serverFixture();
		server = fixture.start();
	});
	afterEach(() => fixture.dispose());

	it('of any shape ends nothing: every request with an id is answered, and the server goes on', async () => {
		await server.initialize();
		const samples = fc.sample(line, { numRuns: 400, seed: 20261121 });
		const asked: string[] = [];
		for (const [index, sample] of samples.entries()) {
			if ('raw' in sample) {
				server.sendLine(sample.raw);
				continue;
			}
			const id = `bad-${index}`;
			server.send({ id, ...sample.message });
			if ('method' in sample.message) asked.push(id);
		}
		await server.waitUntil('all answers', () => {
			const answered = new Set(server.received.filter((message) => message.method === undefined).map((message) => message.id));
			return asked.every((id) => answered.has(id)) || undefined;
		});
		assert.ok(asked.length > 200);
		assert.deepEqual(server.garbage, []);
		assert.ok(Array.isArray((await server.request('thread/list')).data));
		assert.equal(Object.prototype.hasOwnProperty.call({}, 'threadId'), false);
		assert.deepEqual(await server.close(), { code: 0, signal: null });
	});

	it('before initialize is refused, whatever it is', async () => {
		for (const method of methods.slice(0, 30)) assert.match((await server.requestError(method, {})).message, /Not initialized/);
		await server.initialize();
	});

	it('of a hundred megabytes in one line is answered without keeping it', async () => {
		await server.initialize();
		const part = 'x'.repeat(1024 * 1024);
		server.process.stdin.write('{"id":"huge","method":"thread/list","params":{"searchTerm":"');
		for (let megabytes = 0; megabytes < 100; megabytes++) {
			if (!server.process.stdin.write(part)) await new Promise((resolve) => server.process.stdin.once('drain', resolve));
		}
		server.sendLine('"}}');
		assert.ok(Array.isArray((await server.request('thread/list')).data));
		const answer = await server.waitFor('an answer to the line', (message) => message.id === 'huge');
		assert.match(answer.error?.message ?? '', /at most 16777216 are taken/);
	});
});
