/** Why something is not imported, or stays when an import is undone. */
import * as vscode from 'vscode';
import type { ExternalAgentConfigReasonCode, ExternalAgentConfigSkipped } from '../../server/protocol/integrations/externalAgentConfig.ts';

const t = vscode.l10n.t;

const reasonWords: Readonly<Record<ExternalAgentConfigReasonCode, (value: string) => string>> = {
	gone: () => t('it no longer exists'),
	unreadable: (reason) => t('it cannot be read: {0}', reason),
	notObject: () => t('it must contain an object'),
	invalidJson: (error) => t('its JSON is not valid: {0}', error),
	invalidHead: (error) => t('its front matter is not valid: {0}', error),
	headNotTable: () => t('its front matter is not a table'),
	noName: () => t('it has no name'),
	noUsableName: () => t('its name has no letter or digit'),
	noDescription: () => t('it has no description'),
	noInstructions: () => t('it has no instructions'),
	exists: (name) => t('{0} already exists', name),
	imported: () => t('it was already imported'),
	sameName: (names) => t('these would get the same name: {0}', names),
	takesArguments: () => t('it takes arguments'),
	runsCommand: () => t('it runs a command while it is read'),
	includesFile: () => t('it includes a file'),
	notScalar: () => t('it is not a string, number, or boolean'),
	notTable: () => t('it is not a table'),
	notList: () => t('it is not a list'),
	switchedOff: () => t('it is switched off'),
	hooksExist: () => t('hooks already exist'),
	unknownEvent: () => t('Tiller has no such event'),
	groupWithoutHooks: () => t('a group has no list of hooks'),
	unknownGroupMember: (member) => t('a group has the unknown member {0}', member),
	matcherNotText: () => t('a matcher is not a string'),
	hookNotTable: () => t('a hook is not a table'),
	hookType: (type) => t('hooks of type {0} are not supported', type),
	asyncHook: () => t('asynchronous hooks are not supported'),
	unknownHookMember: (member) => t('a hook has the unknown member {0}', member),
	hookWithoutCommand: () => t('a hook has no command'),
	serverType: (type) => t('servers of type {0} are not supported', type),
	noCommand: () => t('it has no command'),
	argsNotTexts: () => t('its args are not a list of strings'),
	envNotTable: () => t('its env is not a table'),
	commandVariables: () => t('its command line uses variables'),
	envNotText: (name) => t('its variable {0} is not a string', name),
	envRenamed: (name) => t('its variable {0} takes the value of another one', name),
	envComposed: (name) => t('its variable {0} is built from others', name),
	noAddress: () => t('it has no HTTP address'),
	addressVariables: () => t('its address uses variables'),
	headersNotTable: () => t('its headers are not a table'),
	headerNotText: (name) => t('its header {0} is not a string', name),
	headerComposed: (name) => t('its header {0} is built from variables', name),
	notMarketplacePlugin: () => t('it is not from a marketplace'),
	installed: () => t('it is already installed'),
	unknownMarketplace: (name) => t('the location of the marketplace {0} is unknown', name),
	noMessage: () => t('it has no message from a person'),
	folderGone: () => t('its folder no longer exists'),
	changed: () => t('it was changed after the import'),
	otherPlugins: () => t('other plugins come from it'),
	turnRuns: () => t('a turn is running in it'),
	continued: () => t('it was continued after the import'),
	failed: (error) => error,
};

/** In the person's language; a reason of a newer server stays as the server says it. */
export function reasonText({ reason, code, values }: Omit<ExternalAgentConfigSkipped, 'name'>): string {
	return Object.hasOwn(reasonWords, code) ? reasonWords[code](values[0] ?? '') : reason;
}
