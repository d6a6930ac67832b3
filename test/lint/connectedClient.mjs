/**
 * A lint rule: a command that needs the server is one of a feature's `clientCommands` and is handed a client that is connected. Only what is
 * asked for by the page, by an editor or again and again waits for the client of the moment by itself, and it stands here.
 */
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

const allowed = [
	'extension/features.ts',
	'extension/ground.ts',
	// The page asks.
	'extension/apps/chatApps.ts',
	'extension/chat/',
	'extension/context/mentions.ts',
	'extension/prompts/serverPrompts.ts',
	// VS Code asks: models, documents and folded parts of them.
	'extension/languageModels/editorModels.ts',
	'extension/threadText/',
	// They look again and again, as long as they are shown.
	'extension/resources/resourceMeter.ts',
	'extension/threads/threadSearch.ts',
	// They need the server for some files only: those that are no text.
	'extension/review/reviewActions.ts',
	'extension/review/threadChanges.ts',
	// Signing out forgets the key also where no server comes.
	'extension/account/account.ts',
];

export const connectedClient = {
	create(context) {
		const file = path.relative(root, context.filename).split(path.sep).join('/');
		if (!file.startsWith('extension/') || file.endsWith('.test.ts') || allowed.some((each) => file.startsWith(each))) return {};
		return {
			CallExpression: (node) => {
				const { callee } = node;
				const name = callee.type === 'MemberExpression' ? callee.property.name : callee.name;
				if (name === 'ready') {
					context.report({
						node,
						message: 'A command that needs the server is one of `clientCommands` and gets its client (test/lint/connectedClient.mjs).',
					});
				}
			},
		};
	},
};
