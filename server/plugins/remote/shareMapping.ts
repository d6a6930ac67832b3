import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { replaceFile } from '../../config/layers/projectTrust.ts';
import { readGuarded, textOf } from '../../files/guardedFile.ts';

const Content = z.object({ localPluginPathsByRemotePluginId: z.record(z.string(), z.string()) });
const MAX_BYTES = 1024 * 1024;

/** Which folder was shared as which plugin: `<home>/.tmp/plugin-share-local-paths-v1.json`, shared with the Codex CLI. */
export class ShareMapping {
	readonly #file: string;
	/** Changes wait for each other. */
	#last: Promise<void> = Promise.resolve();

	constructor(home: string) {
		this.#file = path.join(home, '.tmp', 'plugin-share-local-paths-v1.json');
	}

	/** Folders by the ids of plugins. A file that cannot be used knows none. */
	async read(): Promise<ReadonlyMap<string, string>> {
		const text = textOf(await readGuarded(this.#file, { maxBytes: MAX_BYTES }));
		try {
			return new Map(Object.entries(Content.parse(JSON.parse(text ?? '')).localPluginPathsByRemotePluginId));
		} catch {
			return new Map();
		}
	}

	/** `folder` null: forgets the plugin. */
	set(id: string, folder: string | null): Promise<void> {
		const change = this.#last.then(async () => {
			const known = new Map(await this.read());
			if (folder === null) known.delete(id);
			else known.set(id, folder);
			if (known.size === 0) {
				await fs.promises.rm(this.#file, { force: true });
				return;
			}
			const sorted = Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
			await fs.promises.mkdir(path.dirname(this.#file), { recursive: true });
			replaceFile(this.#file, `${JSON.stringify({ localPluginPathsByRemotePluginId: sorted }, null, 2)}\n`);
		});
		this.#last = change.catch(() => {});
		return change;
	}
}
