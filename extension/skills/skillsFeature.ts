import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { chosenSkill } from './skillEntries.ts';
import { showSkillList, type SkillListOptions } from './skillList.ts';

/** Shows the skills; one that is chosen goes into the message. */
export function skillsFeature(_ground: Ground, chats: Chats) {
	const putSkill: SkillListOptions['putSkill'] = (skill) => {
		chats.main.view.pushWhenReady({ type: 'composerText', text: `$${skill.name} ` });
		chats.main.view.pushWhenReady({ type: 'attach', attachment: chosenSkill(skill) });
	};
	const failed = (error: unknown) => void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
	return {
		clientCommands: { 'tiller.showSkills': (client) => showSkillList(client, { folder: () => chats.folder(), putSkill }).catch(failed) },
	} satisfies Feature;
}
