import { existsSync } from 'node:fs';
import path from 'node:path';
import { OutputBuffer } from '../exec/outputBuffer.ts';
import { type ProcessHost, SpawnError } from '../exec/process.ts';
import { isExecutable } from '../exec/shell.ts';
import { bubblewrapArgv } from './bubblewrapArgs.ts';
import { diskLookup } from './fileLookup.ts';
import { Placeholders } from './placeholders.ts';
import { type PreparedCommand, type Sandbox, type SandboxRequest, withoutEnforcement } from './sandbox.ts';
import { type FileLookup, isInside, mountRules, networkOf } from './writableRoots.ts';

type Network = 'restricted' | 'enabled';
type Probe = { readonly works: true; readonly ownProc: boolean } | { readonly works: false; readonly reason: string };

export interface BubblewrapOptions {
	readonly host: ProcessHost;
	/** The server's own environment; its PATH is where bubblewrap is looked for. */
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly codexHome: string | null;
	/** A program to use instead of the one on the PATH. */
	readonly program?: string;
}

const HINT = 'Install it (on Debian and Ubuntu: apt install bubblewrap) or allow commands without a sandbox.';
const PROBE_MS = 5000;

/** The first `bwrap` on the PATH that does not lie in the workspace, where a task could have put its own. */
export function findBubblewrap(env: Readonly<Record<string, string | undefined>>, workspace: string, executable = isExecutable): string | null {
	const folders = (env['PATH'] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder) && !isInside(workspace, folder));
	return [...folders, '/usr/bin', '/usr/local/bin'].map((folder) => path.join(folder, 'bwrap')).find(executable) ?? null;
}

/** Linux. Tries bubblewrap once, with the first command that needs it, and refuses where it does not work. */
export class BubblewrapSandbox implements Sandbox {
	readonly #options: BubblewrapOptions;
	readonly #probes = new Map<string, Promise<Probe>>();
	readonly #placeholders = new Placeholders();
	readonly #lookup: FileLookup;

	constructor(options: BubblewrapOptions) {
		this.#options = options;
		// A mount point of a command that still runs is no folder of the project.
		this.#lookup = { ...diskLookup, realpath: (file) => (this.#placeholders.has(file) ? null : diskLookup.realpath(file)) };
	}

	async prepare(request: SandboxRequest): Promise<PreparedCommand> {
		const free = withoutEnforcement(request);
		if (free !== null) return free;
		const program = this.#options.program ?? findBubblewrap(this.#options.env, request.policyCwd);
		if (program === null) return { kind: 'refused', reason: `the sandbox program bubblewrap (bwrap) is not installed. ${HINT}` };
		const network = networkOf(request.policy);
		const probe = await this.#probe(program, network);
		if (!probe.works) return { kind: 'refused', reason: probe.reason };
		const cwd = this.#lookup.realpath(request.cwd) ?? request.cwd;
		const rules = mountRules(
			{ policy: request.policy, policyCwd: request.policyCwd, env: request.env, codexHome: this.#options.codexHome },
			this.#lookup,
		);
		const absent = rules.filter((rule) => rule.access === 'absent').map((rule) => rule.path);
		const release = this.#placeholders.hold(absent.filter((file) => this.#placeholders.has(file) || !existsSync(file)));
		const argv = bubblewrapArgv({ program, rules, network, ownProc: probe.ownProc, cwd }, request.argv);
		return { kind: 'run', argv, env: request.env, sandboxed: true, release };
	}

	#probe(program: string, network: Network): Promise<Probe> {
		const key = `${network} ${program}`;
		let probe = this.#probes.get(key);
		if (probe === undefined) {
			probe = this.#tryBoth(program, network);
			this.#probes.set(key, probe);
		}
		return probe;
	}

	/** With a /proc of its own, and once more without where that is not permitted, as in many containers. */
	async #tryBoth(program: string, network: Network): Promise<Probe> {
		const first = await this.#attempt(program, network, true);
		if (first === null) return { works: true, ownProc: true };
		const second = /proc/i.test(first) ? await this.#attempt(program, network, false) : first;
		if (second === null) return { works: true, ownProc: false };
		return { works: false, reason: `the sandbox program ${program} does not work here: ${second}. ${HINT}` };
	}

	/** Null when it works, else what it said. */
	async #attempt(program: string, network: Network, ownProc: boolean): Promise<string | null> {
		const argv = bubblewrapArgv({ program, rules: [], network, ownProc, cwd: '/' }, ['/bin/sh', '-c', ':']);
		try {
			const child = await this.#options.host.spawn({ argv, cwd: '/', env: { PATH: '/usr/bin:/bin' }, tty: null, stdin: 'closed' });
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
