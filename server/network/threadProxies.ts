import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { CommandProxy, type CommandProxyOptions } from './commandProxy.ts';
import type { Egress } from './egress.ts';

/** Longer paths are no addresses of unix sockets. */
const MAX_SOCKET_PATH = 100;

/** The proxy of one thread: made with the first command that needs it, and none of another thread gets in. */
class ThreadProxy {
	readonly #commands = new Set<CommandProxy>();
	#folder: string | null = null;
	#next = 0;

	open(options: Omit<CommandProxyOptions, 'socketPath' | 'closed'>): CommandProxy {
		const proxy: CommandProxy = new CommandProxy({
			...options,
			socketPath: () => path.join(this.#own(), `${this.#next++}.sock`),
			closed: (closed) => {
				this.#commands.delete(closed);
			},
		});
		this.#commands.add(proxy);
		return proxy;
	}

	#own(): string {
		if (this.#folder !== null) return this.#folder;
		const place = path.join(os.tmpdir(), 'tiller-net-');
		this.#folder = mkdtempSync(place.length + 'XXXXXX/999999.sock'.length > MAX_SOCKET_PATH ? '/tmp/tiller-net-' : place);
		chmodSync(this.#folder, 0o700);
		return this.#folder;
	}

	close(): void {
		for (const command of [...this.#commands]) command.close();
		if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
		this.#folder = null;
	}
}

/** The proxies of all threads. */
export class ThreadProxies {
	readonly #egress: Egress;
	readonly #threads = new Map<string, ThreadProxy>();

	constructor(egress: Egress) {
		this.#egress = egress;
	}

	/** The way out for one command. `threadId`: null for a command of no thread. */
	open(threadId: string | null, options: Omit<CommandProxyOptions, 'socketPath' | 'closed' | 'egress'>): CommandProxy {
		const key = threadId ?? '';
		const proxy = this.#threads.get(key) ?? new ThreadProxy();
		this.#threads.set(key, proxy);
		return proxy.open({ ...options, egress: this.#egress });
	}

	get threads(): readonly string[] {
		return [...this.#threads.keys()].filter((threadId) => threadId !== '');
	}

	/** The thread is closed, and with it everything that its commands still have open. */
	endThread(threadId: string): void {
		this.#threads.get(threadId)?.close();
		this.#threads.delete(threadId);
	}

	dispose(): void {
		for (const proxy of this.#threads.values()) proxy.close();
		this.#threads.clear();
	}
}
