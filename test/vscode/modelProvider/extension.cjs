/** An extension that brings a scripted model to VS Code, as Copilot brings its own. What it was asked, and what it says, is in its exports. */
const vscode = require('vscode');

exports.activate = (context) => {
	const asked = [];
	/** One function for each request: `(report, messages, token) => Promise<void>`. */
	const script = [];
	const provider = {
		provideLanguageModelChatInformation: () => [
			{
				id: 'scripted',
				name: 'Scripted',
				family: 'tests',
				version: '1',
				maxInputTokens: 50_000,
				maxOutputTokens: 1000,
				capabilities: { toolCalling: true, imageInput: true },
			},
			{
				id: 'words-only',
				name: 'Words Only',
				family: 'tests',
				version: '1',
				maxInputTokens: 4000,
				maxOutputTokens: 1000,
				capabilities: {},
			},
		],
		provideLanguageModelChatResponse: async (_model, messages, options, progress, token) => {
			asked.push({ messages, tools: options.tools ?? [] });
			const next = script.shift();
			if (next === undefined) throw vscode.LanguageModelError.NotFound('the script is over');
			await next((part) => progress.report(part), messages, token);
		},
		provideTokenCount: async () => 7,
	};
	context.subscriptions.push(vscode.lm.registerLanguageModelChatProvider('tiller-tests', provider));
	return { asked, script };
};
