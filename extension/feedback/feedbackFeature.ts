import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import { sendFeedback } from './sendFeedback.ts';

export function feedbackFeature({ ready }: Ground, { chats, documents }: { readonly chats: Chats; readonly documents: ReadOnlyTexts }) {
	return {
		commands: { 'tiller.sendFeedback': () => sendFeedback({ ready, activeThread: () => chats.active.active.id, documents }) },
	} satisfies Feature;
}
