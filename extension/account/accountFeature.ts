import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { Account } from './account.ts';
import { chooseLocalModel } from './chooseLocalModel.ts';

/** Who is signed in, and the ways to begin without an account. */
export function accountFeature({ context, ready, log, own }: Ground, chats: Chats) {
	const account = own(new Account({ secrets: context.secrets, ready }));
	own(account.onDidChange((state) => chats.push({ type: 'account', account: state })));
	const feature = {
		commands: {
			'tiller.signOut': () => account.signOut(),
			'tiller.useLocalModel': async () => chats.choose(await chooseLocalModel()),
			'tiller.tryDemo': async () => {
				chats.main.view.pushWhenReady({ type: 'composerText', text: 'help' });
				await chats.choose({ provider: 'demo', model: 'demo' });
			},
			'tiller.getStarted': () => vscode.commands.executeCommand('workbench.action.openWalkthrough', 'tiller.tiller#tiller.start', false),
		},
		clientCommands: {
			'tiller.signIn': async (client) => {
				if (await account.signIn(client)) chats.main.active.chooseProvider(null);
			},
		},
		connected: (client) => account.connect(client),
		notice: ({ method }, client) => {
			if (method === 'account/updated') account.refresh(client).catch((error: unknown) => log.error(`account/read: ${String(error)}`));
		},
	} satisfies Feature;
	return { ...feature, account };
}
