import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { OutputBuffer } from '../../exec/outputBuffer.ts';
import { type ProcessHost, SpawnError } from '../../exec/process.ts';
import { isExecutableFile as isExecutable } from '../../platform/programFinder.ts';
import { type BridgePlan, bubblewrapArgv, type Mount } from './bubblewrapArgs.ts';
import { DeniedFiles, DeniedFilesError } from '../deniedFiles.ts';
import { diskLookup } from '../policy/fileLookup.ts';
import { viewWithRepository } from '../newRepository.ts';
import { mountsOf } from './mounts.ts';
import { namelessFile } from './namelessFile.ts';
import { makeCopiesFolder } from './makeCopiesFolder.ts';
import { isFiltered, networkOf, NO_PROXY } from '../policy/networkOf.ts';
import { unixSocketsOf } from '../policy/permissionProfile.ts';
import { Placeholders } from './placeholders.ts';
import { keepAsTheyAre, strayLink } from './strayLinks.ts';
import type { ProxyAccess, ProxyPorts } from '../proxyAccess.ts';
import { type PreparedCommand, type Sandbox, type SandboxRequest, withoutEnforcement } from '../sandbox.ts';
import { type SeccompArch, seccompFilter, type UnixSockets } from './seccompFilter.ts';
import { type FileLookup, isInside } from '../policy/writableRoots.ts';

type Network = 'restricted' | 'enabled';
type ProbePlan = { readonly program: string; readonly network: Network; readonly filter: string; readonly bridge: BridgePlan | null };
type Filter = { readonly path: string } | { readonly path: null; readonly reason: string };
type Probe = { readonly works: true; readonly ownProc: boolean } | { readonly works: false; readonly reason: string };

export interface BubblewrapOptions {
	readonly host: ProcessHost;
	/** The server's own environment; its PATH is where bubblewrap is looked for. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly codexHome: string | null;
	/** Hears of what a command did that was put right. */
	readonly onProblem?: (message: string) => void;
	/** Whether commands may read the files with our keys; hidden when left out. */
	readonly keys?: () => 'hidden' | 'shown';
	/** A program to use instead of the one on the PATH. */
	readonly program?: string;
	/** The program that runs beside commands whose network is filtered, as a file for Node. Without it none of them runs. */
	readonly bridge?: string;
	/** Another processor than this one; for tests. */
	readonly arch?: string;
}

const isKnownArch = (arch: string): arch is SeccompArch => arch === 'x64' || arch === 'arm64';

/** The program that we are may be an editor that has to be told that it is Node. */
const BRIDGE_ENV: Readonly<Record<string, string>> = process.versions['electron'] === undefined ? {} : { ELECTRON_RUN_AS_NODE: '1' };

/** The bridge does not take over what is meant for the programs of the command. It gives it back to them. */
function bridgedEnvironment({ NODE_OPTIONS: nodeOptions, ...env }: Readonly<Record<string, string>>, proxy: ProxyAccess): Record<string, string> {
	const kept = nodeOptions === undefined ? {} : { TILLER_NODE_OPTIONS: nodeOptions };
	return { ...env, ...kept, ...BRIDGE_ENV, ...proxy.environment(proxy.ports) };
}

function portList({ http, socks }: ProxyPorts): readonly number[] {
	return socks === null || socks === http ? [http] : [http, socks];
}

const HINT = 'Install it (on Debian and Ubuntu: apt install bubblewrap) or allow commands without a sandbox.';
const STUCK = 'another server of this home stopped while it put the workspace back in order after a command. End it, or let it go on.';
/** Longer than any busy machine takes: what is found out counts as long as the server runs. */
const PROBE_MS = 60_000;
/** In a network of its own, so that nobody else has it. */
const PROBE_PORT = 3128;

/** The first `bwrap` on the PATH that does not lie in the workspace, where a task could have put its own. */
export function findBubblewrap(env: Readonly<Record<string, string | undefined>>, workspace: string, executable = isExecutable): string | null {
	const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder) && !isInside(workspace, folder));
	return [...folders, '/usr/bin', '/usr/local/bin'].map((folder) => path.join(folder, 'bwrap')).find(executable) ?? null;
}

