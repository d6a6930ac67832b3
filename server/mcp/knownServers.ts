import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { renameFile } from '../platform/replaceFile.ts';
import type { ListedTool, RawRecord } from './sdk/mcpClient.ts';
import type { McpServerConfig } from './serverConfig.ts';

/** What a server said about itself when it was connected. */
export interface ListedServer {
	readonly tools: readonly ListedTool[];
	readonly instructions: string | null;
	/** What it says of its list of tools. */
	readonly toolListMeta: RawRecord | null;
}

/** What is known of a server before it answers: its tools, that it did not start the last time, that a request waited for it in vain, or nothing. */
export type KnownServer = ListedServer | 'dead' | 'late' | null;

/** For so long nobody waits for a server that did not start, in milliseconds. After that it may have been mended. */
const DEAD_MS = 60 * 60_000;
/** More servers are forgotten, the oldest first. */
const MAX_DEAD = 100;

const Dead = z.record(z.string(), z.number());

/**
 * What this process has seen of servers, so that a thread need not wait for what another one has heard already. Servers that did not
 * start are also kept in a file, by hash, so that the next process knows them as dead.
 */
export class KnownServers {
	readonly #file: string;
	readonly #now: () => number;
	readonly #listed = new Map<string, ListedServer>();
	/** Those that a request of this process has waited for, and that have not answered since. */
	readonly #late = new Set<string>();
	/** When it did not start, in Unix milliseconds. Null: not read yet. */
	#dead: Map<string, number> | null = null;

	/** `now`: Unix milliseconds. */
	constructor(home: string, now: () => number) {
		this.#file = path.join(home, 'tiller', 'mcp-dead.json');
		this.#now = now;
	}

	of(config: McpServerConfig, cwd: string): KnownServer {
		const key = keyOf(config, cwd);
		const listed = this.#listed.get(key);
		if (listed !== undefined) return listed;
		if (this.#isRecent(this.#read().get(key) ?? 0)) return 'dead';
		return this.#late.has(key) ? 'late' : null;
	}

	/** A request went out without it. */
	waitedInVain(config: McpServerConfig, cwd: string): void {
		this.#late.add(keyOf(config, cwd));
	}

	listed(config: McpServerConfig, cwd: string, said: ListedServer): void {
		const key = keyOf(config, cwd);
		this.#late.delete(key);
		this.#listed.set(key, said);
		if (this.#read().delete(key)) this.#write();
	}

	notStarted(config: McpServerConfig, cwd: string): void {
		const key = keyOf(config, cwd);
		this.#listed.delete(key);
		const dead = this.#read();
		dead.delete(key);
		dead.set(key, this.#now());
		this.#write();
	}

	#isRecent(at: number): boolean {
		const ago = this.#now() - at;
		return ago >= 0 && ago < DEAD_MS;
	}

	/** A file that cannot be read knows nothing. */
	#read(): Map<string, number> {
		if (this.#dead !== null) return this.#dead;
		try {
			const read = Dead.safeParse(JSON.parse(fs.readFileSync(this.#file, 'utf8')));
			this.#dead = new Map(read.success ? Object.entries(read.data) : []);
		} catch {
			this.#dead = new Map();
		}
		return this.#dead;
	}

	/** What cannot be kept is found out again by the next process. */
	#write(): void {
		const recent = [...this.#read()].filter(([, at]) => this.#isRecent(at)).slice(-MAX_DEAD);
		const beside = `${this.#file}.${process.pid}.tmp`;
		try {
			fs.mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
			fs.writeFileSync(beside, JSON.stringify(Object.fromEntries(recent)), { mode: 0o600 });
			renameFile(beside, this.#file);
		} catch {
			fs.rmSync(beside, { force: true });
		}
	}
}

/** The same program or address in the same folder. */
function keyOf({ name, transport }: McpServerConfig, cwd: string): string {
	return createHash('sha256')
		.update(JSON.stringify([name, transport, cwd]))
		.digest('hex')
		.slice(0, 32);
}
