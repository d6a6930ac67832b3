import { t } from '../l10n.ts';

/** Questions to the person, and approvals. */
export const approvalStrings = {
	// Questions
	questionsTitle: t('Questions'),
	questionSend: t('Submit'),
	questionSkip: t('Skip'),
	questionSkipHint: t('Continue without an answer'),
	questionWords: t('Your answer'),
	questionOwnWords: t('Something else, or a note'),

	// Approvals
	approvalCommand: t('Run this command?'),
	approvalNetwork: (host: string) => t('Allow a connection to {0}?', host),
	approvalFiles: t('Make these changes?'),
	approvalPermissions: t('Allow access outside the sandbox?'),
	approvalFilesUnknown: t('The changes are no longer available, and the request names no file.'),
	approvalPosition: (count: number) => t('1 of {0}', count),
	approvalMore: t('More Options'),
	approvalReason: t('The agent says:'),
	approvalIn: (folder: string) => t('Runs in {0}', folder),
	approvalHostBy: (host: string, protocol: string) => t('Connects to {0} over {1}', host, protocol),
	approvalOutsideSandbox: t('Runs outside the sandbox, with access to all your files and the network'),
	approvalHides: t('Contains hidden characters, shown by their code. Read the text carefully before you allow it.'),
	hiddenCharacter: (code: string) => t('Hidden character {0}', code),
	approvalGrantRoot: (root: string) => t('Write access to {0} until this thread is closed', root),
	approvalNetworkAccess: t('Network access'),
	approvalRead: (path: string) => t('Read access to {0}', path),
	approvalWrite: (path: string) => t('Write access to {0}', path),
	approvalWaiting: t('Waiting for your answer'),
	approvalFailed: (message: string) => t('Your answer was not delivered: {0}', message),
	approvalAnswered: t('This request was already answered.'),
	choices: {
		accept: { name: t('Allow Once'), description: t('Runs this command once.') },
		acceptHost: { name: t('Allow Once'), description: (host: string) => t('This command may connect to {0} while it runs.', host) },
		acceptFiles: { name: t('Allow Once'), description: t('Makes these changes once.') },
		acceptForSession: {
			name: t('Allow in This Thread'),
			description: t('Runs this exact command again without asking, until the thread is closed.'),
		},
		acceptBeyondForSession: {
			name: t('Allow in This Thread'),
			description: t('Runs this exact command with these permissions again without asking, until the thread is closed.'),
		},
		acceptHostForSession: {
			name: t('Allow in This Thread'),
			description: (host: string) => t('Connects to {0} without asking, until the thread is closed.', host),
		},
		acceptFilesForSession: { name: t('Allow in This Thread'), description: t('Changes these files without asking, until the thread is closed.') },
		workspace: {
			name: t('Allow in This Workspace'),
			command: (folder: string) => t('Runs this exact command again without asking, in all threads in {0}, until you remove it.', folder),
			beyond: (folder: string) =>
				t('Runs this exact command with these permissions again without asking, in all threads in {0}, until you remove it.', folder),
			host: (host: string, folder: string) => t('Connects to {0} without asking, in all threads in {1}, until you remove it.', host, folder),
			files: (folder: string) => t('Changes these files without asking, in all threads in {0}, until you remove it.', folder),
			permissions: (folder: string) => t('Commands and changes can do this without asking, in all threads in {0}, until you remove it.', folder),
			stored: t('Saved in CODEX_HOME, not in the folder. To remove it, run "Tiller: Saved Approvals".'),
		},
		acceptRule: {
			name: t('Always Allow'),
			exactly: (rule: string) => t('Exactly "{0}", outside the sandbox, in all threads and folders, until you remove the rule.', rule),
			every: (rule: string) =>
				t('Every command that starts with "{0}", outside the sandbox, in all threads and folders, until you remove the rule.', rule),
			scripts: t('It runs project files, which can change.'),
			also: (commands: string) => t('This also allows: {0}', commands),
			stored: t('Saved in the rules folder of CODEX_HOME. To remove it, run "Tiller: Saved Approvals".'),
		},
		allowHost: {
			name: t('Always Allow Host'),
			description: (host: string) => t('Every connection to {0}, in all threads, until you remove the rule.', host),
		},
		denyHost: {
			name: t('Always Block Host'),
			description: (host: string) => t('No connection to {0}, in all threads, until you remove the rule.', host),
		},
		grantTurn: { name: t('Allow for This Turn'), description: t('Commands and changes in this turn can do this without asking.') },
		grantSession: { name: t('Allow in This Thread'), description: t('Commands and changes can do this without asking, until the thread is closed.') },
		decline: { name: t('Deny'), description: t('The agent continues without it.') },
		declineHost: { name: t('Deny'), description: t('The command continues without the connection.') },
		cancel: { name: t('Deny and Stop'), description: t('Ends the turn.') },
		unknown: { name: t('Other'), description: (text: string) => text },
	},
};
