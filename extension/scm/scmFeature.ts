import type { Chats } from '../chat/chats.ts';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { CommitMessage } from './commitMessage.ts';

export function scmFeature({ ready }: Ground, chats: Chats) {
	const commitMessage = new CommitMessage({ ready, settings: () => chats.main.active.settings });
	return { commands: { 'tiller.writeCommitMessage': (target) => commitMessage.write(target) } } satisfies Feature;
}
