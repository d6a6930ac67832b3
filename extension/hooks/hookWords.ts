import * as vscode from 'vscode';
import type { HookSource, HookTrustStatus } from '../../server/protocol/integrations/hook.ts';

const t = vscode.l10n.t;

export const hookWords = {
	title: () => t('Hooks'),
	placeholder: () => t('Commands that run at events of a turn. Press Enter to trust one or switch it on or off.'),
	none: () => t('No hooks'),
	noneDetail: () => t('Hooks are defined in hooks.json or config.toml, for all your folders or for one.'),
	trust: () => t('Trust'),
	trustQuestion: () => t('Trust this hook?'),
	trustDetail: () => t('The command runs on this computer without asking, with your permissions, in threads that you start from now on.'),
	trustAgain: () => t('The hook changed after you trusted it.'),
	distrust: () => t('Revoke Trust'),
	distrustDetail: () => t('The hook stops running.'),
	switchOff: () => t('Switch Off'),
	switchOn: () => t('Switch On'),
	open: () => t('Open'),
	runsAt: (event: string, matcher: string | null) => (matcher === null ? t('Runs at {0}', event) : t('Runs at {0} for {1}', event, matcher)),
	definedIn: (file: string) => t('Defined in {0}', file),
	ofPlugin: (plugin: string) => t('From the plugin {0}', plugin),
	off: () => t('off'),
	state: (trust: HookTrustStatus) =>
		({ managed: t('required'), trusted: t('trusted'), untrusted: t('not trusted'), modified: t('changed, not trusted') })[trust],
	source: (source: HookSource) =>
		({
			user: t('[User]'),
			project: t('[Repo]'),
			plugin: t('[Plugin]'),
			system: t('[Machine]'),
			mdm: t('[Organization]'),
			cloudRequirements: t('[Organization]'),
			legacyManagedConfigFile: t('[Organization]'),
			legacyManagedConfigMdm: t('[Organization]'),
			sessionFlags: t('[Command line]'),
			unknown: '',
		})[source],
	/** The notice about hooks that nobody has decided on. */
	asks: (untrusted: number, modified: number) => {
		if (modified === 0)
			return untrusted === 1 ? t('1 hook does not run until you trust it.') : t('{0} hooks do not run until you trust them.', untrusted);
		if (untrusted === 0)
			return modified === 1
				? t('1 hook changed and does not run until you trust it again.')
				: t('{0} hooks changed and do not run until you trust them again.', modified);
		return t('{0} hooks are new or changed and do not run until you trust them.', untrusted + modified);
	},
	review: () => t('Review Hooks'),
} as const;
