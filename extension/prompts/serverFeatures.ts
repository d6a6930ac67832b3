import * as vscode from 'vscode';
import type { ServerFeature } from '../../webview/channel/messages.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';

export interface FeatureListOptions {
	readonly ready: () => Promise<Client>;
	readonly folder: () => string | null;
	readonly showMcpServers: () => Promise<void>;
	readonly putText: (text: string) => void;
}

/** Shows what the server has of a feature; a skill that is chosen goes into the message. */
export async function showFeature(feature: ServerFeature, options: FeatureListOptions): Promise<void> {
	try {
		await (feature === 'mcp' ? options.showMcpServers() : showSkills(options));
	} catch (error) {
		void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
	}
}

async function showSkills({ ready, folder, putText }: FeatureListOptions): Promise<void> {
	const cwd = folder();
	const items = (async () => {
		const { data } = await (await ready()).request('skills/list', { cwds: cwd === null ? null : [cwd] });
		const skills = data.flatMap((entry) => entry.skills).filter(({ enabled }) => enabled);
		return skills.map(({ name, description, scope }) => ({ label: name, description: scope, detail: description, name }));
	})();
	if ((await items).length === 0) return tell(words.noSkills());
	const picked = await vscode.window.showQuickPick(items, {
		title: words.skillsTitle(),
		placeHolder: words.skillsPlaceholder(),
		matchOnDetail: true,
	});
	if (picked !== undefined) putText(`$${picked.name} `);
}

function tell(message: string): void {
	void vscode.window.showInformationMessage(message);
}
