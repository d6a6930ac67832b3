import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { MAX_MESSAGE_BYTES } from './backlog.ts';
import type { Malformed } from './connection.ts';
import { readMessages } from './lineReader.ts';

/** Feeds the chunks and gives back what came out. */
async function read(chunks: readonly (string | Buffer)[]) {
	const stream = new PassThrough();
	const messages: unknown[] = [];
	const problems: Malformed[] = [];
	const closed = new Promise<void>((resolve) =>
		readMessages(stream, { message: (value) => messages.push(value), malformed: (problem) => problems.push(problem), closed: resolve }),
	);
	for (const chunk of chunks) stream.write(chunk);
	stream.end();
	await closed;
	return { messages, problems };
}

describe('readMessages', () => {
	it('splits on LF only: U+2028, U+2029 and a CR inside a text are part of the message', async () => {
		const text = 'a\u2028b\u2029c\rd';
		const { messages } = await read([`{"text":"a\u2028b\u2029c\\rd"}\r\n{"n":2}\n`]);
		assert.deepEqual(messages, [{ text }, { n: 2 }]);
	});

	it('puts half lines and half characters together', async () => {
		const line = Buffer.from('{"text":"größer 🙂"}\n');
		await fc.assert(
			fc.asyncProperty(fc.array(fc.integer({ min: 1, max: line.length - 1 }), { maxLength: 6 }), async (cuts) => {
				const ends = [...new Set(cuts)].sort((a, b) => a - b);
				const chunks = [...ends, line.length].map((end, index) => line.subarray(ends[index - 1] ?? 0, end));
				assert.deepEqual((await read(chunks)).messages, [{ text: 'größer 🙂' }]);
			}),
			{ numRuns: 50 },
		);
	});

	it('drops a line that is no JSON, says so, and reads on', async () => {
		const { messages, problems } = await read(['{"a":\n', 'nonsense\n\n{"b":1}\n']);
		assert.deepEqual(
			problems.map(({ reason }) => reason),
			['a line that is not JSON: {"a":', 'a line that is not JSON: nonsense'],
		);
		assert.deepEqual(messages, [{ b: 1 }]);
	});

	it('drops a line over the limit without keeping it, and reads on', async () => {
		const part = Buffer.alloc(1024 * 1024, 0x61);
		const count = MAX_MESSAGE_BYTES / part.length + 1;
		const { messages, problems } = await read([...Array.from({ length: count }, () => part), '\n{"after":true}\n']);
		assert.match(problems[0]?.reason ?? '', /^a line of \d+ bytes: at most 16777216 are taken$/);
		assert.equal(problems.length, 1);
		assert.deepEqual(messages, [{ after: true }]);
	});

	it('tells the id of a request that it dropped, wherever it stands, so that its client gets an answer', async () => {
		const long = 'x'.repeat(MAX_MESSAGE_BYTES);
		const idOf = async (line: string) => (await read([`${line}\n`])).problems[0]?.id;
		assert.equal(await idOf(`{"id":"a\\"b","method":"m","params":{"id":1,"text":"${long}"}}`), 'a"b');
		assert.equal(await idOf(`{"method":"m","params":{"id":1,"text":"\\"}]${long}"},"id": 17 }`), 17);
		assert.equal(await idOf('{"id":3,"method":"m","params":{"a":[1'), 3, 'a line that was cut off');
		assert.equal(await idOf(`{"id":4,"result":"${long}"}`), null, 'a response is not answered');
		assert.equal(await idOf('{"method":"m","params":{"id":5'), null);
		assert.equal(await idOf(`[{"id":6,"method":"m"}]${long}`), null);
	});
});
