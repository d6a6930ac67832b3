import * as vscode from 'vscode';
import type { ServerNotificationParams } from '../../server/protocol/serverMessages.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { onSettingChange, setting } from '../settings.ts';
import { parentOf } from '../threads/threadList.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { awakeHost } from './awakeHost.ts';
import { KeepAwake } from './keepAwake.ts';
import { claimEnd } from './tellOnce.ts';
import { durationText, endNotice } from './turnEnds.ts';
import { turnWords as words } from './turnWords.ts';

/** What becomes of a turn that nobody looks at: its end is told, and the computer stays awake until then. */
export function turnsFeature({ own, server }: Ground, threads: ThreadsFeature) {
	const awake = own(new KeepAwake(awakeHost(), (refusal) => void vscode.window.showWarningMessage(words.notAwake(refusal))));
	const look = () => {
		// One that waits for the person does not run.
		const runs = threads.list.all().some(({ status }) => status.type === 'active' && status.activeFlags.length === 0);
		awake.set(runs && server.state.type === 'ready' && setting('tiller.turns.keepAwake'));
	};
	own(threads.list.onDidChange(look));
	own(onSettingChange('tiller.turns.keepAwake', look));
	return {
		stateChanged: look,
		notice: ({ method, params }, client) => {
			if (method === 'turn/completed') void tell(params, { ...threads, home: client.info.codexHome });
		},
	} satisfies Feature;
}

interface Telling extends Pick<ThreadsFeature, 'list' | 'titleOf'> {
	/** Of the server. */
	readonly home: string;
}

async function tell({ threadId, turn }: ServerNotificationParams<'turn/completed'>, { list, titleOf, home }: Telling): Promise<void> {
	const thread = list.find(threadId);
	const notice = endNotice({
		turn,
		isOn: setting('tiller.turns.notify'),
		afterSeconds: setting('tiller.turns.notifyAfter'),
		windowFocused: vscode.window.state.focused,
		isOwn: thread !== undefined && parentOf(thread) === null,
	});
	if (notice.type === 'none' || !(await claimEnd(home, turn.id))) return;
	const [title, duration] = [titleOf(threadId), durationText(notice.durationMs)];
	const clicked =
		notice.type === 'failed'
			? await vscode.window.showErrorMessage(words.failed(title, duration, notice.message), words.openThread())
			: await vscode.window.showInformationMessage(words.done(title, duration), words.openThread());
	if (clicked !== undefined) await vscode.commands.executeCommand('tiller.openThread', { type: 'thread', threadId });
}
