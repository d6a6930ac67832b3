import path from 'node:path';
import * as vscode from 'vscode';
import { words } from '../../words.ts';
import { workspaceRoots } from '../../workspaceRoots.ts';
import { placesOf } from './picturePlaces.ts';

/** Larger ones are opened in an editor. Bytes. */
const MAX_BYTES = 8_000_000;
const kinds: Readonly<Record<string, string>> = {
	png: 'png',
	jpg: 'jpeg',
	jpeg: 'jpeg',
	gif: 'gif',
	webp: 'webp',
	avif: 'avif',
	bmp: 'bmp',
	svg: 'svg+xml',
};

/**
 * A picture that a message names, as an address for the page. Only what lies in the thread's folder or the workspace: a name may lead to
 * another computer, and looking there would tell that one who looks. Throws with words for a person.
 */
export async function readPicture(named: string, cwd: string | null): Promise<string> {
	const kind = kinds[path.extname(named).slice(1).toLowerCase()];
	const folders = [...(cwd === null ? [] : [cwd]), ...workspaceRoots().map((root) => root.path)];
	for (const file of placesOf(named, folders)) {
		const uri = vscode.Uri.file(file);
		const size = await vscode.workspace.fs.stat(uri).then(
			(stat) => stat.size,
			() => null,
		);
		if (size === null) continue;
		if (kind === undefined || size > MAX_BYTES) break;
		return `data:image/${kind};base64,${Buffer.from(await vscode.workspace.fs.readFile(uri)).toString('base64')}`;
	}
	throw new Error(words.fileGone(named));
}
