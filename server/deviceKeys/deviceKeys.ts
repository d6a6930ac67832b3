import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import * as z from 'zod/mini';

/** How a private key is kept from being copied. `os_protected_nonextractable`: by the system's file permissions; no request ever returns it. */
export type ProtectionClass = 'hardware_secure_enclave' | 'hardware_tpm' | 'os_protected_nonextractable';
export type ProtectionPolicy = 'hardware_only' | 'allow_os_protected_nonextractable';

/** A key that a client was given, without its private half. */
export interface DeviceKey {
	readonly keyId: string;
	/** DER of the SubjectPublicKeyInfo. */
	readonly publicKey: Buffer;
	readonly protectionClass: ProtectionClass;
}

/** What a key signs for: the connection of a remote-control client. */
export interface ConnectionPayload {
	readonly type: 'remoteControlClientConnection';
	readonly accountUserId: string;
	readonly clientId: string;
	/** Unix seconds. */
	readonly tokenExpiresAt: number;
}

export interface Signature {
	readonly signature: Buffer;
	/** The bytes that were signed. */
	readonly signed: Buffer;
	/** Of the key. */
	readonly protectionClass: ProtectionClass;
}

/** A request that a device key cannot serve. The message is for people. */
export class DeviceKeyError extends Error {}

const StoredKey = z.object({ accountUserId: z.string(), clientId: z.string(), privateKey: z.string() });
type StoredKey = z.infer<typeof StoredKey>;

/** The only one that there is. */
const PROTECTION = 'os_protected_nonextractable';

const KEY_ID = /^dk_[0-9a-f-]{36}$/;

/**
 * ECDSA keys (P-256, SHA-256) by which this device proves who it is (S222, S223). No system that Node runs on gives it a key in hardware,
 * so a key is made only for a client that allows one which the operating system protects: a file that only this user can read.
 */
export class DeviceKeys {
	readonly #folder: string;
	readonly #now: () => number;

	/** `home`: `CODEX_HOME`. `now`: milliseconds since 1970. */
	constructor({ home, now }: { readonly home: string; readonly now: () => number }) {
		this.#folder = path.join(home, 'tiller', 'device-keys');
		this.#now = now;
	}

	/** Makes a key for an account and a client. Throws `DeviceKeyError` when the policy asks for more protection than there is. */
	create({
		accountUserId,
		clientId,
		policy,
	}: {
		readonly accountUserId: string;
		readonly clientId: string;
		readonly policy: ProtectionPolicy;
	}): DeviceKey {
		if (accountUserId.trim() === '') throw new DeviceKeyError('accountUserId must not be empty');
		if (clientId.trim() === '') throw new DeviceKeyError('clientId must not be empty');
		if (policy === 'hardware_only') {
			throw new DeviceKeyError(
				'this system offers no hardware-protected keys; set protectionPolicy to allow_os_protected_nonextractable to use a key that the operating system protects',
			);
		}
		const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
		const keyId = `dk_${randomUUID()}`;
		const stored: StoredKey = { accountUserId, clientId, privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64') };
		fs.mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
		const file = this.#file(keyId);
		const beside = `${file}.${process.pid}.new`;
		fs.writeFileSync(beside, JSON.stringify(stored), { mode: 0o600, flag: 'wx', flush: true });
		fs.renameSync(beside, file);
		return describe(keyId, privateKey);
	}

	/** Throws `DeviceKeyError` for an id that names no key. */
	find(keyId: string): DeviceKey {
		return describe(keyId, this.#read(keyId).key);
	}

	/** Signs the payload as JSON with its members sorted by name. Throws `DeviceKeyError` when it is not for the key's own account and client, or has expired. */
	sign(keyId: string, payload: ConnectionPayload): Signature {
		const { stored, key } = this.#read(keyId);
		if (payload.accountUserId !== stored.accountUserId || payload.clientId !== stored.clientId) {
			throw new DeviceKeyError('the payload names another account or client than the key was made for');
		}
		if (payload.tokenExpiresAt * 1000 <= this.#now()) throw new DeviceKeyError('the token of the payload has expired');
		const signed = Buffer.from(JSON.stringify(Object.fromEntries(Object.entries(payload).sort(([a], [b]) => (a < b ? -1 : 1)))));
		return { signature: sign('sha256', signed, key), signed, protectionClass: PROTECTION };
	}

	#file(keyId: string): string {
		return path.join(this.#folder, `${keyId}.json`);
	}

	#read(keyId: string): { readonly stored: StoredKey; readonly key: KeyObject } {
		const unknown = () => new DeviceKeyError(`there is no device key ${KEY_ID.test(keyId) ? keyId : `with the id ${fingerprint(keyId)}`}`);
		if (!KEY_ID.test(keyId)) throw unknown();
		let source: string;
		try {
			source = fs.readFileSync(this.#file(keyId), 'utf8');
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw unknown();
			throw error;
		}
		try {
			const stored = StoredKey.parse(JSON.parse(source));
			return { stored, key: createPrivateKey({ key: Buffer.from(stored.privateKey, 'base64'), type: 'pkcs8', format: 'der' }) };
		} catch (error) {
			throw new DeviceKeyError(`the device key ${keyId} is damaged: create a new one`, { cause: error });
		}
	}
}

/** An id that a client made up may be anything: it is named by its hash. */
const fingerprint = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;

function describe(keyId: string, key: KeyObject): DeviceKey {
	return { keyId, publicKey: createPublicKey(key).export({ type: 'spki', format: 'der' }), protectionClass: PROTECTION };
}
