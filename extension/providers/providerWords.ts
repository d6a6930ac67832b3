/** The words of setting up and removing model providers. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const providerWords = {
	title: () => t('Add a Model Provider'),
	placeholder: () => t('Select the service or program that serves the models'),
	other: () => t('Another Server…'),
	otherDetail: () => t('Any server with OpenAI-compatible Chat Completions'),
	namePrompt: () => t('Name of the provider'),
	addressPrompt: () => t('Address of its API, usually ending in /v1'),
	addressWrong: () => t('Enter an address that begins with http:// or https://'),
	withKey: () => t('It needs an API key'),
	withoutKey: () => t('It needs no key'),
	keyPrompt: () => t('API key. VS Code stores it in its secret storage and passes it to the Tiller server, which keeps it in memory only.'),
	keyEmpty: () => t('Enter an API key.'),
	modelPlaceholder: () => t('Select a model for new threads'),
	noList: () =>
		t('The provider did not list its models: it may not have a list, or the address or the key is wrong. Enter the name of a model to continue.'),
	removeTitle: () => t('Remove a Model Provider'),
	remove: () => t('Remove'),
	removeQuestion: (name: string) => t('Remove {0} and its key? Threads that used it keep their history.', name),
	nothingToRemove: () => t('config.toml has no model providers.'),
} as const;
