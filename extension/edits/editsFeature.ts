import * as vscode from 'vscode';
import type { Feature } from '../feature.ts';
import type { Ground } from '../ground.ts';
import { parseParams } from '../server/parseParams.ts';
import { applyRequests, readUnsaved } from './applyRequest.ts';
import { Conflicts } from './conflicts.ts';
import { EditorSaves } from './editorSaves.ts';
import { forgetPaths } from './fileIdentity.ts';

/** Changes files for the server, through the editors. */
export function editsFeature({ server, log, own }: Ground) {
	const conflicts = new Conflicts();
	const apply = applyRequests(conflicts);
	own(
		new EditorSaves({
			client: () => (server.state.type === 'ready' ? server.state.client : null),
			failed: (error) => log.warn(`A save could not be told to the server: ${String(error)}`),
		}),
	);
	own(vscode.workspace.onDidChangeWorkspaceFolders(forgetPaths));
	own(vscode.workspace.onDidGrantWorkspaceTrust(forgetPaths));
	const feature = {
		answers: {
			'item/fileChange/apply': async ({ params }) => {
				const { FileChangeApplyParams } = await import('../../server/protocol/approval/fileChangeApply.ts');
				return await apply(parseParams(FileChangeApplyParams, params));
			},
			'item/fileChange/readUnsaved': async ({ params }) => {
				const { FileChangeReadUnsavedParams } = await import('../../server/protocol/approval/fileChangeApply.ts');
				return readUnsaved(parseParams(FileChangeReadUnsavedParams, params));
			},
		},
	} satisfies Feature;
	return { ...feature, conflicts };
}
