import assert from 'node:assert/strict';
import { crc32, deflateSync } from 'node:zlib';
import { imageSize } from 'image-size';
import { fitImage } from './fitImage.ts';

function png(width: number, height: number): Buffer {
	const chunk = (type: string, data: Buffer) => {
		const body = Buffer.concat([Buffer.from(type), data]);
		const frame = Buffer.alloc(8);
		frame.writeUInt32BE(data.length, 0);
		frame.writeUInt32BE(crc32(body), 4);
		return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
	};
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header.set([8, 2, 0, 0, 0], 8);
	const rows = Buffer.alloc((width * 3 + 1) * height);
	return Buffer.concat([
		Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
		chunk('IHDR', header),
		chunk('IDAT', deflateSync(rows, { level: 1 })),
		chunk('IEND', Buffer.alloc(0)),
	]);
}

function sizeOf(url: string): readonly number[] {
	const { width, height } = imageSize(Buffer.from(url.slice(url.indexOf(',') + 1), 'base64'));
	return [width, height];
}

async function url(bytes: Uint8Array, detail: 'high' | 'original' = 'high'): Promise<string> {
	const fitted = await fitImage(bytes, { detail });
	assert.ok('url' in fitted, JSON.stringify(fitted));
	return fitted.url;
}

describe('a picture for the model', () => {
	it('goes as it is when it is small enough', async () => {
		const bytes = png(1000, 1500);
		assert.equal(await url(bytes), `data:image/png;base64,${bytes.toString('base64')}`);
	});

	it('is made smaller, in its proportions, until its longer side has 2048 pixels', async () => {
		assert.deepEqual(sizeOf(await url(png(3000, 1500))), [2048, 1024]);
		assert.deepEqual(sizeOf(await url(png(400, 3000))), [273, 2048]);
	});

	it('keeps its size when the original is asked for', async () => {
		assert.deepEqual(sizeOf(await url(png(3000, 100), 'original')), [3000, 100]);
	});

	it('is a problem in words when it is none, or damaged', async () => {
		const problem = async (bytes: Uint8Array) => {
			const fitted = await fitImage(bytes);
			return 'problem' in fitted ? fitted.problem : assert.fail('it should not be accepted');
		};
		assert.match(await problem(Buffer.from('hello')), /not a PNG, JPEG, GIF or WebP/);
		assert.match(await problem(Buffer.alloc(0)), /not a PNG, JPEG, GIF or WebP/);
		assert.match(await problem(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4"></svg>')), /svg are not supported/);
		assert.match(await problem(png(3000, 3000).subarray(0, 200)), /damaged/);
		assert.match(await problem(png(0, 0)), /pixels|not a PNG/);
	});

	it('that was cut off behind its head never stops a turn', async () => {
		const whole = png(2100, 20);
		const outcomes = new Set<string>();
		for (let length = 0; length < whole.length; length += 7) {
			const fitted = await fitImage(whole.subarray(0, length));
			if ('problem' in fitted) outcomes.add(fitted.problem.replaceAll(/\d+/g, 'N'));
			// Where only the end is missing the picture can still be read; then it has its size.
			else assert.deepEqual(sizeOf(fitted.url), [2048, 20], `${length} of ${whole.length} bytes`);
		}
		assert.ok(outcomes.size > 0 && ![...outcomes].some((problem) => problem.trim() === ''), [...outcomes].join('\n'));
		assert.deepEqual(sizeOf(await url(whole)), [2048, 20]);
	});
});
