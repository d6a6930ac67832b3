import { isExecutable } from '../exec/shell.ts';
import { diskLookup } from './fileLookup.ts';
import { fileView } from './fileView.ts';
import { makeCopiesFolder } from './makeCopiesFolder.ts';
import { networkOf } from './networkOf.ts';
import { unixSocketsOf } from './permissionProfile.ts';
import { type PreparedCommand, type Sandbox, type SandboxRequest, withoutEnforcement } from './sandbox.ts';
import { seatbeltProfile } from './seatbeltProfile.ts';

/** The system's own; a program of that name elsewhere on the PATH is not trusted. */
const PROGRAM = '/usr/bin/sandbox-exec';

/** macOS. */
export class SeatbeltSandbox implements Sandbox {
	readonly #codexHome: string | null;
	readonly #program: string;

	constructor(codexHome: string | null, program: string = PROGRAM) {
		this.#codexHome = codexHome;
		this.#program = program;
	}

	prepare(request: SandboxRequest): Promise<PreparedCommand> {
		const free = withoutEnforcement(request);
		if (free !== null) return Promise.resolve(free);
		if (!isExecutable(this.#program)) {
			return Promise.resolve({ kind: 'refused', reason: `the system's sandbox program ${this.#program} is missing` });
		}
		const { policy, policyCwd, env } = request;
		makeCopiesFolder(policy, this.#codexHome);
		const view = fileView({ policy, policyCwd, env, codexHome: this.#codexHome }, diskLookup);
		if (view.problem !== null) return Promise.resolve({ kind: 'refused', reason: view.problem });
		const profile = seatbeltProfile(view, { network: networkOf(policy), unixSockets: unixSocketsOf(policy) });
		return Promise.resolve({
			kind: 'run',
			argv: [this.#program, '-p', profile, '--', ...request.argv],
			env: { ...env, CODEX_SANDBOX: 'seatbelt' },
			sandboxed: true,
			release: () => {},
		});
	}
}
