/**
 * All commands of the extension. package.json's `contributes.commands` is checked against it, and `activate` has to give each one
 * its handler.
 */
export const commandNames = [
	'tiller.newThread',
	'tiller.focusChat',
	'tiller.stop',
	'tiller.openThread',
	'tiller.pickThread',
	'tiller.searchThreads',
	'tiller.renameThread',
	'tiller.archiveThread',
	'tiller.unarchiveThread',
	'tiller.deleteThread',
	'tiller.forkThread',
	'tiller.openThreadText',
	'tiller.exportThread',
	'tiller.findInThread',
	'tiller.compactThread',
	'tiller.reviewWithAgent',
	'tiller.pinThread',
	'tiller.unpinThread',
	'tiller.refreshThreads',
	'tiller.loadMoreThreads',
	'tiller.nextThread',
	'tiller.previousThread',
	'tiller.showApprovals',
	'tiller.savedApprovals',
	'tiller.approve',
	'tiller.decline',
	'tiller.reviewChanges',
	'tiller.nextChange',
	'tiller.previousChange',
	'tiller.keepHunk',
	'tiller.undoHunk',
	'tiller.toggleReviewed',
	'tiller.compareFile',
	'tiller.keepFile',
	'tiller.undoFile',
	'tiller.keepAll',
	'tiller.undoAll',
	'tiller.undoTurn',
	'tiller.ask',
	'tiller.addSelection',
	'tiller.addFile',
	'tiller.addTerminal',
	'tiller.fixProblems',
	'tiller.writeCommitMessage',
	'tiller.whoWroteLine',
	'tiller.fileTurns',
	'tiller.openTurn',
	'tiller.signIn',
	'tiller.signOut',
	'tiller.useLocalModel',
	'tiller.tryDemo',
	'tiller.getStarted',
	'tiller.restartServer',
	'tiller.showLog',
	'tiller.openSettings',
	'tiller.manageTrust',
] as const;

export type CommandName = (typeof commandNames)[number];
/** What a view hands to its command; from the palette it is undefined. */
export type CommandHandlers = { readonly [N in CommandName]: (argument: unknown, detail: unknown) => unknown };

/** Commands that make no sense without their view's argument and stay out of the palette. */
export const viewOnlyCommands: readonly CommandName[] = ['tiller.openThread', 'tiller.loadMoreThreads', 'tiller.openTurn'];
