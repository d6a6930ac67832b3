/** What the lists and texts of threads say to people. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const threadWords = {
	elsewhere: () => t('Other Folders'),
	archived: () => t('Archived'),
	noneElsewhere: () => t('No threads of other folders.'),
	noneArchived: () => t('No archived threads.'),
	noneHere: () => t('No threads in this folder yet.'),
	pinned: () => t('pinned'),
	agent: () => t('agent'),
	toReview: (files: number) => (files === 1 ? t('1 file to review') : t('{0} files to review', files)),
	onDisk: (count: string) => (count === '1' ? t('1 thread of another folder is on disk.') : t('{0} threads of other folders are on disk.', count)),
	onlyArchived: () => t('There are archived ones.'),

	deleteQuestion: (name: string) => t('Delete "{0}"?', name),
	deleteDetail: () => t('Its messages, and what is kept to undo its changes, are removed for good. Files that it changed stay as they are.'),
	deleteButton: () => t('Delete'),
	notDone: (message: string) => t('It did not work: {0}', message),
	forkWhole: () => t('The whole thread'),
	forkPlaceholder: () => t('Where does the new thread part from this one?'),
	forkAfter: (title: string) => t('After: {0}', title),

	messagePrompt: () => t('Message to Tiller'),
	steerPrompt: () => t('Message to the running turn'),
	messageKept: (message: string) => t('The message was not sent; it is in the clipboard. {0}', message),
	reviewPlaceholder: () => t('What is the agent to review?'),
	reviewUncommitted: () => t('Uncommitted changes'),
	reviewUncommittedDetail: () => t('What is staged, not staged, or new'),
	reviewBranch: () => t('Against a branch…'),
	reviewBranchDetail: () => t('What this branch would bring into another one'),
	reviewBranchPrompt: () => t('Which branch is it to be compared with?'),
	reviewCommit: () => t('A commit…'),
	reviewCommitPrompt: () => t('Which commit?'),
	reviewCustom: () => t('In my own words…'),
	reviewCustomPrompt: () => t('What is to be reviewed, and for what?'),

	searchPlaceholder: () => t('Words in messages, commands, paths and changes; "in quotes" just so'),
	searchTitle: () => t('Search Threads'),
	searchNothing: () => t('Nothing was found.'),
	searchIncomplete: () => t('Older threads are still being indexed; there may be more.'),
	searchMore: () => t('Show more…'),
	searchEverywhere: () => t('In all folders; click to search this workspace only'),
	searchHere: () => t('In this workspace; click to search all folders'),
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
