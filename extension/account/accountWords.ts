import * as vscode from 'vscode';

const t = vscode.l10n.t;

/** Signing in and out. */
export const accountWords = {
	title: () => t('Sign In'),
	placeholder: () => t('Select how to sign in'),
	browser: () => t('ChatGPT'),
	browserWayDetail: () => t('Use your ChatGPT plan. Sign in with the browser on this computer.'),
	device: () => t('ChatGPT with a code'),
	deviceDetail: () => t('Use your ChatGPT plan. Enter a code in a browser on any device.'),
	key: () => t('OpenAI API key'),
	keyDetail: () => t('Pay per use. VS Code keeps the key in its secret storage.'),
	keyTitle: () => t('Sign in to OpenAI'),
	keyPrompt: () => t('API key. VS Code stores it in its secret storage and passes it to the Tiller server.'),
	keyEmpty: () => t('Enter an API key.'),
	browserQuestion: (host: string) => t('Sign in with ChatGPT at {0}?', host),
	browserDetail: () => t('The browser opens this address. Tiller gets a token that only you can read.'),
	openBrowser: () => t('Open Browser'),
	codeQuestion: (code: string, host: string) => t('Your code for {1}: {0}', code, host),
	codeDetail: () => t('Enter the code on the page that opens. Never give it to anyone who asks you for it.'),
	copyAndOpen: () => t('Copy Code and Open Browser'),
	waiting: () => t('Signing in with ChatGPT: continue in the browser.'),
	waitingForCode: (code: string) => t('Signing in with ChatGPT: enter the code {0} in the browser.', code),
	signedIn: () => t('Signed in.'),
	signedInAs: (who: string) => t('Signed in as {0}.', who),
	signedOut: () => t('Signed out.'),
	failed: (message: string) => t('Sign-in failed: {0}', message),
	tryAgain: () => t('Try Again'),
	useCode: () => t('Use a Code'),
	apiKey: () => t('API key'),
	notNeeded: () => t('No sign-in needed'),
};
