import { createHash, timingSafeEqual } from 'node:crypto';
import fs from 'node:fs';
import type { IncomingMessage } from 'node:http';

export interface WebSocketAuthOptions {
	/** `--ws-auth`; null asks for nothing. */
	readonly mode: string | null;
	/** Exactly one of the two with `capability-token`. */
	readonly tokenFile: string | null;
	readonly tokenSha256: string | null;
	/** With `signed-bearer-token`; at least 32 bytes. */
	readonly sharedSecretFile: string | null;
	readonly issuer: string | null;
	readonly audience: string | null;
	readonly maxClockSkewSeconds: string | null;
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
			return () => Promise.resolve(true);
		case 'capability-token':
			return capabilityToken(options);
		case 'signed-bearer-token':
			return signedToken(options);
		default:
			throw new WebSocketAuthError(`invalid --ws-auth ${options.mode}: expected capability-token or signed-bearer-token`);
	}
}

function capabilityToken({ tokenFile, tokenSha256 }: WebSocketAuthOptions): WebSocketAuth {
	if ((tokenFile === null) === (tokenSha256 === null)) {
		throw new WebSocketAuthError('--ws-auth capability-token needs either --ws-token-file or --ws-token-sha256');
	}
	if (tokenSha256 !== null && !/^[0-9a-f]{64}$/i.test(tokenSha256)) throw new WebSocketAuthError('--ws-token-sha256 must be 64 hexadecimal digits');
	const expected = tokenSha256 === null ? sha256(readSecret('--ws-token-file', tokenFile ?? '')) : Buffer.from(tokenSha256, 'hex');
	return (request) => {
		const token = bearerOf(request);
		// Digests have one length, so the comparison takes one time whatever was sent.
		return Promise.resolve(token !== null && timingSafeEqual(sha256(token), expected));
	};
}

function signedToken({ sharedSecretFile, issuer, audience, maxClockSkewSeconds }: WebSocketAuthOptions): WebSocketAuth {
	if (sharedSecretFile === null) throw new WebSocketAuthError('--ws-auth signed-bearer-token needs --ws-shared-secret-file');
	const secret = Buffer.from(readSecret('--ws-shared-secret-file', sharedSecretFile), 'utf8');
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

function readSecret(option: string, file: string): string {
	let text: string;
	try {
		text = fs.readFileSync(file, 'utf8').trim();
	} catch (error) {
		throw new WebSocketAuthError(`${option}: cannot read ${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
	}
	if (text === '') throw new WebSocketAuthError(`${option}: ${file} is empty`);
	return text;
}
