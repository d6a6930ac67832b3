import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';
import { isShared } from '../../config/layers/projectRoot.ts';
import { hostPaths } from '../../platform/host.ts';
import { renameFile } from '../../platform/replaceFile.ts';
import { permissionParts, realPermissions, realPlace, type RequestedPermissions } from '../../sandbox/policy/requestedPermissions.ts';
import type { ApprovalStore, SavedApproval } from './savedApproval.ts';
import { commandKey, type GrantedCommand, unsandboxed, whatOf } from './sessionGrants.ts';
import { l10n, type Text } from '../../words/l10n.ts';

const Entry = z.object({
	/** Resolved: what a link leads to later is another folder. */
	folder: z.string(),
	kind: z.enum(['command', 'files', 'host', 'permissions']),
	/** Names exactly what is allowed. */
	key: z.string(),
	/** The same for people. */
	what: z.string(),
	outsideSandbox: z.boolean(),
	/** Whether the folder was trusted at that time: then it has to be still. */
	trusted: z.boolean(),
	threadId: z.string(),
	itemId: z.string(),
	/** Unix milliseconds. */
	at: z.number(),
});
type Entry = z.infer<typeof Entry>;
type Kind = Entry['kind'];

/** The question whose answer allowed something. */
export interface GrantOrigin {
	readonly threadId: string;
	readonly itemId: string;
}

export interface WorkspaceGrantsOptions {
	/** `CODEX_HOME`. */
	readonly home: string;
	/** What the person has said of a folder. */
	readonly trust: (folder: string) => 'trusted' | 'untrusted' | null;
	readonly onProblem: (problem: { readonly message: Text; readonly file: string; readonly line: null }) => void;
}

/**
 * What a person allowed in all threads of one folder, until it is taken back: a file of its own for each, in the person's home and never
 * in the folder. Holds for the resolved folder alone, and only as long as that is trusted as it was when the answer was given.
 */
export class WorkspaceGrants implements ApprovalStore {
	readonly #options: WorkspaceGrantsOptions;
	readonly #root: string;
	/** Allowed by answers that could not be written. */
	readonly #unsaved = new Map<string, Entry>();

	constructor(options: WorkspaceGrantsOptions) {
		this.#options = options;
		this.#root = path.join(options.home, 'tiller', 'workspace-approvals');
	}

	/** The folder that approvals of a thread there are bound to; null where nothing can be allowed for it as a whole. */
	folderOf(cwd: string): string | null {
		const folder = realOf(cwd);
		if (folder === null || isShared(folder)) return null;
		return this.#trustOf(cwd, folder) === 'untrusted' ? null : folder;
	}

	allowCommand(cwd: string, command: GrantedCommand & { readonly text: string }, origin: GrantOrigin): void {
		this.#allow(cwd, [{ kind: 'command', key: keyOf(command), what: whatOf(command), outsideSandbox: command.reach === 'none' }], origin);
	}

	/** What was allowed without the sandbox is allowed in it too. */
	hasCommand(cwd: string, command: GrantedCommand): boolean {
		return this.#has(cwd, 'command', keyOf(unsandboxed(command))) || (command.reach === 'policy' && this.#has(cwd, 'command', keyOf(command)));
	}

