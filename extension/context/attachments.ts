import * as vscode from 'vscode';
import type { Attachment } from '../../webview/channel/attachment.ts';
import type { PageRequests } from '../../webview/channel/requests/pageRequests.ts';
import { newestTurns } from '../threadText/turnPages.ts';
import type { Client } from '../server/client.ts';
import { words } from '../words.ts';
import { agentFile, agentPath } from './agentFile.ts';
import { attachmentText, conversationText } from './attachmentContent.ts';
import { problemContext } from './problemContext.ts';
import { fileText, problemsText, type TerminalContext, terminalText } from './contextText.ts';

/** What goes into the words of the message, and what goes along with it. */
export type Attached = PageRequests['attach']['result'];

const MAX_ENTRIES = 300;
/** Bytes of a picture that goes along as it is. */
const MAX_PICTURE = 4_000_000;
/** Bytes of a file that is read to see whether it is text. */
const MAX_FILE = 50_000_000;
const pictures: Readonly<Record<string, string>> = { png: 'png', jpg: 'jpeg', jpeg: 'jpeg', gif: 'gif', webp: 'webp' };

/** The text as the editor has it, also when it is not saved; a picture as a picture. Throws with words for a person. */
export async function fileAttachment(uri: vscode.Uri): Promise<Attached> {
	const file = agentFile(uri);
	if (file.type === 'refused') throw new Error(file.message);
	const { size } = await vscode.workspace.fs.stat(uri);
	const picture = pictures[uri.path.slice(uri.path.lastIndexOf('.') + 1).toLowerCase()];
	if (picture !== undefined) {
		if (size > MAX_PICTURE) throw new Error(words.attachTooLarge(file.name));
		const content = `data:image/${picture};base64,${Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('base64')}`;
		return { words: fileText(file.name), attachment: { kind: 'image', label: file.name, content, tokens: PICTURE_TOKENS, cut: false } };
	}
	if (size > MAX_FILE) throw new Error(words.attachTooLarge(file.name));
	const document = await vscode.workspace.openTextDocument(uri).then(
		(opened) => opened,
		() => {
			throw new Error(words.attachNotText(file.name));
		},
	);
	return { words: fileText(file.name), attachment: text('file', file.name, document.getText()) };
}

/** Pictures are made smaller by the server; this is the most that one costs then. */
const PICTURE_TOKENS = 1600;

/** The names in it. */
export async function folderAttachment(uri: vscode.Uri): Promise<Attached> {
	const path = agentPath(uri.fsPath);
	const entries = await vscode.workspace.fs.readDirectory(uri);
	const names = entries.map(([name, type]) => ((type & vscode.FileType.Directory) === 0 ? name : `${name}/`)).toSorted();
	const rest = names.length - MAX_ENTRIES;
	const content = [...names.slice(0, MAX_ENTRIES), ...(rest > 0 ? [`(and ${rest} more)`] : [])].join('\n');
	return { words: fileText(path), attachment: { ...text('folder', `${path}/`, content), cut: rest > 0 } };
}

/** Whole lines. */
export function rangeAttachment(document: vscode.TextDocument, range: vscode.Range, kind: 'selection' | 'symbol'): Attached {
	const first = range.start.line;
	const last = range.end.character === 0 && range.end.line > first ? range.end.line - 1 : range.end.line;
	const lines = document.getText(new vscode.Range(first, 0, last, Number.MAX_SAFE_INTEGER));
	const path = agentPath(document.uri.fsPath);
	const at = first === last ? `${first + 1}` : `${first + 1}-${last + 1}`;
	return { words: `${fileText(path)}:${at}`, attachment: text(kind, `${path}:${at}`, lines) };
}

export async function problemsAttachment(
	label: string,
	problems: readonly { readonly uri: vscode.Uri; readonly diagnostic: vscode.Diagnostic }[],
): Promise<Attached> {
	const contexts = [];
	for (const { uri, diagnostic } of problems) contexts.push(await problemContext(uri, agentPath(uri.fsPath), diagnostic));
	// Its first line asks to fix them, which is for the person to say.
	const list = problemsText(contexts).split('\n').slice(1).join('\n').trim();
	return { words: '', attachment: text('problems', label, list) };
}

export function terminalAttachment(command: TerminalContext): Attached {
	return { words: '', attachment: text('terminal', `${command.terminal}: ${command.command.slice(0, 60)}`, terminalText(command).trim()) };
}

/** What was said last in another thread. */
export async function threadAttachment(client: Client, { id, title }: { readonly id: string; readonly title: string }): Promise<Attached> {
	const { turns, cursor } = await newestTurns(client, id, null);
	const { content, cut } = conversationText(turns);
	return { words: '', attachment: { ...text('thread', title, content), cut: cut || cursor !== null } };
}

function text(kind: Attachment['kind'], label: string, whole: string): Attachment {
	return { kind, label, ...attachmentText(whole) };
}
