import type { FileSystemAccess } from '../sandbox/policy/fileSystemEntry.ts';
import { accessAt, fileView, type FileViewRequest } from '../sandbox/policy/fileView.ts';
import type { FileLookup } from '../sandbox/policy/writableRoots.ts';

/** The same rules for patches as for commands: what may be done with a path, links resolved, without asking. */
export function patchAccess(request: FileViewRequest, lookup: FileLookup): (realPath: string) => FileSystemAccess {
	const view = fileView(request, lookup);
	return (realPath) => accessAt(view, realPath);
}