	/** Files by their real paths, hosts by their names. */
	allowNames(cwd: string, { kind, names }: { readonly kind: 'files' | 'host'; readonly names: readonly string[] }, origin: GrantOrigin): void {
		this.#allow(
			cwd,
			names.map((name) => ({ kind, key: name, what: name, outsideSandbox: false })),
			origin,
		);
	}

	hasFile(cwd: string, realPath: string): boolean {
		return this.#has(cwd, 'files', realPath);
	}

	hosts(cwd: string): readonly string[] {
		return this.#of(cwd, 'host').map(({ key }) => key);
	}

	allowPermissions(cwd: string, permissions: RequestedPermissions, origin: GrantOrigin): void {
		this.#allow(
			cwd,
			permissionParts(realPermissions(permissions)).map((key) => ({ kind: 'permissions', key, what: key, outsideSandbox: false })),
			origin,
		);
	}

	/** A path in whose place there is a link by now leads to something else, which was not allowed. */
	permissions(cwd: string): RequestedPermissions {
		const keys = this.#of(cwd, 'permissions').map(({ key }) => key);
		const places = (access: 'read' | 'write') =>
			keys.flatMap((key) => (key.startsWith(`${access} `) ? [key.slice(access.length + 1)] : [])).filter((file) => realPlace(file) === file);
		return { network: keys.includes('network'), read: places('read'), write: places('write') };
	}

	list(): Promise<readonly SavedApproval[]> {
		const folders = namesIn(this.#root).map((name) => path.join(this.#root, name));
		const saved = folders.flatMap((folder) => this.#readFolder(folder));
		const entries = [...saved, ...[...this.#unsaved.values()].map((entry) => ({ entry, file: null }))];
		return Promise.resolve(entries.map(({ entry, file }) => savedOf(entry, file)));
	}

	revoke({ id, file }: SavedApproval): Promise<void> {
		this.#unsaved.delete(id);
		if (file !== null) fs.rmSync(file, { force: true });
		return Promise.resolve();
	}

	#trustOf(cwd: string, folder: string): 'trusted' | 'untrusted' | null {
		const said = [this.#options.trust(cwd), this.#options.trust(folder)];
		return said.includes('untrusted') ? 'untrusted' : (said.find((each) => each !== null) ?? null);
	}

	#allow(cwd: string, grants: readonly Pick<Entry, 'kind' | 'key' | 'what' | 'outsideSandbox'>[], origin: GrantOrigin): void {
		const folder = this.folderOf(cwd);
		if (folder === null) return;
		const trusted = this.#trustOf(cwd, folder) === 'trusted';
		for (const grant of grants) {
			const entry: Entry = { folder, ...grant, trusted, ...origin, at: Date.now() };
			const file = this.#fileOf(entry);
			try {
				fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
				const beside = `${file}.${process.pid}.tmp`;
				fs.writeFileSync(beside, JSON.stringify(entry, null, '\t'), { mode: 0o600 });
				renameFile(beside, file);
			} catch (error) {
				this.#unsaved.set(idOf(entry), entry);
				const why = error instanceof Error ? error.message : String(error);
				this.#options.onProblem({ message: l10n`The approval could not be saved in ${file}: ${why}`, file, line: null });
			}
		}
	}

	#has(cwd: string, kind: Kind, key: string): boolean {
		const folder = this.folderOf(cwd);
		if (folder === null) return false;
		const wanted = { folder, kind, key };
		const entry = readEntry(this.#fileOf(wanted)) ?? this.#unsaved.get(idOf(wanted)) ?? null;
		return entry !== null && entry.kind === kind && entry.key === key && this.#holds(entry, { cwd, folder });
	}

	#of(cwd: string, kind: Kind): readonly Entry[] {
		const folder = this.folderOf(cwd);
		if (folder === null) return [];
		const saved = this.#readFolder(path.join(this.#root, hash(folder))).map(({ entry }) => entry);
		return [...saved, ...this.#unsaved.values()].filter((entry) => entry.kind === kind && this.#holds(entry, { cwd, folder }));
	}

	#holds(entry: Entry, { cwd, folder }: { readonly cwd: string; readonly folder: string }): boolean {
		return hostPaths.same(entry.folder, folder) && (!entry.trusted || this.#trustOf(cwd, folder) === 'trusted');
	}

	#fileOf(entry: Pick<Entry, 'folder' | 'kind' | 'key'>): string {
		return path.join(this.#root, hash(entry.folder), `${idOf(entry)}.json`);
	}

	#readFolder(folder: string): readonly { readonly entry: Entry; readonly file: string }[] {
		return namesIn(folder)
			.filter((name) => name.endsWith('.json'))
			.flatMap((name) => {
				const file = path.join(folder, name);
				const entry = readEntry(file);
				return entry === null ? [] : [{ entry, file }];
			});
	}
}

/** The same command elsewhere is another one; two names of a folder are one folder. */
function keyOf(command: GrantedCommand): string {
	return commandKey({ ...command, cwd: realOf(command.cwd) ?? command.cwd });
}

/** A file that cannot be understood allows nothing. */
function readEntry(file: string): Entry | null {
	try {
		const read = Entry.safeParse(JSON.parse(fs.readFileSync(file, 'utf8')));
		return read.success ? read.data : null;
	} catch {
		return null;
	}
}

function namesIn(folder: string): readonly string[] {
	try {
		return fs.readdirSync(folder).sort();
	} catch {
		return [];
	}
}

function realOf(file: string): string | null {
	try {
		return fs.realpathSync.native(file);
	} catch {
		return null;
	}
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);
const idOf = ({ folder, kind, key }: Pick<Entry, 'folder' | 'kind' | 'key'>) => `workspace-${kind}-${hash(`${folder}\n${key}`)}`;

function savedOf(entry: Entry, file: string | null): SavedApproval {
	const { folder, kind, what, outsideSandbox, threadId, itemId } = entry;
	return {
		id: idOf(entry),
		kind,
		what,
		decision: 'allow',
		reason: fs.existsSync(folder) ? null : 'This folder does not exist any more.',
		threadId: null,
		folder,
		outsideSandbox,
		lifetime: 'workspace',
		file,
		line: null,
		itemId,
		askedIn: threadId,
	};
}
