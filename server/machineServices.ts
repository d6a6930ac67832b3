import { defaultSandboxMode, sandboxOf } from './config/threadDefaults.ts';
import type { Config } from './config/config.ts';
import { environmentPolicyOf } from './config/environmentPolicy.ts';
import type { ProcessHost } from './exec/process.ts';
import type { PathWatch } from './files/pathWatch.ts';
import { commandExecHandlers } from './handlers/commandExec.ts';
import { fileHandlers } from './handlers/fs.ts';
import { processHandlers } from './handlers/process.ts';
import type { Sandbox } from './sandbox/sandbox.ts';
import type { Handlers } from './session/handler.ts';
import type { Session } from './session/session.ts';
import { SessionProcesses } from './session/sessionProcesses.ts';
import { SessionResources } from './session/sessionResources.ts';

export interface MachineOptions {
	readonly home: string;
	/** The server's own working directory. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly host: ProcessHost;
	readonly sandbox: Sandbox;
	readonly config: () => Config;
}

/** What clients do on the server's machine besides threads: commands, processes, files, searches. */
export interface MachineServices {
	readonly handlers: Handlers;
	/** Ends what a closed connection left behind. */
	forget(session: Session): void;
}

const MOST_WATCHES = 256;

export function createMachineServices({ home, cwd, env, host, sandbox, config }: MachineOptions): MachineServices {
	const commands = new SessionProcesses({
		unknown: (id) => `no active command/exec for process id ${id}`,
		duplicate: (id) => `duplicate active command/exec process id: ${id}`,
	});
	const processes = new SessionProcesses({
		unknown: (id) => `no active process for process handle ${id}`,
		duplicate: (id) => `duplicate active process handle: ${id}`,
	});
	const watches = new SessionResources<PathWatch>(MOST_WATCHES);
	return {
		handlers: {
			...commandExecHandlers({
				host,
				sandbox,
				processes: commands,
				cwd,
				env,
				environmentPolicy: () => environmentPolicyOf(config()),
				sandboxPolicy: (folder) => {
					const current = config();
					return sandboxOf(current.sandbox_mode ?? defaultSandboxMode(current, folder), current, home);
				},
			}),
			...processHandlers({ host, processes, env }),
			...fileHandlers({ watches, refusal: () => null }),
		},
		forget: (session) => {
			commands.forget(session);
			processes.forget(session);
			watches.forget(session);
		},
	};
}
