import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { lockFile } from '../exec/fileLock.ts';
import { copyFolder } from './copyFolder.ts';
import { isName, isVersion, type PluginId } from './pluginId.ts';

const LOCK = '.lock';
const TARGET = 'target.json';
const Target = z.object({ marketplace: z.string(), plugin: z.string() });

/**
 * The installed plugins: `<home>/plugins/cache/MARKETPLACE/PLUGIN/VERSION`, one version each. An installation is prepared beside them and
 * takes its place by renaming. A process that is killed in between leaves the old one or the new one: what was moved away is put
 * back by whoever looks next.
 */
export class PluginCache {
	readonly #cache: string;
	readonly #staging: string;
	readonly #onProblem: (message: string, error: unknown) => void;
	#mended: Promise<void> | null = null;

	/** `home`: `CODEX_HOME`. */
	constructor({ home, onProblem }: { readonly home: string; readonly onProblem: (message: string, error: unknown) => void }) {
		this.#cache = path.join(home, 'plugins', 'cache');
		this.#staging = path.join(home, 'plugins', '.staging');
		this.#onProblem = onProblem;
	}

	/** The folder of the installed version; null when the plugin is not installed. */
	async folderOf(id: PluginId): Promise<string | null> {
		await this.#mend();
		const folder = this.#place(id);
		const names = await fs.promises.readdir(folder, { withFileTypes: true }).catch(() => []);
		const version = names.find((entry) => entry.isDirectory() && isVersion(entry.name));
		return version === undefined ? null : path.join(folder, version.name);
	}

	/** Copies the plugin in `from` and puts it in the place of every other version. Throws `PluginError`, or an error of the system. */
	async install(id: PluginId, { version, from }: { readonly version: string; readonly from: string }): Promise<string> {
		await this.#mend();
		return this.#staged(id, async (staging) => {
			const fresh = path.join(staging, 'new');
			await fs.promises.mkdir(fresh);
			await copyFolder(from, path.join(fresh, version));
			await this.#replace(id, staging, fresh);
			return path.join(this.#place(id), version);
		});
	}

	/** Nothing happens when it is not installed. */
	async remove(id: PluginId): Promise<void> {
		await this.#mend();
		if (!fs.existsSync(this.#place(id))) return;
		await this.#staged(id, async (staging) => {
			await fs.promises.rename(this.#place(id), path.join(staging, 'removed'));
			await fs.promises.rmdir(path.dirname(this.#place(id))).catch(() => {});
		});
	}

	async #replace(id: PluginId, staging: string, fresh: string): Promise<void> {
		const place = this.#place(id);
		await fs.promises.mkdir(path.dirname(place), { recursive: true });
		if (fs.existsSync(place)) await fs.promises.rename(place, path.join(staging, 'old'));
		await fs.promises.rename(fresh, place);
	}

	#place({ marketplace, plugin }: PluginId): string {
		return path.join(this.#cache, marketplace, plugin);
	}

	/** Runs `work` with a folder of its own, locked for as long as it is used and removed afterwards. */
	async #staged<T>(id: PluginId, work: (staging: string) => Promise<T>): Promise<T> {
		const staging = path.join(this.#staging, randomUUID());
		await fs.promises.mkdir(staging, { recursive: true, mode: 0o700 });
		const lock = await lockFile(path.join(staging, LOCK), 'make');
		try {
			await fs.promises.writeFile(path.join(staging, TARGET), JSON.stringify({ marketplace: id.marketplace, plugin: id.plugin }), {
				flush: true,
			});
			return await work(staging);
		} catch (error) {
			this.#putBack(staging);
			throw error;
		} finally {
			lock?.release();
			await fs.promises.rm(staging, { recursive: true, force: true });
			// Gone with the last one.
			await fs.promises.rmdir(this.#staging).catch(() => {});
		}
	}

	/** What a killed process was about to replace goes back to its place. Once per process. */
	#mend(): Promise<void> {
		this.#mended ??= this.#mendAll().catch((error: unknown) =>
			this.#onProblem('an interrupted installation of a plugin could not be cleaned up', error),
		);
		return this.#mended;
	}

	async #mendAll(): Promise<void> {
		for (const name of await fs.promises.readdir(this.#staging).catch(() => [])) {
			const staging = path.join(this.#staging, name);
			// Written once the folder is locked: without it, somebody is just beginning.
			if (!fs.existsSync(path.join(staging, TARGET))) continue;
			// One that is locked belongs to a process that still works on it.
			const lock = await lockFile(path.join(staging, LOCK), 'make').catch(() => null);
			if (lock === null) continue;
			this.#putBack(staging);
			lock.release();
			await fs.promises.rm(staging, { recursive: true, force: true });
		}
	}

	#putBack(staging: string): void {
		const old = path.join(staging, 'old');
		if (!fs.existsSync(old)) return;
		const target = Target.parse(JSON.parse(fs.readFileSync(path.join(staging, TARGET), 'utf8')));
		if (!isName(target.marketplace) || !isName(target.plugin)) return;
		const place = this.#place(target);
		if (!fs.existsSync(place)) fs.renameSync(old, place);
	}
}
