import * as vscode from 'vscode';
import type { Client } from '../server/client.ts';

/** A save waits no longer for the server than this, in milliseconds. */
const MAX_WAIT_MS = 300;

/** Tells the server what the person saves, so that it counts as no change of a command that runs meanwhile. */
export class EditorSaves implements vscode.Disposable {
	readonly #client: () => Client | null;
	readonly #failed: (error: unknown) => void;
	readonly #subscription: vscode.Disposable;

	constructor({ client, failed }: { client: () => Client | null; failed: (error: unknown) => void }) {
		this.#client = client;
		this.#failed = failed;
		this.#subscription = vscode.Disposable.from(
			vscode.workspace.onWillSaveTextDocument((event) => event.waitUntil(inTime(this.#tell('thread/checkpoint/saving', event.document)))),
			vscode.workspace.onDidSaveTextDocument((document) => void this.#tell('thread/checkpoint/saved', document)),
		);
	}

	dispose(): void {
		this.#subscription.dispose();
	}

	/** Never rejects: a save goes on without a server, or with one that is not ours. */
	async #tell(method: 'thread/checkpoint/saving' | 'thread/checkpoint/saved', { uri }: vscode.TextDocument): Promise<void> {
		const client = this.#client();
		if (client === null || uri.scheme !== 'file') return;
		try {
			if (await client.supports(method)) await client.request(method, { path: uri.fsPath });
		} catch (error) {
			this.#failed(error);
		}
	}
}

async function inTime(work: Promise<void>): Promise<void> {
	let timer: NodeJS.Timeout | undefined;
	const limit = new Promise<void>((resolve) => {
		timer = setTimeout(resolve, MAX_WAIT_MS);
	});
	await Promise.race([work, limit]).finally(() => clearTimeout(timer));
}
