import { diffToRemote } from '../../git/diffToRemote.ts';
import { GitError } from '../../git/git.ts';
import { invalidRequest } from '../../protocol/wire/rpcError.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { Logger } from '../../telemetry/logger.ts';

export interface GitServices {
	readonly env: Readonly<Record<string, string | undefined>>;
	readonly log: Logger;
}

export function gitHandlers({ env, log }: GitServices): Handlers {
	return {
		gitDiffToRemote: async ({ cwd }) => {
			try {
				return await diffToRemote(cwd, env);
			} catch (error) {
				if (!(error instanceof GitError)) throw error;
				log.info('no diff to a remote', { cwd, error });
				throw new RpcFailure(invalidRequest(`failed to compute git diff to remote for cwd: ${JSON.stringify(cwd)}`));
			}
		},
	};
}
