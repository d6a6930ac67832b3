/** What the commands about worktrees say to people. */
import * as vscode from 'vscode';
import type { RefusalReason } from './decideChange.ts';

const t = vscode.l10n.t;

export const worktreeWords = {
	namePrompt: () => t('Name for the worktree and its branch. Leave empty to generate one.'),
	title: () => t('New Thread in a Worktree'),
	startPlaceholder: () => t('Select what the worktree starts from'),
	startFolder: () => t('Current folder'),
	startFolderDetail: () => t('With your uncommitted changes and new files'),
	startCommit: () => t('Last commit'),
	startCommitDetail: () => t('Without your uncommitted changes'),
	startBranch: () => t('A branch…'),
	branchPrompt: () => t('Select the branch to start from'),
	startOther: () => t('Another commit…'),
	commitPrompt: () => t('Select the commit to start from'),
	creating: () => t('Creating a worktree…'),
	notAbsolute: (folder: string) => t('"tiller.worktrees.folder" must be an absolute path, not {0}.', folder),

	setupQuestion: () => t('Run the setup commands of this repository?'),
	setupDetail: () => t('The commands run in the new worktree, on this computer, with your permissions. You are asked again only if they change.'),
	setupRun: () => t('Run'),
	setupSkip: () => t('Skip'),
	setupTask: (name: string) => t('Set up {0}', name),
	setupRunning: (command: string) => t('Setting up the worktree: {0}', command),
	setupFailed: (command: string, code: string) =>
		t('Setup stopped: {0} ended with exit code {1}. The thread starts without the rest.', command, code),

	none: () => t('There are no worktrees. Start one with New Thread in a Worktree.'),
	pick: () => t('Select a worktree'),
	missing: (folder: string) => t('The folder of the worktree is missing: {0}', folder),

	comparing: () => t('Comparing the worktree with your folder…'),
	nothingToApply: (name: string) => t('Your folder already has everything from {0}.', name),
	applyTitle: (name: string) => t('Apply {0} to My Folder', name),
	applyPlaceholder: () => t('Clear what you do not want, then press Enter. You can undo the whole edit.'),
	compare: () => t('Compare'),
	compareTitle: (file: string, name: string) => t('{0} (with {1})', file, name),
	outcomeNew: () => t('new'),
	outcomeChanged: () => t('changed'),
	outcomeDeleted: () => t('will be deleted'),
	outcomeBytes: () => t('will be replaced'),
	outcomeConflict: () => t('conflict: both versions, with conflict markers'),
	myFolder: () => t('My Folder'),
	applied: (count: number, name: string) => (count === 1 ? t('Applied 1 file from {0}.', name) : t('Applied {0} files from {1}.', count, name)),
	conflicts: (count: number) => (count === 1 ? t('1 file has conflict markers.') : t('{0} files have conflict markers.', count)),
	leftOut: (files: string) => t('Not applied: {0}.', files),
	leftOutFile: (file: string, reason: string) => `${file} (${reason})`,
	unticked: () => t('not selected'),
	editRefused: () => t('VS Code refused the edit, because the files kept changing. Nothing was applied.'),
	notApplied: (name: string) => t('Nothing from {0} was applied.', name),
	reason: (reason: RefusalReason): string =>
		({
			link: t('a symbolic link'),
			submodule: t('a submodule'),
			changedHere: t('your version differs'),
			deletedHere: t('you deleted it'),
			unsaved: t('unsaved edits'),
			unresolved: t('unresolved conflicts'),
			noText: t('not a text file here'),
		})[reason],
	throughLink: () => t('its folder is a symbolic link'),
	tooLarge: () => t('too large'),

	removeQuestion: (name: string) => t('Remove the worktree {0}? This work is nowhere else and would be lost:', name),
	remove: () => t('Remove'),
	keepBranch: () => t('Remove, Keep Branch'),
	removed: (name: string) => t('Removed the worktree {0}. Its threads are kept.', name),
	riskFiles: () => t('Files that your folder does not have like this:'),
	riskCommits: () => t('Commits that no other branch has:'),
	riskCopies: () => t('Copied files that changed:'),
	riskSubmodules: () => t('Submodules with work of their own:'),
	riskMore: (count: number) => t('and {0} more', count),
	inWorktree: (title: string, name: string) => `${title} (${name})`,
	tooltip: (name: string, folder: string) => t('Worktree {0} of {1}', name, folder),
} as const;
