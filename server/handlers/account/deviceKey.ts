import { type DeviceKey, DeviceKeyError, type DeviceKeys } from '../../deviceKeys/deviceKeys.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, refusal, type RequestContext, RpcFailure } from '../../session/handler.ts';
import { textOf } from '../../words/l10n.ts';

const ALGORITHM = 'ecdsa_p256_sha256' as const;

/** Device keys, for clients that run on this machine as the same user: never over a websocket (S224). */
export function deviceKeyHandlers({ keys }: { readonly keys: DeviceKeys }): Handlers {
	return {
		'device/key/create': ({ accountUserId, clientId, protectionPolicy }, context) =>
			locally(context, () => wireKey(keys.create({ accountUserId, clientId, policy: protectionPolicy ?? 'hardware_only' }))),
		'device/key/public': ({ keyId }, context) => locally(context, () => wireKey(keys.find(keyId))),
		'device/key/sign': ({ keyId, payload }, context) =>
			locally(context, () => {
				const { signature, signed, protectionClass } = keys.sign(keyId, payload);
				return {
					signatureDerBase64: signature.toString('base64'),
					signedPayloadBase64: signed.toString('base64'),
					algorithm: ALGORITHM,
					protectionClass,
				};
			}),
	};
}

const wireKey = ({ keyId, publicKey, protectionClass }: DeviceKey) => ({
	keyId,
	publicKeySpkiDerBase64: publicKey.toString('base64'),
	algorithm: ALGORITHM,
	protectionClass,
});

function locally<T>({ session }: RequestContext, work: () => T): T {
	if (session.connection.transport === 'websocket') throw new RpcFailure(invalidRequest('device keys are not available over websocket connections'));
	try {
		return work();
	} catch (error) {
		throw error instanceof DeviceKeyError ? refusal(textOf(error)) : error;
	}
}
