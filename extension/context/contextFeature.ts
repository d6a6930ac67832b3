import * as vscode from 'vscode';
import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { codeActionKinds, codeActions, codeActionSelector } from './codeActions.ts';
import { ContextActions } from './contextActions.ts';
import { TerminalCommands } from './terminalCommands.ts';

/** Puts what a person points at in VS Code into the composer. */
export function contextFeature({ own }: Ground, chats: Chats) {
	const terminals = own(new TerminalCommands());
	const actions = new ContextActions({
		terminals,
		putText: (text) => chats.main.view.pushWhenReady({ type: 'composerText', text }),
		attach: (attachment) => chats.main.view.pushWhenReady({ type: 'attach', attachment }),
		show: (focus) => (focus === 'composer' ? chats.main.view.focus() : chats.main.view.reveal()),
	});
	own(vscode.languages.registerCodeActionsProvider(codeActionSelector, codeActions, codeActionKinds));
	const feature = {
		commands: {
			'tiller.ask': () => actions.ask(),
			'tiller.addSelection': () => actions.addSelection(),
			'tiller.addFile': (target, selected) => actions.addFiles(target, selected),
			'tiller.addTerminal': (target) => actions.addTerminal(target),
			'tiller.fixProblems': (target, given) => actions.fix(target, given),
		},
	} satisfies Feature;
	return { ...feature, terminals, fixProblems: (problems: Parameters<ContextActions['fixProblems']>[0]) => actions.fixProblems(problems) };
}
