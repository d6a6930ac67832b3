import { createHash, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { readGuardedSync, textOf } from '../files/guardedFile.ts';
import { hostSystem } from '../platform/host.ts';

export interface WebSocketAuthOptions {
	/** `--ws-auth`; null asks for nothing, and so does `none`. */
	readonly mode: string | null;
	/** Exactly one of the two with `capability-token`. */
	readonly tokenFile: string | null;
	readonly tokenSha256: string | null;
	/** With `signed-bearer-token`; at least 32 bytes. */
	readonly sharedSecretFile: string | null;
	readonly issuer: string | null;
	readonly audience: string | null;
	readonly maxClockSkewSeconds: string | null;
	/** Files that other users can read are taken too. */
	readonly allowOpenFiles: boolean;
}

/** Options that do not go together, or a file that cannot serve. Stops the start. */
export class WebSocketAuthError extends Error {}

/** Whether an upgrade request carries what it needs. Never rejects. */
export type WebSocketAuth = (request: IncomingMessage) => Promise<boolean>;

const MIN_SECRET_BYTES = 32;
const DEFAULT_SKEW_SECONDS = 30;

/** The check for `--ws-auth` (S011, S012). Throws `WebSocketAuthError`. */
export function webSocketAuth(options: WebSocketAuthOptions): WebSocketAuth {
	switch (options.mode) {
		case null:
		case 'none':
			return () => Promise.resolve(true);
		case 'capability-token':
			return capabilityToken(options);
		case 'signed-bearer-token':
			return signedToken(options);
		default:
			throw new WebSocketAuthError(`invalid --ws-auth ${options.mode}: expected capability-token, signed-bearer-token or none`);
	}
}

function capabilityToken({ tokenFile, tokenSha256, allowOpenFiles }: WebSocketAuthOptions): WebSocketAuth {
	if ((tokenFile === null) === (tokenSha256 === null)) {
		throw new WebSocketAuthError('--ws-auth capability-token needs either --ws-token-file or --ws-token-sha256');
	}
	if (tokenSha256 !== null && !/^[0-9a-f]{64}$/i.test(tokenSha256)) throw new WebSocketAuthError('--ws-token-sha256 must be 64 hexadecimal digits');
	const expected = tokenSha256 === null ? sha256(readSecret('--ws-token-file', tokenFile ?? '', allowOpenFiles)) : Buffer.from(tokenSha256, 'hex');
	return (request) => {
		const token = bearerOf(request);
		// Digests have one length, so the comparison takes one time whatever was sent.
		return Promise.resolve(token !== null && timingSafeEqual(sha256(token), expected));
	};
}

function signedToken({ sharedSecretFile, issuer, audience, maxClockSkewSeconds, allowOpenFiles }: WebSocketAuthOptions): WebSocketAuth {
	if (sharedSecretFile === null) throw new WebSocketAuthError('--ws-auth signed-bearer-token needs --ws-shared-secret-file');
	const secret = Buffer.from(readSecret('--ws-shared-secret-file', sharedSecretFile, allowOpenFiles), 'utf8');
	if (secret.length < MIN_SECRET_BYTES) {
		throw new WebSocketAuthError(
			`the shared secret in ${sharedSecretFile} is too short: ${secret.length} bytes, at least ${MIN_SECRET_BYTES} are needed`,
		);
	}
	const skew = maxClockSkewSeconds === null ? DEFAULT_SKEW_SECONDS : Number(maxClockSkewSeconds);
	if (!(skew >= 0)) throw new WebSocketAuthError(`invalid --ws-max-clock-skew-seconds ${maxClockSkewSeconds}: expected a number of seconds`);
	return async (request) => {
		const token = bearerOf(request);
		if (token === null) return false;
		const { jwtVerify } = await import('jose');
		const claims = { ...(issuer === null ? {} : { issuer }), ...(audience === null ? {} : { audience }) };
		return jwtVerify(token, secret, { algorithms: ['HS256'], requiredClaims: ['exp'], clockTolerance: skew, ...claims }).then(
			() => true,
			() => false,
		);
	};
}

function bearerOf(request: IncomingMessage): string | null {
	return /^Bearer\s+(\S+)\s*$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

function sha256(text: string): Buffer {
	return createHash('sha256').update(text, 'utf8').digest();
}

/** No secret is longer. */
const MAX_SECRET_BYTES = 64 * 1024;

function readSecret(option: string, file: string, allowOpenFiles: boolean): string {
	const read = readGuardedSync(file, { maxBytes: MAX_SECRET_BYTES });
	const text = textOf(read)?.trim();
	if (text === undefined)
		throw new WebSocketAuthError(`${option}: cannot read ${file}: ${read.type === 'refused' ? read.reason : 'there is no such file'}`);
	if (text === '') throw new WebSocketAuthError(`${option}: ${file} is empty`);
	if (!allowOpenFiles && othersCanRead(file)) {
		throw new WebSocketAuthError(`${option}: others can read ${file}: take that right away (chmod o-r), or add --ws-allow-open-secret-files`);
	}
	return text;
}

/** Whether every user of this computer can: the file is open to all, and so is the way to it. */
function othersCanRead(file: string): boolean {
	if (hostSystem === 'windows') return false;
	const real = fs.realpathSync(file);
	if ((fs.statSync(real).mode & 0o004) === 0) return false;
	for (let folder = path.dirname(real); ; folder = path.dirname(folder)) {
		if ((fs.statSync(folder).mode & 0o001) === 0) return false;
		if (folder === path.dirname(folder)) return true;
	}
}
