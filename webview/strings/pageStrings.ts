import { t } from '../l10n.ts';

/** The frame of the page: what it is called, the state of the connection, changes, the empty state. */
export const pageStrings = {
	productName: 'Tiller',
	conversation: t('Conversation'),
	newThread: t('New thread'),
	untitled: t('New thread'),
	turnHeading: (count: number, preview: string) => t('Turn {0}: {1}', count, preview),
	you: t('You'),
	findLabel: t('Find in thread'),
	findNothing: t('No results'),
	findCount: (at: number, count: number) => t('{0} of {1}', at, count),
	findNext: t('Next (Enter)'),
	findPrevious: t('Previous (Shift+Enter)'),
	findClose: t('Close (Escape)'),
	textCut: t('This text is too long to be shown here.'),
	showAll: t('Show all'),
	placeGone: t('That place is not in the thread any more.'),

	// Status
	working: t('Working'),
	waitingForYou: t('Waiting for you'),
	stopping: t('Stopping'),
	starting: t('Starting Tiller…'),
	restarting: (attempt: number) => t('The server ended unexpectedly. Starting it again (attempt {0})…', attempt),
	failedTitle: t('The server is not running'),
	restart: t('Restart'),
	showLog: t('Show log'),
	restrictedTitle: t('Restricted Mode'),
	restrictedText: t('You can read threads here. Nothing runs until you trust this folder.'),
	manageTrust: t('Manage trust'),
	signedOutTitle: t('Sign in to start'),
	signedOutText: t('The model provider needs an API key. A model on this computer and the demo need none.'),
	signIn: t('Sign in'),
	openSettings: t('Open settings'),
	demoNotice: t('Demo: scripted answers, no AI.'),
	useLocalModel: t('Use a local model'),
	tryDemo: t('Try the demo'),
	silentTitle: t('No answer from the extension'),
	silentText: t(
		'The page is waiting for its data and keeps asking. "Tiller: Show Log" in the Command Palette tells more; "Developer: Reload Window" starts over.',
	),
	noFolder: t('No folder is open. Open one to let Tiller work on files.'),
	dismiss: t('Dismiss'),

	// Changes
	filesChanged: (count: number) => (count === 1 ? t('1 file changed') : t('{0} files changed', count)),
	changesUndone: t('Changes undone'),
	reviewChanges: t('Review'),
	undoTurn: t('Undo…'),
	redoTurn: t('Redo…'),
	toReview: (count: number) => (count === 1 ? t('1 to review') : t('{0} to review', count)),
	reviewHint: t('Files with changes of the agent that you have not decided on'),

	// Empty state
	welcome: t('What shall we work on?'),
	welcomeFolder: (folder: string) => t('Tiller works in {0}. It asks before it does what you have not allowed.', folder),
	suggestions: [t('Explain how this project is built'), t('Find and fix a failing test'), t('Review my uncommitted changes')],

	/** Words that the demo knows, in English only. */
	demoSuggestions: ['help', 'fix the bug'],
	beginnings: t('Ways to begin'),
	beginSignIn: { name: t('Sign in'), description: t('Use OpenAI with an API key') },
	beginLocal: { name: t('Use a local model'), description: t('Ollama or LM Studio on this computer') },
	beginDemo: { name: t('Try the demo'), description: t('Scripted, no AI, no key, no network') },
	getStarted: t('Show the first steps'),

	// Conflicts
	conflictTitle: t('Could not merge a change'),

	// Announcements
	announceWorking: t('Tiller is working'),
	announceDone: t('Tiller has finished'),
	announceStopped: t('The turn was stopped'),
	announceFailed: (message: string) => t('The turn failed. {0}', message),
	announceApproval: (what: string) => t('Approval needed: {0}', what),
	announceQuestion: (what: string) => t('Question: {0}', what),
	announceApprovalFiles: (count: number) => (count === 1 ? t('a change to 1 file') : t('changes to {0} files', count)),
};
