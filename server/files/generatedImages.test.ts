import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { GeneratedImages } from './generatedImages.ts';

const picture = Buffer.from('a picture');
const result = picture.toString('base64');

describe('pictures that a provider made', () => {
	let home: string;
	beforeEach(async () => {
		home = await mkdtemp(path.join(os.tmpdir(), 'tiller-'));
	});
	afterEach(() => rm(home, { recursive: true, force: true }));

	it('are saved by thread and id, whatever the id is', async () => {
		const images = new GeneratedImages(home);
		const folder = path.join(home, 'generated_images', 't1');
		for (const [id, name] of [
			['ig_1', 'ig_1.png'],
			['../../escape', '______escape.png'],
			['', 'image.png'],
			['x'.repeat(5000), `${'x'.repeat(100)}.png`],
		] as const) {
			assert.equal(await images.save('t1', { id, result }), path.join(folder, name));
			assert.deepEqual(await readFile(path.join(folder, name)), picture);
		}
		assert.equal((await readdir(folder)).length, 4);
	});

	it('are saved only when they are base64', async () => {
		const images = new GeneratedImages(home);
		for (const broken of ['', 'not base64!!', 'AAAA\n', '===']) assert.equal(await images.save('t1', { id: 'a', result: broken }), null, broken);
		await assert.rejects(readdir(path.join(home, 'generated_images')));
	});

	it('are not written through a link', async () => {
		const images = new GeneratedImages(home);
		const file = await images.save('t1', { id: 'a', result });
		assert.ok(file);
		const target = path.join(home, 'target');
		await writeFile(target, 'mine');
		await rm(file);
		await symlink(target, file);
		await images.save('t1', { id: 'a', result });
		assert.equal(await readFile(target, 'utf8'), 'mine');
		assert.deepEqual(await readFile(file), picture);
	});

	it('go with their thread', async () => {
		const images = new GeneratedImages(home);
		for (const thread of ['t1', 't2']) await images.save(thread, { id: 'a', result });
		await images.forget('t1');
		await images.forget('never');
		assert.deepEqual(await readdir(path.join(home, 'generated_images')), ['t2']);
	});
});
