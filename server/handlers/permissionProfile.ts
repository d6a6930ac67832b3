import type { Config } from '../config/config.ts';
import { ConfigError } from '../config/configError.ts';
import type { ConfigService } from '../config/layers/configService.ts';
import { profilePolicy, selectableProfiles } from '../config/values/permissionProfiles.ts';
import { invalidRequest } from '../protocol/wire/rpcError.ts';
import { forbidden } from '../requirements/constrain.ts';
import type { RequirementsService } from '../requirements/requirementsService.ts';
import { type Handlers, RpcFailure } from '../session/handler.ts';
import { requirementsKnown, requirementsOf } from './thread/resolveSettings.ts';

export interface PermissionProfileServices {
	readonly configs: ConfigService;
	readonly requirements: RequirementsService;
}

/** What a client may let commands do, by name. */
export function permissionProfileHandlers({ configs, requirements }: PermissionProfileServices): Handlers {
	const isAllowed = (id: string, config: Config): boolean => {
		try {
			const sandbox = profilePolicy({ id, additionalWritableRoots: null }, config, null);
			return forbidden({ sandbox }, requirementsOf({ requirements })) === null;
		} catch (error) {
			if (error instanceof ConfigError) return false;
			throw error;
		}
	};
	return {
		'permissionProfile/list': async ({ cursor, limit, cwd }) => {
			await requirementsKnown({ requirements });
			const { config } = configs.lenient(cwd ? { cwd } : {});
			const all = selectableProfiles(config);
			const from = cursor ? Number(cursor) : 0;
			if (!Number.isSafeInteger(from) || from < 0 || (cursor && from > all.length)) throw new RpcFailure(invalidRequest(`invalid cursor: ${cursor}`));
			const page = all.slice(from, limit ? from + limit : undefined);
			const next = from + page.length;
			return {
				data: page.map(({ id, description }) => ({ id, description, allowed: isAllowed(id, config) })),
				nextCursor: next < all.length ? String(next) : null,
			};
		},
	};
}
