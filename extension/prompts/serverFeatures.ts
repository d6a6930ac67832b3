import * as vscode from 'vscode';
import type { ServerFeature } from '../../webview/channel/messages.ts';
import type { Client } from '../server/client.ts';
import { type SkillListOptions, showSkillList } from '../skills/skillList.ts';

export interface FeatureListOptions {
	readonly ready: () => Promise<Client>;
	readonly folder: () => string | null;
	readonly showMcpServers: () => Promise<void>;
	readonly putSkill: SkillListOptions['putSkill'];
}

/** Shows what the server has of a feature; a skill that is chosen goes into the message. */
export async function showFeature(feature: ServerFeature, options: FeatureListOptions): Promise<void> {
	try {
		await (feature === 'mcp' ? options.showMcpServers() : showSkillList(options));
	} catch (error) {
		void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
	}
}
