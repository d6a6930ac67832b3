import { type ConversationSummary, ConversationSource } from '../protocol/thread/conversation.ts';
import type { StoredThread } from '../store/threadStore.ts';

/** A thread in the words of the protocol's first version. */
export function toConversationSummary(thread: StoredThread): ConversationSummary {
	const { meta } = thread;
	const source = ConversationSource.safeParse(meta.source);
	return {
		conversationId: meta.id,
		path: thread.path,
		preview: thread.preview,
		timestamp: new Date(thread.createdAt).toISOString(),
		updatedAt: new Date(thread.updatedAt).toISOString(),
		modelProvider: meta.modelProvider,
		cwd: meta.cwd,
		cliVersion: meta.cliVersion,
		source: source.success ? source.data : 'unknown',
		gitInfo: meta.git && { sha: meta.git.sha, branch: meta.git.branch, origin_url: meta.git.originUrl },
	};
}
