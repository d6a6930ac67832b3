import * as vscode from 'vscode';
import { textReplacements } from './mergeTexts.ts';

/** What turns a document into a text, by whole lines and with the line ends of the document. */
export function textEdits(document: vscode.TextDocument, text: string): vscode.TextEdit[] {
	const eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
	return textReplacements(document.getText(), text).map(({ start, end, text: lines }) => {
		const range = new vscode.Range(start.line, start.character, end.line, end.character);
		return vscode.TextEdit.replace(range, eol === '\n' ? lines : lines.replaceAll('\n', eol));
	});
}
