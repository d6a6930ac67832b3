import { hostPaths } from '../../platform/host.ts';
import type { PathRules } from '../../platform/pathRules.ts';
import type { FileSystemAccess, FileSystemEntry, FileSystemPath } from './fileSystemEntry.ts';
import { fixedPart, globExpression } from './globPattern.ts';
import type { LegacyPolicy, ManagedPolicy, SandboxPolicy } from './policy.ts';
import { type FileLookup, type FileRule, isSettings, protectionsOf, realFolders, repositoryOf } from './writableRoots.ts';

/** Names that cannot be read, whatever the rules say of their folder. */
export interface DeniedGlob {
	/** Absolute, the fixed part with links resolved. */
	readonly pattern: string;
	readonly expression: RegExp;
}

/** The files of one command: what a policy says in one folder, with all links resolved. */
export interface FileView {
	readonly paths: PathRules;
	/** Of every path that no rule is about. */
	readonly base: FileSystemAccess;
	/** Outer paths before inner ones, so that the last one that covers a path counts. */
	readonly rules: readonly FileRule[];
	readonly denied: readonly DeniedGlob[];
	readonly globScanMaxDepth: number | null;
	/** Folders that may be written to but not moved away, since a rule is about something inside. Outer before inner. */
	readonly pinned: readonly string[];
	/** Whether the programs and libraries of the system are needed where `base` hides the disk. */
	readonly minimal: boolean;
	/** Why the policy cannot be enforced; null when it can. */
	readonly problem: string | null;
}

export interface FileViewRequest {
	readonly policy: SandboxPolicy;
	/** Absolute; the folder that the policy is about. Not where the one command runs. */
	readonly policyCwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Our own home. Its configuration and keys stay out of reach even where it lies in a writable folder. */
	readonly codexHome: string | null;
	/** Whether the files with our keys can be read. Hidden when left out. */
	readonly keys?: 'hidden' | 'shown';
	/** The folder in which a `.git` may be made. */
	readonly newRepository?: string | null;
}

const OPEN: Omit<FileView, 'base' | 'paths'> = { rules: [], denied: [], globScanMaxDepth: null, pinned: [], minimal: false, problem: null };

/** What a policy says of files. Reads the disk through `lookup` only. */
export function fileView(request: FileViewRequest, lookup: FileLookup): FileView {
	const { policy } = request;
	switch (policy.type) {
		case 'dangerFullAccess':
		case 'externalSandbox':
			return { ...OPEN, paths: lookup.paths, base: 'write' };
		case 'readOnly':
			return { ...OPEN, paths: lookup.paths, base: 'read', rules: withHidden([], request, lookup) };
		case 'workspaceWrite':
			return legacyView(request, policy, lookup);
		case 'managed':
			return policy.fileSystem.type === 'unrestricted'
				? { ...OPEN, paths: lookup.paths, base: 'write' }
				: managedView(request, policy.fileSystem, lookup);
		default:
			return policy satisfies never;
	}
}

/** Roots that do not exist are left out: there is nothing to write to, and making them is itself a write outside. */
function legacyView(request: FileViewRequest, policy: Extract<LegacyPolicy, { type: 'workspaceWrite' }>, lookup: FileLookup): FileView {
	const repositories = policy.writableRoots.flatMap((root) => repositoryOf(root, lookup));
	const projectRoots = realFolders([request.policyCwd, ...policy.writableRoots, ...repositories], lookup);
	const temporary = realFolders(
		[policy.excludeSlashTmp ? undefined : '/tmp', policy.excludeTmpdirEnvVar ? undefined : request.env['TMPDIR']],
		lookup,
	);
	const explicit = new Map<string, FileRule>([...projectRoots, ...temporary].map((root) => [root, { path: root, access: 'write' }]));
	const rules = withHidden(
		withProtections(
			explicit,
			{ projectRoots, temporary, codexHome: request.codexHome, granted: policy.writableRoots, newRepository: request.newRepository ?? null },
			lookup,
		),
		request,
		lookup,
	);
	return { ...OPEN, paths: lookup.paths, base: 'read', rules, pinned: pinnedFolders(rules, lookup.paths) };
}

interface Roots {
	readonly newRepository: string | null;
	readonly projectRoots: readonly string[];
	readonly temporary: readonly string[];
	readonly codexHome: string | null;
	/** What the person opened by name, whether it is there or not. */
	readonly granted: readonly string[];
}

