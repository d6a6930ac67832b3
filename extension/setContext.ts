import * as vscode from 'vscode';

/** For the `when` clauses of package.json. */
export function setContext(key: string, value: string | boolean): void {
	void vscode.commands.executeCommand('setContext', key, value);
}
