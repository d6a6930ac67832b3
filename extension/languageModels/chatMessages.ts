/** The server's words for a conversation as VS Code's Language Model API has them. */
import * as vscode from 'vscode';
import type { LanguageModelContent, LanguageModelRequestParams } from '../../server/protocol/account/languageModel.ts';

type TextOrImage = Extract<LanguageModelContent, { type: 'text' | 'image' }>;

export function chatMessages(messages: LanguageModelRequestParams['messages']): vscode.LanguageModelChatMessage[] {
	return messages.map(({ role, content }) =>
		role === 'user'
			? vscode.LanguageModelChatMessage.User(content.flatMap((part) => (part.type === 'toolCall' ? [] : [userPart(part)])))
			: vscode.LanguageModelChatMessage.Assistant(content.flatMap((part) => (part.type === 'toolResult' ? [] : [assistantPart(part)]))),
	);
}

export function chatTools(tools: LanguageModelRequestParams['tools']): vscode.LanguageModelChatTool[] {
	return tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
}

function userPart(part: Exclude<LanguageModelContent, { type: 'toolCall' }>) {
	return part.type === 'toolResult' ? new vscode.LanguageModelToolResultPart(part.callId, part.content.map(textOrImage)) : textOrImage(part);
}

function assistantPart(part: Exclude<LanguageModelContent, { type: 'toolResult' }>) {
	return part.type === 'toolCall' ? new vscode.LanguageModelToolCallPart(part.callId, part.name, part.input) : textOrImage(part);
}

function textOrImage(part: TextOrImage) {
	return part.type === 'text'
		? new vscode.LanguageModelTextPart(part.text)
		: vscode.LanguageModelDataPart.image(Buffer.from(part.dataBase64, 'base64'), part.mimeType);
}