/** Without the mount points for what is absent: the folders that they would be in are not written to instead. */
function withoutPlaces(mounts: readonly Mount[]): readonly Mount[] {
	const folders = new Set(mounts.filter(({ access }) => access === 'absent').map((mount) => path.dirname(mount.path)));
	return mounts
		.filter(({ access }) => access !== 'absent')
		.map((mount) => (mount.access === 'write' && folders.has(mount.path) ? { ...mount, access: 'read' } : mount));
}

function isEmpty(folder: string): boolean {
	try {
		return readdirSync(folder).length === 0;
	} catch {
		return false;
	}
}

/** Linux. Tries bubblewrap once, with the first command that needs it, and refuses where it does not work. */
export class BubblewrapSandbox implements Sandbox {
	readonly #options: BubblewrapOptions;
	readonly #probes = new Map<string, Promise<Probe>>();
	readonly #filters = new Map<UnixSockets, Filter>();
	readonly #placeholders: Placeholders;
	readonly #deniedFiles = new DeniedFiles();
	readonly #lookup: FileLookup;

	constructor(options: BubblewrapOptions) {
		this.#options = options;
		this.#placeholders = new Placeholders(options.codexHome);
		// A mount point of a command that still runs is no folder of the project.
		const real = (file: string) => {
			const found = diskLookup.realpath(file);
			return found !== null && this.#placeholders.has(file) ? null : found;
		};
		// Twice, since another server may have taken away what was there a moment ago.
		this.#lookup = { ...diskLookup, realpath: (file) => (real(file) === null ? null : real(file)) };
	}

