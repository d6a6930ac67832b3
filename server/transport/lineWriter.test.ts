import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { MAX_BACKLOG_BYTES } from './backlog.ts';
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
		const reasons: (string | null)[] = [];
		const writer = new LineWriter(stream, (reason) => reasons.push(reason));
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
		assert.deepEqual(reasons, []);
	});

	it('gives up a reader that leaves too much unread, says why, and keeps nothing', async () => {
		const reasons: (string | null)[] = [];
		const writer = new LineWriter(new Slow(), (reason) => reasons.push(reason));
		const text = 'x'.repeat(1024 * 1024);
		for (let bytes = 0; bytes <= MAX_BACKLOG_BYTES; bytes += text.length) writer.write(text);
		await writer.drained();
		writer.write('late');
		assert.deepEqual(reasons, ['the client left 128 MiB unread']);
		assert.ok(writer.backlog < 2 * text.length);
	});
});
