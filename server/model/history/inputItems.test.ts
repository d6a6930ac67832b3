import assert from 'node:assert/strict';
import fs from 'node:fs';
import { type ImageFiles, inputContent, MAX_IMAGE_BYTES } from './inputItems.ts';

const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=', 'base64');
const files = (content: Readonly<Record<string, { readonly bytes: Uint8Array; readonly size?: number; readonly folder?: boolean }>>): ImageFiles => {
	return {
		read: async (path, { maxBytes }) => {
			const found = content[path];
			if (found === undefined) return { type: 'missing', code: 'ENOENT' };
			if (found.folder) return { type: 'refused', why: 'kind', reason: 'it is a folder, not a file', code: 'EISDIR' };
			const size = found.size ?? found.bytes.length;
			if (size > maxBytes) return { type: 'refused', why: 'size', reason: 'it is too long', code: null };
			return { type: 'content', bytes: Buffer.from(found.bytes), size, stats: fs.statSync('/') };
		},
	};
};

describe('what a person sends to the model', () => {
	it('keeps its order; pictures stand between tags and local ones are numbered', async () => {
		const content = await inputContent(
			[
				{ type: 'image', url: 'https://example.invalid/cat.png' },
				{ type: 'text', text: 'like this', textElements: [] },
				{ type: 'localImage', path: '/a.png' },
				{ type: 'localImage', path: '/a.png' },
			],
			files({ '/a.png': { bytes: png } }),
		);
		const url = `data:image/png;base64,${png.toString('base64')}`;
		assert.deepEqual(
			content.map((part) => (part.type === 'input_image' ? `${part.image_url} ${part.detail}` : 'text' in part ? part.text : part.type)),
			[
				'<image>',
				'https://example.invalid/cat.png high',
				'</image>',
				'like this',
				'<image name=[Image #1]>',
				`${url} high`,
				'</image>',
				'<image name=[Image #2]>',
				`${url} high`,
				'</image>',
			],
		);
	});

	it('takes a pasted picture, and tells of one that is none', async () => {
		const pasted = `data:image/png;base64,${png.toString('base64')}`;
		const texts = async (url: string) =>
			(await inputContent([{ type: 'image', url }], files({}))).map((part) =>
				part.type === 'input_image' ? part.image_url : 'text' in part ? part.text : part.type,
			);
		assert.deepEqual(await texts(pasted), ['<image>', pasted, '</image>']);
		assert.match((await texts('data:image/png;base64,aGVsbG8='))[0] ?? '', /pasted image.*not a PNG/);
		assert.match((await texts('data:image/png,raw'))[0] ?? '', /not base64/);
		assert.match((await texts('file:///etc/passwd'))[0] ?? '', /neither a web address/);
	});

	it('says in a sentence why a picture is not there', async () => {
		const folder = files({
			'/huge.png': { bytes: png, size: MAX_IMAGE_BYTES + 1 },
			'/dir': { bytes: png, folder: true },
			'/notes.png': { bytes: Buffer.from('text') },
		});
		const sentence = async (path: string) => {
			const [part] = await inputContent([{ type: 'localImage', path }], folder);
			return part && 'text' in part ? part.text : '';
		};
		assert.match(await sentence('/none.png'), /`\/none\.png`.*there is no such file/);
		assert.match(await sentence('/huge.png'), /`\/huge\.png`.*limit of 20 MB/);
		assert.match(await sentence('/dir'), /not a file/);
		assert.match(await sentence('/notes.png'), /not a PNG, JPEG, GIF or WebP/);
	});
});
