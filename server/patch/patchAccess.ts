import type { FileSystemAccess } from '../sandbox/fileSystemEntry.ts';
import { accessAt, fileView, type FileViewRequest } from '../sandbox/fileView.ts';
import type { FileLookup } from '../sandbox/writableRoots.ts';

/** The same rules for patches as for commands: what may be done with a path, links resolved, without asking. */
export function patchAccess(request: FileViewRequest, lookup: FileLookup): (realPath: string) => FileSystemAccess {
	const view = fileView(request, lookup);
	return (realPath) => accessAt(view, realPath);
}
