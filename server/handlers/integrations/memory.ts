import { resetMemories } from '../../memory/resetMemories.ts';
import { internalError } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';

export function memoryHandlers({ home }: { readonly home: string }): Handlers {
	return {
		'memory/reset': async () => {
			try {
				await resetMemories(home);
			} catch (error) {
				throw new RpcFailure(internalError(`the memories could not be reset: ${error instanceof Error ? error.message : String(error)}`));
			}
			return {};
		},
	};
}