/** Explicit rules with the ones for settings folders and our own home, where these could be written to otherwise. */
function withProtections(explicit: ReadonlyMap<string, FileRule>, { newRepository, ...roots }: Roots, lookup: FileLookup) {
	const { projectRoots, temporary, codexHome, granted } = roots;
	const rules = new Map(explicit);
	const writable = [...explicit.values()].filter(({ access }) => access === 'write');
	const made = newRepository === null ? [] : [lookup.paths.path.join(newRepository, '.git')];
	const wanted = new Set([...made, ...granted].filter((file) => lookup.paths.path.isAbsolute(file)).map((file) => resolveMissing(file, lookup)));
	const protect = (rule: FileRule) => {
		const reaching = writable.filter((root) => lookup.paths.isInside(root.path, rule.path));
		const isGranted = reaching.some((root) => isSettings(root.path, lookup)) || (rule.access === 'absent' && wanted.has(rule.path));
		if (reaching.length > 0 && !isGranted && !explicit.has(rule.path)) rules.set(rule.path, rule);
	};
	for (const root of projectRoots) protectionsOf(root, lookup).forEach(protect);
	for (const root of temporary) {
		if (projectRoots.includes(root)) continue;
		for (const rule of protectionsOf(root, lookup)) if (rule.access !== 'absent') protect(rule);
	}
	const home = codexHome === null ? null : lookup.realpath(codexHome);
	if (home !== null) protect({ path: home, access: 'read' });
	return outerFirst([...rules.values()], lookup.paths);
}

function outerFirst(rules: readonly FileRule[], paths: PathRules): readonly FileRule[] {
	return rules.toSorted((a, b) => paths.depth(a.path) - paths.depth(b.path) || (a.path < b.path ? -1 : 1));
}

const STRENGTH: Readonly<Record<FileSystemAccess, number>> = { read: 0, write: 1, none: 2 };
const stronger = (a: FileSystemAccess | undefined, b: FileSystemAccess) => (a === undefined || STRENGTH[b] > STRENGTH[a] ? b : a);

type RestrictedFiles = Extract<ManagedPolicy['fileSystem'], { type: 'restricted' }>;

