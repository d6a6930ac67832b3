import { CommandInputError, type ClientCommand, type ClientCommandEnd, type OutputChunk } from '../../exec/clientCommand.ts';
import { inheritedEnvironment, type EnvironmentPolicy } from '../../exec/environment.ts';
import { SpawnError, type TerminalSize } from '../../exec/process.ts';
import { invalidParams, invalidRequest } from '../../protocol/wire/rpcError.ts';
import { RpcFailure } from '../../session/handler.ts';
import { decodeBase64 } from './base64.ts';
import { spawnFailure } from './osErrors.ts';

/** What `command/exec` and `process/spawn` take when the client names nothing else. */
export const DEFAULT_CAP_BYTES = 1024 * 1024;
export const DEFAULT_TIMEOUT_MS = 10_000;
export const DEFAULT_SIZE: TerminalSize = { rows: 24, cols: 80 };

export function checkSize(what: string, size: TerminalSize): TerminalSize {
	if (size.rows === 0 || size.cols === 0) throw new RpcFailure(invalidParams(`${what} size rows and cols must be greater than 0`));
	return size;
}

export function checkTimeout(method: string, ms: number): number {
	if (ms < 0) throw new RpcFailure(invalidParams(`${method} timeoutMs must be non-negative, got ${ms}`));
	return ms;
}

/** The server's variables under a policy, with the client's over them; null takes one away. */
export function clientEnvironment(options: {
	readonly base: Readonly<Record<string, string | undefined>>;
	readonly policy: EnvironmentPolicy;
	readonly overrides: Readonly<Record<string, string | null>> | null;
}): Record<string, string> {
	const env = inheritedEnvironment(options.base, options.policy);
	for (const [name, value] of Object.entries(options.overrides ?? {})) {
		if (value === null) delete env[name];
		else env[name] = value;
	}
	const wrong = Object.entries(env).find(([name, value]) => name === '' || /[=\0]/.test(name) || value.includes('\0'));
	if (wrong) throw new RpcFailure(invalidParams(`env has a variable that no program can be given: ${JSON.stringify(wrong[0])}`));
	return env;
}

export function isInputParams(params: {
	readonly deltaBase64?: string | null | undefined;
	readonly closeStdin?: boolean | null | undefined;
}): boolean {
	return typeof params.deltaBase64 === 'string' || params.closeStdin === true;
}

/** Decodes before anything else is looked at, so that bad input is told as such. */
export function inputBytes(deltaBase64: string | null | undefined): Uint8Array | null {
	if (typeof deltaBase64 !== 'string') return null;
	const decoded = decodeBase64(deltaBase64);
	if (!decoded.ok) throw new RpcFailure(invalidParams(`invalid deltaBase64: ${decoded.reason}`));
	return decoded.bytes;
}

/** Answers a refused follow-up call; `what` names the kind of process. */
export function withCommand<T>(what: string, work: () => T): T {
	try {
		return work();
	} catch (error) {
		if (!(error instanceof CommandInputError)) throw error;
		const text = error.message === 'stdin streaming is not enabled' ? `${error.message} for this ${what}` : error.message;
		throw new RpcFailure(invalidRequest(text));
	}
}

/** Answers a program that could not be started. */
export async function starting(what: string, start: () => Promise<ClientCommand>): Promise<ClientCommand> {
	try {
		return await start();
	} catch (error) {
		throw error instanceof SpawnError ? new RpcFailure(spawnFailure(what, error)) : error;
	}
}

/** The members that both kinds of delta share. */
export function deltaOf({ stream, bytes, capReached }: OutputChunk) {
	return { stream, deltaBase64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'), capReached };
}

export function exitOf({ exitCode, stdout, stderr }: ClientCommandEnd) {
	return { exitCode, stdout: stdout.text, stderr: stderr.text };
}
