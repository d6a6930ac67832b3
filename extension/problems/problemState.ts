import * as vscode from 'vscode';
import type { Problem, ProblemState } from './compareProblems.ts';

/** More than this many problems are a state of affairs that nobody compares one by one; the rest is left out. */
const MAX_PROBLEMS = 20_000;

/** What VS Code knows now of errors and warnings in files. */
export function problemState(): ProblemState {
	const problems: Problem[] = [];
	for (const [uri, diagnostics] of vscode.languages.getDiagnostics()) {
		if (!isFile(uri)) continue;
		for (const diagnostic of diagnostics) {
			const problem = toProblem(uri, diagnostic);
			if (problem !== null && problems.length < MAX_PROBLEMS) problems.push(problem);
		}
	}
	const open = vscode.workspace.textDocuments.map(({ uri }) => uri).filter(isFile);
	return { problems, open: new Set(open.map((uri) => uri.toString())) };
}

/** Null for hints and the like, which are no problems. */
export function toProblem(uri: vscode.Uri, { range, severity, message, source, code }: vscode.Diagnostic): Problem | null {
	if (severity !== vscode.DiagnosticSeverity.Error && severity !== vscode.DiagnosticSeverity.Warning) return null;
	const name = typeof code === 'object' ? code.value : code;
	return {
		uri: uri.toString(),
		line: range.start.line + 1,
		column: range.start.character + 1,
		severity: severity === vscode.DiagnosticSeverity.Error ? 'error' : 'warning',
		message,
		source: [source ?? '', name === undefined ? '' : String(name)].filter((part) => part !== '').join(' '),
	};
}

/** Not the texts of a git index, of a comparison, or of an output channel: what they say is said of the file too. */
function isFile({ scheme }: vscode.Uri): boolean {
	return scheme === 'file' || scheme === 'vscode-notebook-cell' || scheme === 'vscode-remote';
}
