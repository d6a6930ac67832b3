import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { LineWriter } from './lineWriter.ts';

/** A stream whose reader takes nothing until it is told to. */
class Slow extends Writable {
	readonly taken: string[] = [];
	#take: (() => void)[] = [];
	#isOpen = false;

	override _write(chunk: Buffer, _encoding: string, callback: () => void): void {
		this.taken.push(chunk.toString('utf8'));
		if (this.#isOpen) callback();
		else this.#take.push(callback);
	}

	open(): void {
		this.#isOpen = true;
		for (const callback of this.#take.splice(0)) callback();
	}
}

describe('LineWriter', () => {
	it('waits for a reader that pauses, and loses nothing', async () => {
		const stream = new Slow();
		let ends = 0;
		const writer = new LineWriter(stream, () => ends++);
		const texts = Array.from({ length: 5000 }, (_, n) => `{"n":${n},"text":"${'x'.repeat(1000)}"}`);
		for (const text of texts.slice(0, 4000)) writer.write(text);
		let isRead = false;
		const drained = writer.drained().then(() => {
			isRead = true;
		});
		for (const text of texts.slice(4000)) writer.write(text);
		await new Promise((resolve) => setImmediate(resolve));
		assert.equal(isRead, false);
		assert.ok(writer.backlog > 4_000_000);
		stream.open();
		await drained;
		await writer.drained();
		assert.equal(stream.taken.join(''), texts.map((text) => `${text}\n`).join(''));
		assert.equal(writer.backlog, 0);
		assert.equal(ends, 0);
	});

	it('never cuts a reader off, however much it leaves unread, and brings all of it at last', async () => {
		const stream = new Slow();
		let ends = 0;
		const writer = new LineWriter(stream, () => ends++);
		const text = 'x'.repeat(1024 * 1024);
		for (let n = 0; n < 300; n++) writer.write(text);
		assert.ok(writer.backlog > 300 * 1024 * 1024);
		stream.open();
		await writer.drained();
		assert.equal(ends, 0);
		assert.equal(
			stream.taken.reduce((sum, taken) => sum + taken.length, 0),
			300 * (text.length + 1),
		);
	});

	it('keeps nothing for a reader that has gone', () => {
		const stream = new Slow();
		let ends = 0;
		const writer = new LineWriter(stream, () => ends++);
		for (let n = 0; n < 100; n++) writer.write('x'.repeat(100_000));
		stream.emit('error', new Error('EPIPE'));
		stream.emit('close');
		writer.write('late');
		assert.equal(ends, 1);
		assert.ok(writer.backlog < 2_000_000);
	});
});
