/** Composition root: the one place that puts the features of the extension together. */
import type * as vscode from 'vscode';
import { accountFeature } from './account/accountFeature.ts';
import { agentsFeature } from './agents/agentsFeature.ts';
import { approvalsFeature } from './approvals/approvalsFeature.ts';
import { blameFeature } from './blame/blameFeature.ts';
import { chatFeature } from './chat/chatFeature.ts';
import { Chats } from './chat/chats.ts';
import { contextFeature } from './context/contextFeature.ts';
import { editsFeature } from './edits/editsFeature.ts';
import { canonicalPath } from './edits/fileIdentity.ts';
import { effectiveSettingsFeature } from './effectiveSettings/effectiveSettingsFeature.ts';
import { registerFeatures } from './features.ts';
import { feedbackFeature } from './feedback/feedbackFeature.ts';
import { createGround } from './ground.ts';
import { hooksFeature } from './hooks/hooksFeature.ts';
import { languageModelsFeature } from './languageModels/languageModelsFeature.ts';
import { mcpFeature } from './mcp/mcpFeature.ts';
import { migrationFeature } from './migration/migrationFeature.ts';
import { pluginsFeature } from './plugins/pluginsFeature.ts';
import { problemsFeature } from './problems/problemsFeature.ts';
import { providersFeature } from './providers/providersFeature.ts';
import { ReadOnlyTexts } from './readOnlyTexts.ts';
import { resourcesFeature } from './resources/resourcesFeature.ts';
import { reviewFeature } from './review/reviewFeature.ts';
import { scmFeature } from './scm/scmFeature.ts';
import { serverFeature } from './server/serverFeature.ts';
import { skillsFeature } from './skills/skillsFeature.ts';
import { threadsFeature } from './threads/threadsFeature.ts';
import { threadTextFeature } from './threadText/threadTextFeature.ts';
import { goalsFeature } from './goals/goalsFeature.ts';
import { threadStoreFeature } from './threadStore/threadStoreFeature.ts';
import { turnsFeature } from './turns/turnsFeature.ts';
import { WorktreeList } from './worktrees/worktreeList.ts';
import { worktreesFeature } from './worktrees/worktreesFeature.ts';

export function activate(extension: vscode.ExtensionContext): void {
	const ground = createGround(extension);
	const chats = new Chats();
	const documents = ground.own(new ReadOnlyTexts());

	const edits = editsFeature(ground);
	const review = reviewFeature(ground, chats);
	const worktrees = ground.own(new WorktreeList(canonicalPath));
	const threads = threadsFeature(ground, { chats, reviews: review.reviews, worktrees });
	const threadText = threadTextFeature(ground, threads);
	const approvals = approvalsFeature(ground, { chats, threads });
	const context = contextFeature(ground, chats);
	const problems = problemsFeature(ground, context);
	const account = accountFeature(ground, chats);
	const resources = resourcesFeature(ground);
	const chat = chatFeature(ground, chats, {
		threads,
		worktrees,
		texts: threadText.texts,
		conflicts: edits.conflicts,
		problems: problems.problems,
		terminals: context.terminals,
		account: account.account,
		review,
		resources: resources.meter(),
	});

	// In the order in which they hear of the server.
	registerFeatures(ground, [
		approvals,
		review,
		chat,
		threads,
		account,
		languageModelsFeature(ground, chats),
		providersFeature(ground, chats),
		blameFeature(ground, chats),
		threadText,
		problems,
		hooksFeature(ground, chats),
		edits,
		context,
		resources,
		scmFeature(ground, chats),
		agentsFeature(ground, { chats, threads, worktrees, approvals }),
		turnsFeature(ground, threads),
		threadStoreFeature(ground, threads),
		goalsFeature(ground, { chats, threads }),
		worktreesFeature(ground, { chats, threads, list: worktrees, documents }),
		mcpFeature(ground, chats),
		skillsFeature(ground, chats),
		pluginsFeature(ground, chats),
		migrationFeature(ground, { chats, documents }),
		feedbackFeature(ground, { chats, documents }),
		effectiveSettingsFeature(chats),
		serverFeature(ground),
	]);
	chat.begin();
}
