import { ClientCommand } from '../../exec/clientCommand.ts';
import { DEFAULT_ENVIRONMENT_POLICY } from '../../exec/environment.ts';
import type { ProcessHost } from '../../exec/process.ts';
import type { ParsedParamsOf } from '../../protocol/methods.ts';
import { internalError, invalidParams, invalidRequest } from '../../protocol/wire/rpcError.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import { encodeNotification, type Session } from '../../session/session.ts';
import type { SessionProcesses } from '../../session/sessionProcesses.ts';
import {
	checkSize,
	checkTimeout,
	clientEnvironment,
	DEFAULT_CAP_BYTES,
	DEFAULT_SIZE,
	DEFAULT_TIMEOUT_MS,
	deltaOf,
	exitOf,
	inputBytes,
	isInputParams,
	starting,
	withCommand,
} from './processParams.ts';

type Params = ParsedParamsOf<'process/spawn'>;

export interface ProcessServices {
	readonly host: ProcessHost;
	/** Restricts nothing of a client's own processes, but for the network where an administrator requires it. */
	readonly sandbox: Sandbox;
	readonly processes: SessionProcesses;
	readonly env: Readonly<Record<string, string | undefined>>;
}

function check(params: Params): void {
	if (params.command.length === 0) throw new RpcFailure(invalidRequest('command must not be empty'));
	if (params.processHandle === '') throw new RpcFailure(invalidRequest('processHandle must not be empty'));
	if (params.size && !params.tty) throw new RpcFailure(invalidParams('process/spawn size requires tty: true'));
	if (params.size) checkSize('process', params.size);
	if (typeof params.timeoutMs === 'number') checkTimeout('process/spawn', params.timeoutMs);
}

async function start(params: Params, session: Session, { host, sandbox, env }: ProcessServices): Promise<ClientCommand> {
	const { processHandle, command, cwd } = params;
	const environment = clientEnvironment({ base: env, policy: DEFAULT_ENVIRONMENT_POLICY, overrides: params.env ?? null });
	const prepared = await sandbox.prepare({ argv: command, cwd, policyCwd: cwd, env: environment, policy: { type: 'dangerFullAccess' } });
	if (prepared.kind === 'refused') throw new RpcFailure(internalError(`the process was not started, because ${prepared.reason}`));
	const isStreamed = params.tty === true || params.streamStdoutStderr === true;
	const starts = starting('process', () =>
		ClientCommand.start(host, {
			spawn: {
				argv: prepared.argv,
				cwd,
				env: prepared.env,
				tty: params.tty ? (params.size ?? DEFAULT_SIZE) : null,
				stdin: params.streamStdin ? 'open' : 'closed',
			},
			// Left out and null differ here: null asks for no limit.
			capBytes: params.outputBytesCap === undefined ? DEFAULT_CAP_BYTES : params.outputBytesCap,
			timeoutMs: params.timeoutMs === undefined ? DEFAULT_TIMEOUT_MS : params.timeoutMs,
			room: () => session.room,
			onOutput: isStreamed
				? (chunk) => session.notify(encodeNotification({ method: 'process/outputDelta', params: { processHandle, ...deltaOf(chunk) } }))
				: null,
		}),
	);
	starts.then(({ ended }) => void ended.then(prepared.release), prepared.release);
	return starts;
}

/** Processes of a client on this machine, without a sandbox. */
export function processHandlers(services: ProcessServices): Handlers {
	const { processes } = services;
	return {
		'process/spawn': async (params, { session, afterReply }) => {
			check(params);
			const { processHandle } = params;
			const { ended } = await processes.start(session, processHandle, () => start(params, session, services));
			afterReply(() => {
				void ended.then((end) => {
					const caps = { stdoutCapReached: end.stdout.capReached, stderrCapReached: end.stderr.capReached };
					session.notify(encodeNotification({ method: 'process/exited', params: { processHandle, ...exitOf(end), ...caps } }));
				});
			});
			return {};
		},

		'process/writeStdin': async (params, { session }) => {
			if (!isInputParams(params)) throw new RpcFailure(invalidParams('process/writeStdin requires deltaBase64 or closeStdin'));
			const bytes = inputBytes(params.deltaBase64);
			const command = await processes.get(session, params.processHandle);
			withCommand('process', () => command.write(bytes, params.closeStdin ? 'close' : 'keepOpen'));
			return {};
		},

		'process/resizePty': async (params, { session }) => {
			checkSize('process', params.size);
			const command = await processes.get(session, params.processHandle);
			withCommand('process', () => command.resize(params.size));
			return {};
		},

		'process/kill': async (params, { session }) => {
			const command = await processes.get(session, params.processHandle);
			void command.kill();
			return {};
		},
	};
}
