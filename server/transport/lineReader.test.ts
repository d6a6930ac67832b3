import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import * as fc from 'fast-check';
import { LineMessageReader, MAX_LINE_BYTES } from './lineReader.ts';

/** Feeds the chunks and gives back what came out. */
async function read(chunks: readonly (string | Buffer)[]) {
	const stream = new PassThrough();
	const messages: unknown[] = [];
	const problems: string[] = [];
	const reader = new LineMessageReader(stream, (problem) => problems.push(problem));
	const closed = new Promise<void>((resolve) => reader.onClose(() => resolve()));
	reader.listen((message) => messages.push(message));
	for (const chunk of chunks) stream.write(chunk);
	stream.end();
	await closed;
	return { messages, problems };
}

describe('LineMessageReader', () => {
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
		assert.deepEqual(problems, ['not JSON', 'not JSON']);
		assert.deepEqual(messages, [{ b: 1 }]);
	});

	it('drops a line over the limit without keeping it, and reads on', async () => {
		const part = Buffer.alloc(1024 * 1024, 0x61);
		const count = MAX_LINE_BYTES / part.length + 1;
		const { messages, problems } = await read([...Array.from({ length: count }, () => part), '\n{"after":true}\n']);
		assert.deepEqual(problems, ['too long']);
		assert.deepEqual(messages, [{ after: true }]);
	});
});
