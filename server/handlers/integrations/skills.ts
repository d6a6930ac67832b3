import path from 'node:path';
import { invalidParams, invalidRequest } from '../../protocol/wire/rpcError.ts';
import type { SkillMetadata } from '../../protocol/integrations/skill.ts';
import { type Handlers, RpcFailure } from '../../session/handler.ts';
import type { ListedSkill, SkillCatalogue } from '../../skills/skillCatalogue.ts';

export interface SkillHandlerOptions {
	readonly catalogue: SkillCatalogue;
	/** The server's own working directory. */
	readonly cwd: string;
	/** Rejects with an `Error` in words when the configuration cannot be written. */
	switchSkill(which: { readonly path: string } | { readonly name: string }, enabled: boolean): Promise<void>;
}

/** Skills as clients see them, and switching them on and off. */
export function skillHandlers({ catalogue, cwd, switchSkill }: SkillHandlerOptions): Handlers {
	return {
		'skills/list': async ({ cwds, forceReload }) => {
			const folders = cwds && cwds.length > 0 ? cwds : [cwd];
			const data = folders.map(async (folder) => {
				const { skills, errors } = await catalogue.list({ cwd: path.resolve(cwd, folder) }, { again: forceReload ?? false });
				return { cwd: folder, skills: skills.map(toWire), errors: [...errors] };
			});
			return { data: await Promise.all(data) };
		},

		'skills/config/write': async ({ path: file, name, enabled }) => {
			const which = file !== null && file !== undefined ? { path: file } : name?.trim() ? { name: name.trim() } : null;
			if (which === null || (file !== null && file !== undefined && name !== null && name !== undefined)) {
				throw new RpcFailure(invalidParams('skills/config/write requires exactly one of path or name'));
			}
			try {
				await switchSkill(which, enabled);
			} catch (error) {
				if (error instanceof RpcFailure) throw error;
				throw new RpcFailure(invalidRequest(`the skill could not be switched: ${error instanceof Error ? error.message : String(error)}`));
			}
			return { effectiveEnabled: enabled };
		},
	};
}

function toWire({ skill, enabled }: ListedSkill): SkillMetadata {
	const { name, description, shortDescription, path: file, scope, interface: shown, tools, plugin } = skill;
	return {
		name,
		description,
		...(shortDescription === null ? {} : { shortDescription }),
		...(shown === null ? {} : { interface: shown }),
		...(tools.length === 0 ? {} : { dependencies: { tools: [...tools] } }),
		path: file,
		scope,
		enabled,
		...(plugin === null ? {} : { pluginId: plugin }),
	};
}
