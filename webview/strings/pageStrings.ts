import { t } from '../l10n.ts';

/** The frame of the page: the state of the connection, changes, and what stands there before the first message. */
export const pageStrings = {
	partNotShown: t('This part cannot be shown. The log has details.'),
	hostUnreadable: t('The answer could not be read. The log has details.'),
	productName: 'Tiller',
	conversation: t('Conversation'),
	newThread: t('New Thread'),
	untitled: t('New Thread'),
	turnHeading: (count: number, preview: string) => t('Turn {0}: {1}', count, preview),
	you: t('You'),
	findLabel: t('Find in Thread'),
	findNothing: t('No results'),
	findCount: (at: number, count: number) => t('{0} of {1}', at, count),
	findNext: t('Next Match (Enter)'),
	findPrevious: t('Previous Match (Shift+Enter)'),
	findClose: t('Close (Escape)'),
	textCut: t('This text is too long to show here.'),
	showAll: t('Show All'),
	placeGone: t('This part of the thread no longer exists.'),

	// Status
	working: t('Working'),
	stopping: t('Stopping'),
	starting: t('Starting Tiller…'),
	restarting: (attempt: number) => t('The Tiller server ended unexpectedly. Restarting it (attempt {0})…', attempt),
	failedTitle: t('The Tiller server is not running'),
	restart: t('Restart'),
	showLog: t('Show Log'),
	restrictedTitle: t('Restricted Mode'),
	restrictedText: t('You can read threads. Nothing runs until you trust this folder.'),
	manageTrust: t('Manage Workspace Trust'),
	signedOutTitle: t('Set up a model'),
	signedOutText: t('This provider needs an API key. A local model and the demo need none.'),
	signIn: t('Sign In'),
	openSettings: t('Open Settings'),
	demoModel: t('Demo'),
	demoNotice: t('The demo gives scripted answers. It uses no AI.'),
	useLocalModel: t('Use a Local Model'),
	tryDemo: t('Try the Demo'),
	providerGoneTitle: (id: string) => t('The model provider "{0}" is no longer configured', id),
	providerGoneText: t('The thread is intact. Choose another model to continue, or add the provider again.'),
	addProvider: t('Add a Model Provider…'),
	silentTitle: t('The extension is not responding'),
	silentText: t(
		'The chat is waiting for its data. For details, run "Tiller: Show Log" from the Command Palette. To start over, run "Developer: Reload Window".',
	),
	noFolder: t('Open a folder to let Tiller work on files.'),
	dismiss: t('Dismiss'),

	// Changes
	filesChanged: (count: number) => (count === 1 ? t('1 file changed') : t('{0} files changed', count)),
	changesUndone: t('Changes undone'),
	reviewChanges: t('Review'),
	undoTurn: t('Undo…'),
	redoTurn: t('Redo…'),
	reviewTray: t('Changes to review'),
	toReview: (count: number) => (count === 1 ? t('1 file to review') : t('{0} files to review', count)),
	reviewHint: t('Show all changes that you have not kept or undone'),
	keepAll: t('Keep All'),
	undoAll: t('Undo All'),

	// Before the first message
	welcome: t('What should we work on?'),
	welcomeFolder: (folder: string) => t('Tiller works in {0} and asks before it does anything that you have not allowed.', folder),
	suggestionsTitle: t('Try this'),
	suggestions: [t('Explain how this project is built'), t('Find and fix a failing test'), t('Review my uncommitted changes')],
	/** Words that the demo knows, in English only. */
	demoSuggestions: ['help', 'fix the bug'],
	beginnings: t('Ways to start'),
	beginSignIn: { name: t('Sign In to OpenAI'), description: t('Use OpenAI models with ChatGPT or an API key') },
	beginLocal: { name: t('Use a Local Model'), description: t('Ollama or LM Studio on this computer') },
	beginDemo: { name: t('Try the Demo'), description: t('Scripted answers. No AI, no key, no network.') },
	getStarted: t('Open the Walkthrough'),
	noTelemetry: t('Tiller sends no telemetry. Your code goes only to the model provider that you choose.'),

	// Conflicts
	conflictTitle: t('Could not merge a change'),

	// Announcements
	announceWorking: t('Tiller is working'),
	announceDone: t('Tiller has finished'),
	announceStopped: t('Turn stopped'),
	announceFailed: (message: string) => t('Turn failed. {0}', message),
	announceApproval: (what: string) => t('Approval needed: {0}', what),
	announceQuestion: (what: string) => t('Question: {0}', what),
	announceApprovalFiles: (count: number) => (count === 1 ? t('a change to 1 file') : t('changes to {0} files', count)),
};
