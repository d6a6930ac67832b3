import { isExecutableFile as isExecutable } from '../../platform/programFinder.ts';
import { diskLookup } from '../policy/fileLookup.ts';
import { makeCopiesFolder } from '../linux/makeCopiesFolder.ts';
import { viewWithRepository } from '../newRepository.ts';
import { isFiltered, networkOf, NO_PROXY } from '../policy/networkOf.ts';
import { unixSocketsOf } from '../policy/permissionProfile.ts';
import { type PreparedCommand, type Sandbox, type SandboxRequest, withoutEnforcement } from '../sandbox.ts';
import { seatbeltProfile } from './seatbeltProfile.ts';

/** The system's own; a program of that name elsewhere on the PATH is not trusted. */
const PROGRAM = '/usr/bin/sandbox-exec';

interface SeatbeltOptions {
	readonly codexHome: string | null;
	/** Whether commands may read the files with our keys. */
	readonly keys?: () => 'hidden' | 'shown';
}

/** macOS. */
export class SeatbeltSandbox implements Sandbox {
	readonly #codexHome: string | null;
	readonly #keys: () => 'hidden' | 'shown';
	readonly #program: string;

	constructor({ codexHome, keys = () => 'hidden' }: SeatbeltOptions, program: string = PROGRAM) {
		this.#codexHome = codexHome;
		this.#keys = keys;
		this.#program = program;
	}

	async prepare(request: SandboxRequest): Promise<PreparedCommand> {
		const free = withoutEnforcement(request);
		if (free !== null) return free;
		if (!isExecutable(this.#program)) {
			return { kind: 'refused', reason: `the system's sandbox program ${this.#program} is missing` };
		}
		const { policy, policyCwd, env, proxy } = request;
		if (proxy === undefined && isFiltered(policy)) return { kind: 'refused', reason: NO_PROXY };
		makeCopiesFolder(policy, this.#codexHome);
		const codexHome = this.#codexHome;
		const { view, additions } = viewWithRepository(
			{ policy, policyCwd, env, codexHome, keys: this.#keys() },
			request.newRepository ?? null,
			diskLookup,
		);
		if (view.problem !== null) return { kind: 'refused', reason: view.problem };
		const port = proxy === undefined ? null : await proxy.port();
		const network = port === null ? { network: networkOf(policy), unixSockets: unixSocketsOf(policy) } : { proxyPort: port };
		const reached = port === null ? {} : proxy?.environment({ http: port, socks: proxy.ports.socks === null ? null : port });
		return {
			kind: 'run',
			argv: [this.#program, '-p', seatbeltProfile(view, network), '--', ...request.argv],
			env: { ...env, ...additions, ...reached, CODEX_SANDBOX: 'seatbelt' },
			sandboxed: true,
			release: () => {},
		};
	}
}
