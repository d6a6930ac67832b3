import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { ThreadTexts } from './threadTexts.ts';

/** Threads as documents. */
export function threadTextFeature({ ready, pending, own }: Ground, { actions, waiting }: ThreadsFeature) {
	const texts = own(new ThreadTexts({ ready, trusted: () => vscode.workspace.isTrusted, waiting }));
	own(pending.onDidChange(() => texts.documents.refreshLenses()));
	const feature = {
		clientCommands: {
			'tiller.openThreadText': async (client, node) => texts.show(await actions.target(client, node)),
			'tiller.exportThread': async (client, node) => texts.export(await actions.target(client, node)),
		},
		connected: () => texts.documents.connected(),
		notice: (notification) => texts.documents.notice(notification),
	} satisfies Feature;
	return { ...feature, texts };
}
