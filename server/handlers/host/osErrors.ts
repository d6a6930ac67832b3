import { getSystemErrorMap } from 'node:util';
import type { SpawnError } from '../../exec/process.ts';
import { internalError, type RpcError } from '../../protocol/wire/rpcError.ts';
import { RpcFailure } from '../../session/handler.ts';

/** Clients look for these texts: they are the C library's, which other servers of this protocol send. */
const TEXTS: Readonly<Record<string, string>> = {
	EPERM: 'Operation not permitted',
	ENOENT: 'No such file or directory',
	EIO: 'Input/output error',
	E2BIG: 'Argument list too long',
	ENOEXEC: 'Exec format error',
	EAGAIN: 'Resource temporarily unavailable',
	ENOMEM: 'Cannot allocate memory',
	EACCES: 'Permission denied',
	EBUSY: 'Device or resource busy',
	EEXIST: 'File exists',
	EXDEV: 'Invalid cross-device link',
	ENOTDIR: 'Not a directory',
	EISDIR: 'Is a directory',
	EINVAL: 'Invalid argument',
	ENFILE: 'Too many open files in system',
	EMFILE: 'Too many open files',
	ETXTBSY: 'Text file busy',
	EFBIG: 'File too large',
	ENOSPC: 'No space left on device',
	EROFS: 'Read-only file system',
	ENAMETOOLONG: 'File name too long',
	ENOTEMPTY: 'Directory not empty',
	ELOOP: 'Too many levels of symbolic links',
};

const NUMBERS = new Map([...getSystemErrorMap()].map(([number, [code, text]]) => [code, { number: Math.abs(number), text }]));

/** `No such file or directory (os error 2)`; null for what is no error of the operating system. */
function osErrorText(code: string): string | null {
	const known = NUMBERS.get(code);
	return known === undefined ? null : `${TEXTS[code] ?? known.text} (os error ${known.number})`;
}

function codeOf(error: unknown): string | null {
	return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

/** How a failure of the file system is answered. Rethrows what is none. */
export function failWithOsError(error: unknown): never {
	const text = osErrorText(codeOf(error) ?? '');
	if (text === null) throw error;
	throw new RpcFailure(internalError(text));
}

/** How a program that could not be started is answered; `what` is `command` or `process`. */
export function spawnFailure(what: string, error: SpawnError): RpcError {
	// What the system finds wrong with its arguments says nothing; our own words do.
	const text = error.code === 'EINVAL' ? null : osErrorText(error.code);
	return internalError(`failed to spawn ${what}: ${text ?? error.message}`);
}
