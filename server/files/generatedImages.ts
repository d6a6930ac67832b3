import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { v7 as uuid } from 'uuid';
import { renameFileLater } from '../platform/replaceFile.ts';

export interface GeneratedImage {
	/** As the provider names it: any text. */
	readonly id: string;
	/** Base64. */
	readonly result: string;
}

/** In characters of base64; more is no picture that a provider sends. */
const MAX_RESULT = 96 * 1024 * 1024;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const MAX_NAME = 100;

/** The pictures that providers made for threads: each thread has a folder of them below `generated_images` of the home. */
export class GeneratedImages {
	readonly #folder: string;

	constructor(home: string) {
		this.#folder = path.join(home, 'generated_images');
	}

	/** Saves a picture and returns its file, absolute; null for text that is no picture. A picture of the same id is replaced. Rejects with the system's error. */
	async save(threadId: string, { id, result }: GeneratedImage): Promise<string | null> {
		if (result.length > MAX_RESULT || !BASE64.test(result)) return null;
		const folder = this.#folderOf(threadId);
		await mkdir(folder, { recursive: true });
		const file = path.join(folder, `${id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, MAX_NAME) || 'image'}.png`);
		// A name of its own, made anew: nothing is written through a link that was put in the way.
		const made = path.join(folder, `.${uuid()}.png`);
		try {
			await writeFile(made, Buffer.from(result, 'base64'), { flag: 'wx' });
			await renameFileLater(made, file);
		} catch (error) {
			await rm(made, { force: true });
			throw error;
		}
		return file;
	}

	/** Removes all pictures of a thread that is deleted. */
	async forget(threadId: string): Promise<void> {
		await rm(this.#folderOf(threadId), { recursive: true, force: true });
	}

	#folderOf(threadId: string): string {
		return path.join(this.#folder, threadId);
	}
}
