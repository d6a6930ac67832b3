import { composerRequests } from './composerRequests.ts';
import type { ParamsOf, ReplyOf } from './define.ts';
import { editorRequests } from './editorRequests.ts';
import { messageRequests } from './messageRequests.ts';
import { settingsRequests } from './settingsRequests.ts';
import { threadRequests } from './threadRequests.ts';

/** What the page asks of the host. Every request is answered. */
export const pageRequests = { ...messageRequests, ...threadRequests, ...composerRequests, ...settingsRequests, ...editorRequests };

export type PageRequestName = keyof typeof pageRequests;
export type PageRequests = {
	readonly [N in PageRequestName]: {
		readonly params: ParamsOf<(typeof pageRequests)[N]>;
		readonly result: ReplyOf<(typeof pageRequests)[N]>;
	};
};
