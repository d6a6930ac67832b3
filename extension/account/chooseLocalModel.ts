import * as vscode from 'vscode';
import { words } from '../words.ts';
import { type LocalServer, localModels, localServers } from './localServers.ts';

export interface LocalChoice {
	readonly provider: string;
	readonly model: string;
}

interface ServerItem extends vscode.QuickPickItem {
	readonly server: LocalServer;
	/** Null when it does not run. */
	readonly models: readonly string[] | null;
}

/** Lets the person choose among the models that are installed here; says how to get one when there is none. Undefined when given up. */
export async function chooseLocalModel(): Promise<LocalChoice | undefined> {
	for (;;) {
		const items = findServers();
		const found = await vscode.window.showQuickPick(items, { title: words.localTitle(), placeHolder: words.localPlaceholder() });
		if (found === undefined) return undefined;
		if (found.models === null || found.models.length === 0) {
			if (!(await offerSetUp(found))) return undefined;
			continue;
		}
		const model = await vscode.window.showQuickPick(found.models, { title: found.server.name, placeHolder: words.localModelPlaceholder() });
		if (model !== undefined) return { provider: found.server.id, model };
	}
}

async function findServers(): Promise<readonly ServerItem[]> {
	return await Promise.all(
		localServers.map(async (server): Promise<ServerItem> => {
			const models = await localModels(server);
			const description = models === null ? words.localNotRunning() : words.localModels(models.length);
			return { label: server.name, description, detail: new URL(server.modelsUrl).origin, server, models };
		}),
	);
}

/** Whether to look again. */
async function offerSetUp({ server, models }: ServerItem): Promise<boolean> {
	const message = models === null ? words.localStart(server.name) : words.localNoModels(server.name);
	const clicked = await vscode.window.showInformationMessage(message, { modal: true }, words.tryAgain(), words.localGet(server.name));
	if (clicked === words.localGet(server.name)) await vscode.env.openExternal(vscode.Uri.parse(server.downloadUrl));
	return clicked === words.tryAgain();
}
