import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import type { ReadOnlyTexts } from '../readOnlyTexts.ts';
import { sendFeedback } from './sendFeedback.ts';

export function feedbackFeature(_ground: Ground, { chats, documents }: { readonly chats: Chats; readonly documents: ReadOnlyTexts }) {
	return {
		clientCommands: { 'tiller.sendFeedback': (client) => sendFeedback(client, { activeThread: () => chats.active.active.id, documents }) },
	} satisfies Feature;
}
