import * as vscode from 'vscode';
import type { ProblemContext } from './contextText.ts';

const severities = { 0: 'error', 1: 'warning', 2: 'information', 3: 'hint' } as const;

/** What a problem says and where, with the line that it is about. */
export async function problemContext(
	uri: vscode.Uri,
	file: string,
	{ range, severity, message, source, code }: vscode.Diagnostic,
): Promise<ProblemContext> {
	const name = typeof code === 'object' ? code.value : code;
	const document = await vscode.workspace.openTextDocument(uri).then(
		(opened) => opened,
		() => null,
	);
	const line = range.start.line;
	return {
		file,
		line: line + 1,
		column: range.start.character + 1,
		severity: severities[severity],
		message,
		source: [source ?? '', name === undefined ? '' : String(name)].filter((part) => part !== '').join(' '),
		code: document !== null && line < document.lineCount ? document.lineAt(line).text : '',
	};
}
