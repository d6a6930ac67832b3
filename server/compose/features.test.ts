import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { TurnSettings } from '../items/settings.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { ThreadFacts } from '../thread/threadPorts.ts';
import { ThreadScope } from '../thread/threadScope.ts';
import type { Tool } from '../tools/tool.ts';
import { Features } from './features.ts';

const errors: string[] = [];
const log = { error: (message: string) => errors.push(message) } as unknown as Logger;
const settings = {} as TurnSettings;
const { signal } = new AbortController();
const tool = (name: string): Tool => ({ name, parallel: true, spec: () => null, run: () => Promise.resolve({ output: '', success: true }) });
const thread = () => ({ id: 't', settings: {}, scope: new ThreadScope(() => {}) }) as unknown as ThreadFacts;

describe('the features of the server', () => {
	it('answer each method once', () => {
		const features = new Features(log);
		const handlers = { 'thread/loaded/list': () => ({ data: [], nextCursor: null }) };
		features.add({ name: 'one', handlers });
		assert.throws(() => features.add({ name: 'two', handlers }), /two features answer thread\/loaded\/list; the second one is two/);
	});

	it('give a thread tools that come late and go, in the order of the features', async () => {
		const late = Promise.withResolvers<readonly Tool[]>();
		let offered: readonly Tool[] | Promise<readonly Tool[]> = late.promise;
		const features = new Features(log);
		features.add({ name: 'late', tools: () => ({ snapshot: () => offered }) }, { name: 'fixed', tools: () => ({ snapshot: () => [tool('ours')] }) });
		const tools = features.toolsOf(thread());
		const first = tools(settings, signal);
		late.resolve([tool('theirs')]);
		assert.deepEqual(
			(await first).map(({ name }) => name),
			['theirs', 'ours'],
		);
		offered = [];
		assert.deepEqual(
			(await tools(settings, signal)).map(({ name }) => name),
			['ours'],
		);
	});

	it('do without the words and the guard of one that fails, and say so', async () => {
		errors.length = 0;
		const part = { role: 'developer', opening: '<a>', text: '<a>x' } as const;
		const features = new Features(log);
		features.add(
			{ name: 'broken', instructions: () => Promise.reject(new Error('no')), guard: () => Promise.reject(new Error('no')) },
			{ name: 'good', instructions: () => [part] },
		);
		assert.deepEqual(await features.instructions(thread(), settings), [part]);
		assert.deepEqual(await features.guardsOf(thread()), []);
		assert.equal(errors.length, 2);
	});

	it('end what they keep for a thread with its scope, and themselves in reverse', async () => {
		const ended: string[] = [];
		const features = new Features(log);
		for (const name of ['a', 'b']) {
			features.add({
				name,
				kept: [{ threads: [], endThread: (id) => void ended.push(`${name} ${id}`) }],
				dispose: () => void ended.push(name),
			});
		}
		const facts = thread();
		features.keepFor(facts);
		await facts.scope.dispose();
		await features.dispose();
		assert.deepEqual(ended, ['b t', 'a t', 'b', 'a']);
	});
});
