import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { CommitMessage } from './commitMessage.ts';

export function scmFeature(_ground: Ground, chats: Chats) {
	const commitMessage = new CommitMessage({ settings: () => chats.main.active.settings });
	return { clientCommands: { 'tiller.writeCommitMessage': (client, target) => commitMessage.write(client, target) } } satisfies Feature;
}
