import * as vscode from 'vscode';
import { type OfferedServer, readMcpJson } from './mcpJson.ts';

/** The servers of VS Code's own `mcp.json` of the workspace folders, and of its settings. */
export async function offeredServers(): Promise<readonly OfferedServer[]> {
	const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
	const files = await Promise.all(
		folders.map(async ({ uri, name }) => {
			try {
				const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(uri, '.vscode', 'mcp.json'));
				return readMcpJson(new TextDecoder().decode(bytes), name);
			} catch {
				return [];
			}
		}),
	);
	const settings = vscode.workspace.getConfiguration('mcp').inspect<unknown>('servers')?.globalValue;
	const own = settings === undefined ? [] : readMcpJson(JSON.stringify({ servers: settings }), 'settings.json');
	return [...files.flat(), ...own];
}

/** Words of a command line as people write them: quotes hold words together. */
export function commandWords(line: string): readonly string[] {
	return [...line.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|(\S+)/g)].map(
		([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
	);
}
