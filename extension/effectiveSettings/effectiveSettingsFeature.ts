import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import { showEffectiveSettings } from './effectiveSettings.ts';

export function effectiveSettingsFeature(chats: Chats) {
	return { clientCommands: { 'tiller.showEffectiveSettings': (client) => showEffectiveSettings(client, chats.folder()) } } satisfies Feature;
}
