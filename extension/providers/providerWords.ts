/** The words of setting up and removing model providers. */
import * as vscode from 'vscode';
import type { ModelProviderCheckResponse } from '../../server/protocol/account/modelProvider.ts';

const t = vscode.l10n.t;

type FailedCheck = Extract<ModelProviderCheckResponse, { status: 'failed' }>;

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
	noList: (cause: string) => t('{0} Enter the name of a model to continue.', cause),
	editTitle: () => t('Edit a Model Provider'),
	nameRow: () => t('Name'),
	idRow: () => t('ID in config.toml'),
	idPrompt: () => t('ID of the provider in config.toml. Threads and favorites that use it keep working.'),
	idWrong: () => t('Use letters, digits, hyphens, and underscores.'),
	idTaken: () => t('Another model provider has this ID.'),
	addressRow: () => t('Address'),
	keyRow: () => t('API Key'),
	modelRow: () => t('Model for New Threads'),
	testRow: () => t('Test Connection'),
	works: () => t('The provider listed its models.'),
	/** Why it did not list its models, and what to change. */
	failure: ({ reason, httpStatus, message }: FailedCheck): string => {
		const status = httpStatus === null ? '' : String(httpStatus);
		switch (reason) {
			case 'noKey':
				return t('The provider has no API key.');
			case 'keyRefused':
				return t('The provider refused the API key ({0}). Check the key.', status);
			case 'noSuchPath':
				return t('The address has no list of models ({0}). Check the address; most end in /v1.', status);
			case 'refused':
				return t('The provider answered with status {0}.', status);
			case 'connectionRefused':
				return t('Nothing listens at this address. Start the program that serves the models, or check the address.');
			case 'hostNotFound':
				return t('There is no server with this name. Check the address and your network.');
			case 'certificate':
				return t('The secure connection failed: {0}', message);
			case 'timeout':
				return t('The provider did not answer in time.');
			case 'webPage':
				return t('The address answered with a web page. Check the address; most end in /v1.');
			case 'noList':
				return t('The address answered, but not with a list of models. Check the address.');
			case 'empty':
				return t('The provider answered, but it lists no models.');
			case 'unreachable':
				return t('Could not reach the provider: {0}', message);
			default:
				return reason satisfies never;
		}
	},
	removeTitle: () => t('Remove a Model Provider'),
	remove: () => t('Remove'),
	removeQuestion: (name: string) => t('Remove {0} and its key? Threads that used it keep their history.', name),
	noneOfYours: () => t('config.toml has no model providers.'),
} as const;