	async prepare(request: SandboxRequest): Promise<PreparedCommand> {
		const unenforced = withoutEnforcement(request);
		if (unenforced !== null) return unenforced;
		const program = this.#options.program ?? findBubblewrap(this.#options.env, request.policyCwd);
		if (program === null) return { kind: 'refused', reason: `the sandbox program bubblewrap (bwrap) is not installed. ${HINT}` };
		if (!isExecutable(program)) return { kind: 'refused', reason: `the sandbox program ${program} was not found. ${HINT}` };
		const { proxy } = request;
		if (proxy === undefined ? isFiltered(request.policy) : this.#options.bridge === undefined) return { kind: 'refused', reason: NO_PROXY };
		const network = proxy === undefined ? networkOf(request.policy) : 'restricted';
		const filter = this.#filter(proxy === undefined ? unixSocketsOf(request.policy) : 'closed');
		if (filter.path === null) return { kind: 'refused', reason: filter.reason };
		const probe = await this.#probe({ program, network, filter: filter.path, bridge: proxy === undefined ? null : this.#bridge('', [PROBE_PORT]) });
		if (!probe.works) return { kind: 'refused', reason: probe.reason };
		const cwd = this.#lookup.realpath(request.cwd) ?? request.cwd;
		const { policy, policyCwd, env } = request;
		makeCopiesFolder(policy, this.#options.codexHome);
		const wanted = { policy, policyCwd, env, codexHome: this.#options.codexHome, keys: this.#options.keys?.() ?? 'hidden' } as const;
		const { view, made, additions } = viewWithRepository(wanted, request.newRepository ?? null, this.#lookup);
		if (view.problem !== null) return { kind: 'refused', reason: view.problem };
		let matches: readonly string[];
		try {
			matches = await this.#deniedFiles.find(view);
		} catch (error) {
			if (error instanceof DeniedFilesError) return { kind: 'refused', reason: error.message };
			throw error;
		}
		const bridge = proxy === undefined ? null : this.#bridge(await proxy.socket(), portList(proxy.ports));
		const all = mountsOf(view, matches, this.#lookup);
		// What only reads needs no places for what must not be made: where they would be, nothing can be made then.
		const planned = request.changesNothing === true ? withoutPlaces(all) : all;
		const absent = planned.filter((mount) => mount.access === 'absent').map((mount) => mount.path);
		const stray = absent.map(strayLink).filter((link) => link !== null);
		const isStray = new Set(stray.map(({ file }) => file));
		// Git clones into an empty folder only, so that no place can stand in it; what it would check out there is left out.
		const isCloned = (file: string) => made?.by === 'clone' && path.dirname(file) === made.folder && isEmpty(made.folder);
		const free = absent.filter((file) => !isStray.has(file) && isCloned(file));
		const isOpen = new Set([...isStray, ...free]);
		const mounts = planned.filter((mount) => !isOpen.has(mount.path));
		const places = absent.filter((file) => !isOpen.has(file) && (this.#placeholders.has(file) || !existsSync(file)));
		const drop = await this.#placeholders.hold(places);
		if (drop === null) return { kind: 'refused', reason: STUCK };
		const kept = [...stray, ...free.map((file) => ({ file, target: null }))];
		const keep = kept.length === 0 ? () => {} : keepAsTheyAre(kept, this.#options.onProblem ?? (() => {}));
		const release = () => {
			drop();
			keep();
		};
		const plan = { program, base: view.base, mounts, network, ownProc: probe.ownProc, cwd, filter: filter.path, bridge };
		return {
			kind: 'run',
			argv: bubblewrapArgv(plan, request.argv),
			env: proxy === undefined ? { ...env, ...additions } : bridgedEnvironment({ ...env, ...additions }, proxy),
			sandboxed: true,
			release,
		};
	}

	/** The file of the filter of system calls; made once. Without a filter there is no sandbox. */
	#filter(sockets: UnixSockets): Filter {
		const known = this.#filters.get(sockets);
		if (known) return known;
		const arch = this.#options.arch ?? process.arch;
		let filter: Filter;
		if (!isKnownArch(arch)) filter = { path: null, reason: `there is no filter of system calls for ${arch} processors` };
		else {
			try {
				filter = { path: namelessFile(seccompFilter(arch, sockets)) };
			} catch (error) {
				const why = error instanceof Error ? error.message : String(error);
				return { path: null, reason: `the filter of system calls could not be stored: ${why}` };
			}
		}
		this.#filters.set(sockets, filter);
		return filter;
	}

	#bridge(socket: string, ports: readonly number[]): BridgePlan {
		return { node: process.execPath, script: this.#options.bridge ?? '', socket, ports };
	}

	#probe(plan: ProbePlan): Promise<Probe> {
		const key = `${plan.network} ${plan.bridge === null ? '' : 'filtered'} ${plan.program}`;
		const known = this.#probes.get(key) ?? this.#tryBoth(plan);
		this.#probes.set(key, known);
		return known;
	}

	/** With a /proc of its own, and once more without where that is not permitted, as in many containers. */
	async #tryBoth(plan: ProbePlan): Promise<Probe> {
		const first = await this.#attempt({ ...plan, ownProc: true });
		if (first === null) return { works: true, ownProc: true };
		const second = /proc/i.test(first) ? await this.#attempt({ ...plan, ownProc: false }) : first;
		if (second === null) return { works: true, ownProc: false };
		return { works: false, reason: `the sandbox program ${plan.program} does not work here: ${second}. ${HINT}` };
	}

	/** Null when it works, else what it said. */
	async #attempt(plan: ProbePlan & { readonly ownProc: boolean }): Promise<string | null> {
		const argv = bubblewrapArgv({ ...plan, base: 'read', mounts: [], cwd: '/' }, ['/bin/sh', '-c', ':']);
		try {
			const child = await this.#options.host.spawn({ argv, cwd: '/', env: { PATH: '/usr/bin:/bin', ...BRIDGE_ENV }, tty: null, stdin: 'closed' });
			const output = new OutputBuffer(4096);
			child.onOutput((chunk) => output.append(chunk));
			const timer = setTimeout(() => void child.kill(0), PROBE_MS);
			const status = await child.exited;
			clearTimeout(timer);
			if (status.exitCode === 0) return null;
			return output.text().trim().replace(/\s+/g, ' ') || `it ended with code ${status.exitCode}`;
		} catch (error) {
			if (error instanceof SpawnError) return error.message;
			throw error;
		}
	}
}
