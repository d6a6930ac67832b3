/** What the lists and texts of threads say to people. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const threadWords = {
	pageSilent: () => t('The chat did not load. Select a thread to open it as text.'),
	elsewhere: () => t('Other Folders'),
	archived: () => t('Archived'),
	noneElsewhere: () => t('No threads in other folders'),
	noneArchived: () => t('No archived threads'),
	noneHere: () => t('No threads in this folder yet'),
	pinned: () => t('pinned'),
	unread: () => t('unread'),
	agent: () => t('agent'),
	toReview: (files: number) => (files === 1 ? t('1 file to review') : t('{0} files to review', files)),
	onDisk: (count: string) => (count === '1' ? t('1 thread in other folders') : t('{0} threads in other folders', count)),
	onlyArchived: () => t('Some threads are archived.'),

	deleteQuestion: (name: string) => t('Delete "{0}"?', name),
	deleteDetail: () => t('This permanently deletes its messages and its undo history. Files that it changed are kept.'),
	deleteButton: () => t('Delete'),
	takeOverQuestion: (host: string) => t('Another server has this thread open on {0}. Take it over?', host),
	takeOverDetail: (since: string) =>
		t(
			'It has been open there since {0}. Take it over only if that server is no longer running. Otherwise the two servers overwrite each other.',
			since,
		),
	takeOverButton: () => t('Take Over'),
	notDone: (message: string) => t('Something went wrong: {0}', message),
	forkWhole: () => t('The entire thread'),
	forkPlaceholder: () => t('Select where the new thread branches off'),
	forkAfter: (title: string) => t('After: {0}', title),

	messagePrompt: () => t('Message to Tiller'),
	steerPrompt: () => t('Steer the running turn'),
	messageKept: (message: string) => t('The message was not sent. It was copied to the clipboard. {0}', message),
	reviewPlaceholder: () => t('Select what to review'),
	reviewUncommitted: () => t('Uncommitted changes'),
	reviewUncommittedDetail: () => t('Staged, unstaged, and new files'),
	reviewBranch: () => t('Compare with a branch…'),
	reviewBranchDetail: () => t('Changes that a merge would bring'),
	reviewBranchPrompt: () => t('Select a branch to compare with'),
	reviewCommit: () => t('A commit…'),
	reviewCommitPrompt: () => t('Select a commit'),
	reviewCustom: () => t('Custom review…'),
	reviewCustomPrompt: () => t('Describe what to review'),

	searchPlaceholder: () => t('Search messages, commands, paths, and changes. Use "quotes" for exact phrases.'),
	searchTitle: () => t('Search Threads'),
	searchNothing: () => t('No results'),
	searchIncomplete: () => t('Older threads are still being indexed. There may be more results.'),
	searchMore: () => t('Show more…'),
	searchEverywhere: () => t('Searching all folders. Click to search only this workspace.'),
	searchHere: () => t('Searching this workspace. Click to search all folders.'),
	searchKinds: {
		name: () => t('name'),
		userMessage: () => t('your message'),
		agentMessage: () => t('answer'),
		reasoning: () => t('reasoning'),
		commandExecution: () => t('command'),
		fileChange: () => t('change'),
		plan: () => t('plan'),
	},
} as const;