function managedView(request: FileViewRequest, fileSystem: RestrictedFiles, lookup: FileLookup): FileView {
	const named = new Map<string, FileSystemAccess>();
	const missing = new Set<string>();
	const temporary = new Set<string>();
	const denied: DeniedGlob[] = [];
	let minimal = false;
	let problem: string | null = null;
	// The protection that every profile of a workspace has.
	const isMade = (place: FileSystemPath) =>
		place.type === 'special' &&
		place.value.kind === 'project_roots' &&
		place.value.subpath === '.git' &&
		request.newRepository === lookup.realpath(request.policyCwd);
	const add = (entry: FileSystemEntry, file: string | undefined) => {
		if (file === undefined || !lookup.paths.path.isAbsolute(file)) return;
		const real = lookup.realpath(file);
		if (real !== null) named.set(real, stronger(named.get(real), entry.access));
		else if (entry.access === 'read' && !isMade(entry.path)) missing.add(resolveMissing(file, lookup));
		if (real !== null && isTemporary(entry.path)) temporary.add(real);
	};
	for (const entry of fileSystem.entries) {
		if (entry.granted) continue;
		const place = placeOf(entry.path, request, lookup.paths);
		if (place.type === 'path') add(entry, place.path);
		else if (place.type === 'minimal') minimal ||= entry.access !== 'none';
		else if (place.type === 'unknown') {
			if (entry.access === 'none') problem = `the profile denies ${place.name}, and nobody here knows what that is`;
		} else if (entry.access === 'none') {
			const glob = deniedGlob(place.pattern, lookup);
			if (glob === null) problem = `the pattern ${place.pattern} of the profile cannot be understood`;
			else denied.push(glob);
		} else if (place.pattern.endsWith('/**') && !/[*?[{]/.test(place.pattern.slice(0, -3))) add(entry, place.pattern.slice(0, -3) || '/');
	}
	const rootName = lookup.paths.path.parse(request.policyCwd).root;
	// As the disk writes it: `c:\` is found as `C:\`.
	const root = lookup.realpath(rootName) ?? rootName;
	const base = named.get(root) ?? 'none';
	named.delete(root);
	const explicit = new Map<string, FileRule>([...named].map(([file, access]) => [file, { path: file, access }]));
	for (const entry of fileSystem.entries) if (entry.granted) grant(entry, { explicit, base }, lookup);
	for (const rule of [...explicit.values()]) {
		for (const folder of rule.access === 'write' ? repositoryOf(rule.path, lookup) : []) {
			if (!explicit.has(folder)) explicit.set(folder, { path: folder, access: 'write' });
		}
	}
	const copies = request.codexHome === null ? null : lookup.realpath(copiesFolder(request.codexHome));
	// A file that is hidden in its own place is not to be read in another one.
	if (copies !== null && fileSystem.entries.some(({ access }) => access === 'none')) explicit.set(copies, { path: copies, access: 'none' });
	for (const file of missing) if (isCovered(file, { explicit, base }, lookup.paths)) explicit.set(file, { path: file, access: 'absent' });
	const written = [...explicit.values()].flatMap((rule) => (rule.access === 'write' && lookup.kind(rule.path) === 'folder' ? [rule.path] : []));
	if (base === 'write') explicit.set(root, { path: root, access: 'write' });
	const projectRoots = written.filter((folder) => !temporary.has(folder));
	const granted = fileSystem.entries.flatMap((entry) => (entry.access === 'write' && entry.path.type === 'path' ? [entry.path.path] : []));
	const { codexHome, newRepository = null } = request;
	const protectedRules = withProtections(explicit, { projectRoots, temporary: [...temporary], codexHome, granted, newRepository }, lookup);
	const rules = withHidden(protectedRules, request, lookup);
	return {
		paths: lookup.paths,
		base,
		rules: rules.filter((rule) => !lookup.paths.same(rule.path, root)),
		denied,
		globScanMaxDepth: fileSystem.globScanMaxDepth ?? null,
		pinned: pinnedFolders(rules, lookup.paths),
		minimal,
		problem,
	};
}

/** In our own home: what we sign in with, here and at MCP servers, and what clients of a named pipe are known by. */
const KEY_FILES = ['auth.json', '.credentials.json', 'tiller/run/pipe.secret'];

/** Where pipes have names for a moment. Whoever could open one there would hear what other commands say. */
export function pipesFolder(codexHome: string): string {
	return hostPaths.path.join(codexHome, 'tiller', 'pipes');
}

/** Rules with those for what no restricted command reads, unless a rule names it. */
function withHidden(rules: readonly FileRule[], { codexHome, keys = 'hidden' }: FileViewRequest, lookup: FileLookup): readonly FileRule[] {
	if (codexHome === null) return rules;
	const hidden = [...(keys === 'hidden' ? KEY_FILES.map((name) => lookup.paths.path.join(codexHome, name)) : []), pipesFolder(codexHome)].flatMap(
		(file) => {
			const real = lookup.realpath(file);
			return real === null || rules.some((rule) => lookup.paths.same(rule.path, real)) ? [] : [{ path: real, access: 'none' } as const];
		},
	);
	return outerFirst([...rules, ...hidden], lookup.paths);
}

/** Where our own home keeps the contents of files for undo. */
export function copiesFolder(codexHome: string): string {
	return hostPaths.path.join(codexHome, 'tiller', 'checkpoints');
}

function grant(entry: FileSystemEntry, view: { explicit: Map<string, FileRule>; base: FileSystemAccess }, lookup: FileLookup): void {
	const file = entry.path.type === 'path' ? lookup.realpath(entry.path.path) : null;
	if (file === null || entry.access === 'none') return;
	const nearest = outerFirst([...view.explicit.values()], lookup.paths).findLast((rule) => lookup.paths.isInside(rule.path, file));
	if (nearest?.access === 'none') return;
	const now = nearest?.access ?? view.base;
	if (now === 'write' || (now !== 'none' && entry.access === 'read')) return;
	view.explicit.set(file, { path: file, access: entry.access });
}

function isTemporary(place: FileSystemPath): boolean {
	return place.type === 'special' && (place.value.kind === 'tmpdir' || place.value.kind === 'slash_tmp');
}

type Place =
	| { readonly type: 'path'; readonly path: string | undefined }
	| { readonly type: 'glob'; readonly pattern: string }
	| { readonly type: 'minimal' }
	| { readonly type: 'unknown'; readonly name: string };

function placeOf(place: FileSystemPath, { policyCwd, env }: FileViewRequest, { path }: PathRules): Place {
	if (place.type === 'path') return place;
	if (place.type === 'glob') return { type: 'glob', pattern: path.resolve(policyCwd, place.pattern) };
	const { value } = place;
	switch (value.kind) {
		case 'root':
			return { type: 'path', path: path.parse(policyCwd).root };
		case 'minimal':
			return { type: 'minimal' };
		case 'project_roots':
			return { type: 'path', path: path.resolve(policyCwd, value.subpath ?? '.') };
		case 'slash_tmp':
			return { type: 'path', path: '/tmp' };
		case 'tmpdir':
			// The whole disk is never meant by a temporary folder.
			return { type: 'path', path: env['TMPDIR'] === '/' ? undefined : env['TMPDIR'] };
		case 'unknown':
			return { type: 'unknown', name: value.subpath === null ? value.path : `${value.path}/${value.subpath}` };
		default:
			return value satisfies never;
	}
}

/** A path of which the last names do not exist. */
function resolveMissing(file: string, lookup: FileLookup): string {
	const { path } = lookup.paths;
	const parent = path.dirname(file);
	return path.join(lookup.realpath(parent) ?? (parent === file ? file : resolveMissing(parent, lookup)), path.basename(file));
}

function isCovered(file: string, view: { explicit: ReadonlyMap<string, FileRule>; base: FileSystemAccess }, paths: PathRules): boolean {
	const nearest = outerFirst([...view.explicit.values()], paths).findLast((rule) => paths.isInside(rule.path, file));
	return (nearest?.access ?? view.base) === 'write';
}

function deniedGlob(pattern: string, lookup: FileLookup): DeniedGlob | null {
	const { paths } = lookup;
	const text = paths.globText(pattern);
	const fixed = fixedPart(text);
	const real = paths.globText(lookup.realpath(fixed) ?? resolveMissing(fixed, lookup));
	const resolved = `${real.endsWith('/') ? real.slice(0, -1) : real}/${text.slice(fixed.length).replace(/^\/+/, '')}`;
	const expression = globExpression(paths.ignoresCase ? foldedText(resolved) : resolved);
	return expression === null ? null : { pattern: resolved, expression };
}

/**
 * The folders between a writable one and what is less open inside. If one of them could be moved away, what is inside would lie where no
 * rule finds it the next time.
 */
export function pinnedFolders(rules: readonly FileRule[], paths: PathRules = hostPaths): readonly string[] {
	const pinned = new Set<string>();
	for (const { path: inner, access } of rules) {
		if (access === 'write') continue;
		const root = rules.findLast((rule) => !paths.same(rule.path, inner) && paths.isInside(rule.path, inner));
		if (root?.access !== 'write') continue;
		for (const folder of paths.above(inner)) {
			if (paths.same(folder, root.path)) break;
			pinned.add(folder);
		}
	}
	return [...pinned].sort((a, b) => a.length - b.length);
}

/** What a command may do with a path, links resolved. The one answer for patches, pictures and files of clients too. */
export function accessAt({ base, rules, denied, paths }: FileView, realPath: string): FileSystemAccess {
	if (isDenied(denied, realPath, paths)) return 'none';
	const rule = rules.findLast(
		(each) => paths.isInside(each.path, realPath) || (each.access === 'absent' && isOtherSpelling(each.path, realPath, paths)),
	);
	if (rule === undefined) return base;
	return rule.access === 'absent' ? 'read' : rule.access;
}

/** Many disks do not tell `.Git` from `.git`. A path that does not exist has the spelling of whoever asks. */
function isOtherSpelling(absent: string, file: string, paths: PathRules): boolean {
	return paths.isInside(paths.path.dirname(absent), file) && paths.isInside(absent.toLowerCase(), file.toLowerCase());
}

/** Whether a pattern hides a path, by every spelling that opens it. */
export function isDenied(denied: readonly DeniedGlob[], realPath: string, paths: PathRules = hostPaths): boolean {
	if (denied.length === 0) return false;
	const text = paths.globText(realPath);
	const key = paths.ignoresCase ? foldedText(text) : text;
	return denied.some(({ expression }) => expression.test(key));
}

function foldedText(text: string): string {
	return text.normalize('NFC').toUpperCase().toLowerCase();
}
