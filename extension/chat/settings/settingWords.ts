/** The words of the lists that models, modes and permissions are chosen from. */
import * as vscode from 'vscode';

const t = vscode.l10n.t;

export const settingWords = {
	current: () => t('Current'),
	pickModel: () => t('Model and Reasoning Effort'),
	searchModels: () => t('Search models by name, provider or ability'),
	favourites: () => t('Favorites'),
	addFavourite: () => t('Add to Favorites'),
	removeFavourite: () => t('Remove from Favorites'),
	window: (tokens: string) => t('{0} tokens', tokens),
	price: (input: string, output: string) => t('{0} in, {1} out per million tokens', input, output),
	noTools: () => t('No tools: it cannot read or change files'),
	noImages: () => t('No images'),
	effort: () => t('Reasoning Effort'),
	otherModels: () => t('Other Models'),
	modelByName: () => t('Enter a Model Name…'),
	modelNamePrompt: () => t('Name of the model, exactly as its provider spells it'),
	signIn: () => t('Sign In to OpenAI'),
	signInDetail: () => t('Use OpenAI models with ChatGPT or an API key'),
	editorModel: () => t('Use a VS Code Model'),
	editorModelDetail: () => t('Copilot and other extensions that provide models'),
	addProvider: () => t('Add a Model Provider…'),
	addProviderDetail: () => t('Anthropic, Gemini, OpenRouter, Azure, DeepSeek, Mistral, Groq, xAI and any compatible server'),
	local: () => t('Use a Local Model'),
	localDetail: () => t('Ollama or LM Studio on this computer'),
	demo: () => t('Try the Demo'),
	demoDetail: () => t('Scripted answers. No AI, no key, no network.'),
	effortName: (effort: string): string => {
		const names: Readonly<Record<string, string>> = {
			none: t('None'),
			minimal: t('Minimal'),
			low: t('Low'),
			medium: t('Medium'),
			high: t('High'),
			xhigh: t('Extra High'),
		};
		return names[effort] ?? effort;
	},
	pickPermissions: () => t('Mode and Permissions'),
	mode: () => t('Mode'),
	modes: {
		default: { name: () => t('Agent'), detail: () => t('Does what you ask') },
		plan: { name: () => t('Plan'), detail: () => t('Explores, asks, and proposes a plan. Changes nothing.') },
	},
	permissions: () => t('Permissions'),
	approvalModes: {
		readOnly: { name: () => t('Read Only'), detail: () => t('Reads files. Asks before every edit and every command that changes something.') },
		auto: {
			name: () => t('Workspace'),
			detail: () => t('Edits files and runs commands in this folder, without network access. Asks for anything else.'),
		},
		fullAccess: { name: () => t('Full Access'), detail: () => t('Danger: runs any command anywhere, with network access, and never asks.') },
		custom: { name: () => t('Custom'), detail: () => t('Use config.toml') },
	},
	notAllowed: () => t('Your administrator does not allow this'),
	showEffectiveSettings: () => t('Show Effective Settings'),
	fullAccessQuestion: () => t('Turn on Full Access for this thread?'),
	fullAccessDetail: () =>
		t('Commands run without a sandbox and without asking. They can read and delete any file of yours, use your credentials and send data anywhere.'),
	fullAccessTurnOn: () => t('Turn On Full Access'),
} as const;
