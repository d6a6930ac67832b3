import os from 'node:os';
import path from 'node:path';
import { isRepository, projectRoot } from '../config/layers/projectRoot.ts';
import { readGuarded, textOf } from '../files/guardedFile.ts';
import { skillHandlers } from '../handlers/integrations/skills.ts';
import type { ModelInput } from '../items/modelInput.ts';
import type { TurnInput } from '../items/input.ts';
import type { ResponseItem } from '../items/responseItem.ts';
import type { ThreadSettings } from '../items/threadSettings.ts';
import { inputItem } from '../model/history/inputMessage.ts';
import { installBundledSkills } from '../skills/bundledSkills.ts';
import { MAX_SKILL_BYTES } from '../skills/scanSkills.ts';
import type { Skill } from '../skills/skill.ts';
import { SkillCatalogue } from '../skills/skillCatalogue.ts';
import { type SkillRoot, skillRoots } from '../skills/skillRoots.ts';
import { readSkillsConfig, switchedRules } from '../skills/skillsConfig.ts';
import { chosenSkills, SKILLS_TAG, skillMessage, skillsInstructions } from '../skills/skillsForModel.ts';
import { configScopeOf } from '../thread/freezeSettings.ts';
import { fixedTools } from '../tools/toolSource.ts';
import type { Feature } from './feature.ts';
import type { Ground } from './ground.ts';
import type { PluginServices } from './pluginFeature.ts';

export type SkillServices = ReturnType<typeof createSkillServices>;

/** The skills of all folders, with those of plugins. */
export function createSkillServices({ home, env, configs, subscriptions, log }: Ground, plugins: Pick<PluginServices, 'active'>) {
	const pluginRoots = async (cwd: string): Promise<readonly SkillRoot[]> => {
		try {
			const active = await plugins.active(configs.lenient({ cwd }));
			return active.flatMap(({ id, name, contents }) =>
				contents.skillFolders.map((folder): SkillRoot => ({ folder, scope: 'user', plugin: { id, name } })),
			);
		} catch (error) {
			log.warn('the skills of plugins are left out', { error });
			return [];
		}
	};
	const catalogue = new SkillCatalogue({
		roots: async (cwd) => {
			const root = projectRoot(cwd);
			const places = {
				cwd,
				repository: isRepository(root) ? root : null,
				home,
				userHome: env.HOME ?? os.homedir(),
				machine: path.dirname(configs.places.system),
			};
			return [...skillRoots(places), ...(await pluginRoots(cwd))];
		},
		config: (scope) => readSkillsConfig(configs.lenient(scope).config.skills),
		prepare: () => installBundledSkills(home),
		changed: () => subscriptions.broadcast({ method: 'skills/changed', params: {} }),
	});
	return {
		catalogue,
		/** A message as the model gets it, with the skills that it chooses behind it. */
		modelInput: async (input: readonly TurnInput[], settings: Pick<ThreadSettings, 'cwd' | 'configured'>): Promise<ModelInput> => {
			const message = await inputItem(input);
			const mayChoose = input.some((part) => part.type === 'skill' || (part.type === 'text' && part.text.includes('$')));
			if (!mayChoose) return { message, following: [] };
			const chosen = chosenSkills(input, await catalogue.enabled(configScopeOf(settings)));
			const following = await Promise.all(chosen.map(skillItem));
			return { message, following: following.filter((item) => item !== null) };
		},
	};
}

/** The text as it is now; null when it is gone since. */
async function skillItem(skill: Skill): Promise<ResponseItem | null> {
	const read = await readGuarded(skill.path, { maxBytes: MAX_SKILL_BYTES });
	const text = textOf(read);
	if (text === null) return null;
	return { type: 'message', role: 'user', content: [{ type: 'input_text', text: skillMessage(skill, text) }] };
}

const NO_TOOLS = fixedTools([]);

export function skillFeature({ cwd, configs }: Ground, { catalogue }: SkillServices): Feature {
	/** What a thread was told at first stays: changes are not for a conversation that runs. */
	const told = new Map<string, Promise<string | null>>();
	const noTools: NonNullable<Feature['tools']> = ({ id, settings, scope }) => {
		catalogue.follow(configScopeOf(settings));
		scope.own('skills', () => void told.delete(id));
		return NO_TOOLS;
	};
	return {
		name: 'skills',
		handlers: skillHandlers({
			catalogue,
			cwd,
			switchSkill: async (which, enabled) => {
				const user = configs.lenient().layers.find(({ source }) => source.type === 'user')?.table['skills'];
				const entries = typeof user === 'object' && user !== null && 'config' in user ? user.config : [];
				const rules = switchedRules(entries, which, enabled);
				await configs.write({
					edits: [{ path: ['skills', 'config'], value: rules.length === 0 ? null : rules, merge: 'replace' }],
					filePath: null,
					expectedVersion: null,
				});
				catalogue.rootsChanged();
			},
		}),
		tools: noTools,
		readingTools: noTools,
		instructions: async ({ id }, settings) => {
			const config = readSkillsConfig(configs.lenient(settings.configScope).config.skills);
			if (!config.instructions) return [];
			const known = told.get(id) ?? catalogue.enabled(settings.configScope).then(skillsInstructions);
			told.set(id, known);
			const text = await known;
			return text === null ? [] : [{ role: 'developer', opening: SKILLS_TAG, text }];
		},
		dispose: () => catalogue.close(),
	};
}
