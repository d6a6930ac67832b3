import * as vscode from 'vscode';

/** Opens a page in the person's browser. False when it is no web page, or nothing opened. */
export async function openAddress(url: string): Promise<boolean> {
	const uri = vscode.Uri.parse(url, true);
	return /^https?$/.test(uri.scheme) && (await vscode.env.openExternal(uri));
}
