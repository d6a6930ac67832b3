import path from 'node:path';
import { Emitter } from 'vscode-jsonrpc/node.js';
import type { Event } from 'vscode-jsonrpc/node.js';
import type { Worktree } from '../../server/protocol/host/worktree.ts';
import type { Client } from '../server/client.ts';
import { relativeInside } from '../system/host.ts';

/** The worktrees of this home, as the server has them. */
export class WorktreeList {
	readonly #canonical: (folder: string) => string;
	readonly #changed = new Emitter<void>();
	readonly onDidChange: Event<void> = this.#changed.event;
	#all: readonly Worktree[] = [];

	/** `canonical`: one name for a folder that can be reached by several. */
	constructor(canonical: (folder: string) => string) {
		this.#canonical = canonical;
	}

	/** The newest first. */
	get all(): readonly Worktree[] {
		return this.#all;
	}

	/** Never rejects: other servers have no worktrees. */
	async load(client: Client): Promise<void> {
		const { data } = await client.request('worktree/list', {}).catch(() => ({ data: [] }));
		const isSame = JSON.stringify(data) === JSON.stringify(this.#all);
		this.#all = data;
		if (!isSame) this.#changed.fire();
	}

	/** The one that a folder lies in. */
	at(folder: string | null | undefined): Worktree | undefined {
		return folder == null ? undefined : this.#all.find((worktree) => relativeInside(worktree.folder, folder) !== null);
	}

	/** Where threads work that began in a worktree of this folder. */
	of(folder: string): readonly string[] {
		const wanted = this.#canonical(folder);
		return this.#all.filter((worktree) => this.#canonical(originOf(worktree)) === wanted).map(({ cwd }) => cwd);
	}

	dispose(): void {
		this.#changed.dispose();
	}
}

/** The folder of the person that a worktree stands for. */
export function originOf({ source, folder, cwd }: Pick<Worktree, 'source' | 'folder' | 'cwd'>): string {
	return path.join(source, path.relative(folder, cwd));
}

/** How a worktree is called: its branch, without what all branches of worktrees begin with. */
export function worktreeName({ branch }: Pick<Worktree, 'branch'>): string {
	return branch.replace(/^tiller\//, '');
}
