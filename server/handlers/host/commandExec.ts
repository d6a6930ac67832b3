import path from 'node:path';
import { ClientCommand } from '../../exec/clientCommand.ts';
import { type EnvironmentPolicy, withNetworkFlag } from '../../exec/environment.ts';
import type { ProcessHost } from '../../exec/process.ts';
import { checkDepth, refuseTwo } from '../profileParams.ts';
import { fromWireProfile } from '../../projection/wireProfile.ts';
import { fromWireSandbox } from '../../projection/wireThread.ts';
import type { ParsedParamsOf } from '../../protocol/methods.ts';
import { internalError, invalidParams, invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Denials, policyOfProfile, withDenials } from '../../sandbox/policy/permissionProfile.ts';
import type { SandboxPolicy } from '../../sandbox/policy/policy.ts';
import type { Sandbox } from '../../sandbox/sandbox.ts';
import { networkOf } from '../../sandbox/policy/networkOf.ts';
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

type Params = ParsedParamsOf<'command/exec'>;

export interface CommandExecServices {
	readonly host: ProcessHost;
	readonly sandbox: Sandbox;
	readonly processes: SessionProcesses;
	/** The server's own working directory: what configured policies are about. */
	readonly cwd: string;
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly environmentPolicy: () => EnvironmentPolicy;
	/** What the configuration says of commands in a folder. Throws `RpcFailure` for one that cannot be used. */
	readonly sandboxPolicy: (cwd: string) => SandboxPolicy;
	/** What the configuration hides from every command. */
	readonly denials: () => Denials;
	/** Why an administrator does not allow a policy; null when it is allowed. */
	readonly refusal: (policy: SandboxPolicy) => string | null;
}

/** `policyCwd`: the folder that the policy is about. */
interface Permissions {
	readonly policy: SandboxPolicy;
	readonly policyCwd: string;
}

const DELTA = 'command/exec/outputDelta';

function check(params: Params): void {
	if (params.command.length === 0) throw new RpcFailure(invalidRequest('command must not be empty'));
	const exclude = (a: string, b: string) => new RpcFailure(invalidParams(`command/exec cannot set both ${a} and ${b}`));
	if (params.disableTimeout && typeof params.timeoutMs === 'number') throw exclude('timeoutMs', 'disableTimeout');
	if (params.disableOutputCap && typeof params.outputBytesCap === 'number') throw exclude('outputBytesCap', 'disableOutputCap');
	if (typeof params.timeoutMs === 'number') checkTimeout('command/exec', params.timeoutMs);
	if (params.size && !params.tty) throw new RpcFailure(invalidParams('command/exec size requires tty: true'));
	if ((params.tty || params.streamStdin || params.streamStdoutStderr) && typeof params.processId !== 'string') {
		throw new RpcFailure(invalidRequest('command/exec tty or streaming requires a client-supplied processId'));
	}
	if (params.size) checkSize('command/exec', params.size);
	refuseTwo({ permissionProfile: params.permissionProfile, sandboxPolicy: params.sandboxPolicy });
}

function permissionsOf(params: Params, cwd: string, services: CommandExecServices): Permissions {
	if (params.permissionProfile) {
		checkDepth(params.permissionProfile);
		// A profile is complete in itself, so its project is where the command runs; only what is hidden stays so.
		return { policy: withDenials(policyOfProfile(fromWireProfile(params.permissionProfile)), services.denials()), policyCwd: cwd };
	}
	if (!params.sandboxPolicy) return { policy: services.sandboxPolicy(services.cwd), policyCwd: services.cwd };
	return { policy: withDenials(fromWireSandbox(params.sandboxPolicy), services.denials()), policyCwd: services.cwd };
}

async function start(params: Params, session: Session, services: CommandExecServices): Promise<ClientCommand> {
	const cwd = path.resolve(services.cwd, params.cwd ?? '.');
	const { policy, policyCwd } = permissionsOf(params, cwd, services);
	const refusal = params.permissionProfile || params.sandboxPolicy ? services.refusal(policy) : null;
	if (refusal !== null) throw new RpcFailure(invalidRequest(refusal));
	const overridden = clientEnvironment({ base: services.env, policy: services.environmentPolicy(), overrides: params.env ?? null });
	const env = withNetworkFlag(overridden, networkOf(policy));
	const prepared = await services.sandbox.prepare({ argv: params.command, cwd, policyCwd, env, policy });
	if (prepared.kind === 'refused') throw new RpcFailure(internalError(`the command was not run, because ${prepared.reason}`));
	const isStreamed = params.tty === true || params.streamStdoutStderr === true;
	const processId = params.processId ?? '';
	try {
		const command = await starting('command', () =>
			ClientCommand.start(services.host, {
				spawn: {
					argv: prepared.argv,
					cwd,
					env: prepared.env,
					tty: params.tty ? (params.size ?? DEFAULT_SIZE) : null,
					stdin: params.streamStdin ? 'open' : 'closed',
				},
				capBytes: params.disableOutputCap ? null : (params.outputBytesCap ?? DEFAULT_CAP_BYTES),
				timeoutMs: params.disableTimeout ? null : (params.timeoutMs ?? DEFAULT_TIMEOUT_MS),
				room: () => session.room,
				onOutput: isStreamed ? (chunk) => session.notify(encodeNotification({ method: DELTA, params: { processId, ...deltaOf(chunk) } })) : null,
			}),
		);
		void command.ended.then(prepared.release);
		return command;
	} catch (error) {
		prepared.release();
		throw error;
	}
}

/** Commands of a client in the server's sandbox, answered when they have ended. */
export function commandExecHandlers(services: CommandExecServices): Handlers {
	const { processes } = services;
	return {
		'command/exec': async (params, { session }) => {
			check(params);
			const { ended } = await processes.start(session, params.processId ?? null, () => start(params, session, services));
			return exitOf(await ended);
		},

		'command/exec/write': async (params, { session }) => {
			if (!isInputParams(params)) throw new RpcFailure(invalidParams('command/exec/write requires deltaBase64 or closeStdin'));
			const bytes = inputBytes(params.deltaBase64);
			const command = await processes.get(session, params.processId);
			withCommand('command/exec', () => command.write(bytes, params.closeStdin ? 'close' : 'keepOpen'));
			return {};
		},

		'command/exec/resize': async (params, { session }) => {
			checkSize('command/exec', params.size);
			const command = await processes.get(session, params.processId);
			withCommand('command/exec', () => command.resize(params.size));
			return {};
		},

		'command/exec/terminate': async (params, { session }) => {
			const command = await processes.get(session, params.processId);
			void command.kill();
			return {};
		},
	};
}
