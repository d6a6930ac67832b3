import { t } from '../l10n.ts';

/** Questions to the person, and approvals. */
export const approvalStrings = {
	// Approvals
	questionsTitle: t('Questions'),
	questionSend: t('Answer'),
	questionSkip: t('Skip'),
	questionSkipHint: t('Goes on without an answer'),
	questionWords: t('Your answer'),
	questionOwnWords: t('In your own words, or a note'),
	approvalCommand: t('Run this command?'),
	approvalNetwork: (host: string) => t('Allow a connection to {0}?', host),
	approvalFiles: t('Make these changes?'),
	approvalPermissions: t('Open the sandbox for this?'),
	approvalFilesUnknown: t('The changes are no longer in view; the request names no file.'),
	approvalPosition: (count: number) => t('1 of {0}', count),
	approvalReason: t('Reason'),
	approvalFolder: t('Folder'),
	approvalAlso: t('Also asks for'),
	approvalAsks: t('Asks for'),
	approvalGrantRoot: (root: string) => t('Write access to {0} until this thread is closed', root),
	approvalNetworkAccess: t('Network access'),
	approvalRead: (path: string) => t('Reading {0}', path),
	approvalWrite: (path: string) => t('Writing {0}', path),
	approvalWaiting: t('Waiting for your answer'),
	approvalFailed: (message: string) => t('Your answer did not arrive: {0}', message),
	approvalAnswered: t('This was already answered elsewhere.'),
	approvalKeys: (accept: string) => t('{0} allows once. With the card focused: 1 to 9 choose, Esc denies.', accept),
	choices: {
		accept: { name: t('Allow once'), description: t('This command, now.') },
		acceptFiles: { name: t('Allow once'), description: t('These changes, now.') },
		acceptForSession: { name: t('Allow in this thread'), description: t('The same command again without asking, until the thread is closed.') },
		acceptFilesForSession: { name: t('Allow in this thread'), description: t('Changes to these files without asking, until the thread is closed.') },
		acceptRule: {
			name: t('Always allow'),
			exactly: (rule: string) => t('Exactly "{0}", outside the sandbox, in all threads and folders, until you remove the rule.', rule),
			every: (rule: string) =>
				t('Every command that begins with "{0}", outside the sandbox, in all threads and folders, until you remove the rule.', rule),
			scripts: t('What it does is up to files of the project, which may change.'),
			also: (commands: string) => t('Also allowed: {0}', commands),
		},
		allowHost: {
			name: t('Always allow host'),
			description: (host: string) => t('Every connection to {0}, in all threads, until you remove the rule.', host),
		},
		denyHost: {
			name: t('Always block host'),
			description: (host: string) => t('No connection to {0}, in all threads, until you remove the rule.', host),
		},
		grantTurn: { name: t('Allow for this turn'), description: t('Commands and changes of this turn may do this without asking.') },
		grantSession: { name: t('Allow in this thread'), description: t('Commands and changes may do this without asking, until the thread is closed.') },
		decline: { name: t('Deny'), description: t('The agent goes on without it.') },
		cancel: { name: t('Deny and stop'), description: t('The turn ends.') },
		unknown: { name: t('Other'), description: (text: string) => text },
	},
};
