import type { ConfigService } from '../config/configService.ts';
import { ConfigError } from '../config/configError.ts';
import { toWireConfig, toWireLayer, toWireOrigins } from '../projection/wireConfig.ts';
import { internalError } from '../protocol/rpcError.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';

export function configHandlers({ configs }: { readonly configs: ConfigService }): Handlers {
	return {
		'config/read': ({ cwd, includeLayers }) => {
			try {
				const snapshot = configs.snapshot(cwd ? { cwd } : {});
				return {
					config: toWireConfig(snapshot.table),
					origins: toWireOrigins(snapshot),
					layers: includeLayers ? snapshot.layers.flatMap((layer) => toWireLayer(layer) ?? []) : null,
				};
			} catch (error) {
				if (error instanceof ConfigError) throw new RpcFailure(internalError(`error resolving config: ${error.message}`));
				throw error;
			}
		},
	};
}
