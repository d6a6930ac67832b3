import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';
import { ThreadGrants } from './threadGrants.ts';

/** A way to start a server that a folder asks for. */
export interface ServerStart {
	/** The folder whose configuration wants it. */
	readonly folder: string;
	/** The plugin that brings it, in whose folder it runs; absent: the configuration of the folder has it. */
	readonly plugin?: string | undefined;
	readonly server: string;
	/** The exact command line, or the address. */
	readonly what: string;
	/** All that decides what runs: another one is another start. */
	readonly fingerprint: string;
}

const Entry = z.object({
	folder: z.string(),
	plugin: z.optional(z.string()),
	server: z.string(),
	what: z.string(),
	fingerprint: z.string(),
	at: z.number(),
});
type Entry = z.infer<typeof Entry>;

/** The starts of servers of projects that a person allowed, in a file of our own. */
export class AllowedStarts implements ApprovalStore {
	readonly #file: string;

	constructor(home: string) {
		this.#file = path.join(home, 'tiller', 'mcp-starts.json');
	}

	isAllowed(start: ServerStart): boolean {
		return this.#read().some((entry) => entry.folder === start.folder && entry.server === start.server && entry.fingerprint === start.fingerprint);
	}

	/** Throws the file system's error. */
	allow(start: ServerStart): void {
		const others = this.#read().filter((entry) => entry.folder !== start.folder || entry.server !== start.server);
		this.#write([...others, { ...start, at: Date.now() }]);
	}

	list(): Promise<readonly SavedApproval[]> {
		const saved = this.#read().map(
			(entry): SavedApproval => ({
				id: idOf(entry),
				kind: 'mcpServer',
				what: `${entry.server}${entry.plugin === undefined ? '' : ` (${entry.plugin})`}: ${entry.what}`,
				decision: 'allow',
				reason: null,
				threadId: null,
				folder: entry.plugin === undefined ? entry.folder : null,
				outsideSandbox: true,
				lifetime: 'always',
				file: this.#file,
				line: null,
				itemId: null,
			}),
		);
		return Promise.resolve(saved);
	}

	revoke({ id }: SavedApproval): Promise<void> {
		this.#write(this.#read().filter((entry) => idOf(entry) !== id));
		return Promise.resolve();
	}

	/** A file that cannot be understood allows nothing. */
	#read(): readonly Entry[] {
		try {
			const read = z.array(Entry).safeParse(JSON.parse(fs.readFileSync(this.#file, 'utf8')));
			return read.success ? read.data : [];
		} catch {
			return [];
		}
	}

	#write(entries: readonly Entry[]): void {
		fs.mkdirSync(path.dirname(this.#file), { recursive: true, mode: 0o700 });
		const beside = `${this.#file}.${process.pid}.tmp`;
		fs.writeFileSync(beside, JSON.stringify(entries, null, '\t'), { mode: 0o600 });
		fs.renameSync(beside, this.#file);
	}
}

const idOf = ({ folder, server, fingerprint }: Entry) => `mcpServer-${hash(`${folder}\n${server}\n${fingerprint}`)}`;
const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

export interface ToolApprovalsOptions {
	/** The tools that the configuration of the user allows without asking, as it stands in the file. */
	allowed(): readonly { readonly server: string; readonly tool: string; readonly file: string }[];
	/** Writes whether a tool is asked about; null takes the entry away. Rejects when it cannot be written. */
	write(server: string, tool: string, mode: 'approve' | null): Promise<void>;
}

/** Tools of servers that a person allowed to be called without asking: for a thread, or, in the configuration, always. */
export class ToolApprovals implements ApprovalStore {
	readonly #options: ToolApprovalsOptions;
	readonly #threads = new ThreadGrants('mcpTool');

	constructor(options: ToolApprovalsOptions) {
		this.#options = options;
	}

	isAllowed(threadId: string, server: string, tool: string): boolean {
		return (
			this.#threads.has(threadId, nameOf(server, tool)) || this.#options.allowed().some((entry) => entry.server === server && entry.tool === tool)
		);
	}

	/** Rejects when it cannot be kept. */
	async allow({
		threadId,
		server,
		tool,
		itemId,
		lifetime,
	}: {
		threadId: string;
		server: string;
		tool: string;
		itemId: string;
		lifetime: 'session' | 'always';
	}): Promise<void> {
		// Also for the running thread, whose configuration is the one that it began with.
		this.#threads.allow(threadId, [nameOf(server, tool)], itemId);
		if (lifetime === 'always') await this.#options.write(server, tool, 'approve');
	}

	forget(threadId: string): void {
		this.#threads.endThread(threadId);
	}

	async list(): Promise<readonly SavedApproval[]> {
		const always = this.#options.allowed().map(
			({ server, tool, file }): SavedApproval => ({
				id: `mcpTool-always-${hash(`${server}\n${tool}`)}`,
				kind: 'mcpTool',
				what: nameOf(server, tool),
				decision: 'allow',
				reason: null,
				threadId: null,
				folder: null,
				outsideSandbox: true,
				lifetime: 'always',
				file,
				line: null,
				itemId: null,
			}),
		);
		return [...always, ...(await this.#threads.list())];
	}

	async revoke(approval: SavedApproval): Promise<void> {
		if (approval.threadId !== null) return this.#threads.revoke(approval);
		const entry = this.#options.allowed().find(({ server, tool }) => nameOf(server, tool) === approval.what);
		if (entry) await this.#options.write(entry.server, entry.tool, null);
	}
}

const nameOf = (server: string, tool: string) => `${server}/${tool}`;
