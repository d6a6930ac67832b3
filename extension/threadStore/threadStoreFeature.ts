import * as vscode from 'vscode';
import type { ThreadStoreStatus } from '../../server/protocol/host/threadStore.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ThreadsFeature } from '../threads/threadsFeature.ts';
import { storeNotice } from './storeText.ts';
import { storeWords as words } from './storeWords.ts';

/** Says where the history of threads lies when that is a database, and when it cannot be reached. */
export function threadStoreFeature({ log }: Ground, threads: ThreadsFeature) {
	let told: 'away' | null = null;
	const show = (status: ThreadStoreStatus) => {
		threads.describe(descriptionOf(status));
		const notice = storeNotice(told, status);
		if (notice === null || status.place === null) return;
		told = notice === 'away' ? 'away' : null;
		if (notice === 'away') void tellAway(status.place, status.problem ?? '');
		else void vscode.window.showInformationMessage(words.backNotice(status.place));
	};
	const tellAway = async (place: string, problem: string) => {
		const clicked = await vscode.window.showWarningMessage(words.awayNotice(place, problem), words.showLog());
		if (clicked === words.showLog()) log.show(true);
	};
	const feature = {
		connected: async (client) => {
			threads.describe('');
			if (await client.supports('threadStore/read')) show((await client.request('threadStore/read', {})).status);
		},
		notice: ({ method, params }) => {
			if (method === 'threadStore/changed') show(params.status);
		},
	} satisfies Feature;
	// With nothing of its own every feature that has more would count as one of its kind, and the compiler would forget its commands.
	return { ...feature, isAway: () => told === 'away' };
}

function descriptionOf({ state, place }: ThreadStoreStatus): string {
	if (place === null) return '';
	switch (state) {
		case 'files':
			return '';
		case 'connecting':
			return words.connecting(place);
		case 'away':
			return words.away(place);
		case 'handingOver':
			return words.handingOver(place);
		case 'upToDate':
			return words.at(place);
	}
}
