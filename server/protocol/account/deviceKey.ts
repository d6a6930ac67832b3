import * as z from 'zod/mini';
import { lazy } from '../wire/lazy.ts';
import { int64, text, texts } from '../wire/scalar.ts';

// Not in version 0.130. Only for clients on the same machine.

export const DeviceKeyAlgorithm = lazy(() => z.enum(['ecdsa_p256_sha256']));
export type DeviceKeyAlgorithm = z.infer<typeof DeviceKeyAlgorithm>;

export const DeviceKeyProtectionClass = lazy(() => z.enum(['hardware_secure_enclave', 'hardware_tpm', 'os_protected_nonextractable']));
export type DeviceKeyProtectionClass = z.infer<typeof DeviceKeyProtectionClass>;

export const DeviceKeyProtectionPolicy = lazy(() => z.enum(['hardware_only', 'allow_os_protected_nonextractable']));
export type DeviceKeyProtectionPolicy = z.infer<typeof DeviceKeyProtectionPolicy>;

/** `protectionPolicy` absent: `hardware_only`. */
export const DeviceKeyCreateParams = lazy(() =>
	z.object({
		accountUserId: text,
		clientId: text,
		protectionPolicy: z.nullish(DeviceKeyProtectionPolicy),
	}),
);
export type DeviceKeyCreateParams = z.infer<typeof DeviceKeyCreateParams>;

const publicKey = {
	keyId: text,
	publicKeySpkiDerBase64: text,
	algorithm: DeviceKeyAlgorithm,
	protectionClass: DeviceKeyProtectionClass,
};

export const DeviceKeyCreateResponse = lazy(() => z.object({ ...publicKey }));
export type DeviceKeyCreateResponse = z.infer<typeof DeviceKeyCreateResponse>;

export const DeviceKeyPublicParams = lazy(() => z.object({ keyId: text }));
export type DeviceKeyPublicParams = z.infer<typeof DeviceKeyPublicParams>;

export const DeviceKeyPublicResponse = lazy(() => z.object({ ...publicKey }));
export type DeviceKeyPublicResponse = z.infer<typeof DeviceKeyPublicResponse>;

export const DeviceKeyRemoteControlAudience = lazy(() => z.enum(['remote_control_client_websocket']));
export type DeviceKeyRemoteControlAudience = z.infer<typeof DeviceKeyRemoteControlAudience>;

/** What a key signs: never bytes of the client's choice. */
export const DeviceKeySignPayload = lazy(() =>
	z.discriminatedUnion('type', [
		z.object({
			type: z.literal('remoteControlClientConnection'),
			nonce: text,
			audience: DeviceKeyRemoteControlAudience,
			sessionId: text,
			targetOrigin: text,
			targetPath: text,
			accountUserId: text,
			clientId: text,
			tokenSha256Base64url: text,
			/** Unix seconds. */
			tokenExpiresAt: int64,
			scopes: texts,
		}),
	]),
);
export type DeviceKeySignPayload = z.infer<typeof DeviceKeySignPayload>;

export const DeviceKeySignParams = lazy(() => z.object({ keyId: text, payload: DeviceKeySignPayload }));
export type DeviceKeySignParams = z.infer<typeof DeviceKeySignParams>;

/** `signedPayloadBase64`: the exact bytes that were signed. */
export const DeviceKeySignResponse = lazy(() =>
	z.object({
		signatureDerBase64: text,
		signedPayloadBase64: text,
		algorithm: DeviceKeyAlgorithm,
		protectionClass: DeviceKeyProtectionClass,
	}),
);
export type DeviceKeySignResponse = z.infer<typeof DeviceKeySignResponse>;
