/** A path for a person: relative to the thread's folder when it lies inside. */
export function displayPath(path: string, cwd: string | null): string {
	const root = cwd === null ? '' : cwd.replace(/[\\/]+$/, '');
	return root !== '' && path.startsWith(root) && /^[\\/]/.test(path.slice(root.length)) ? path.slice(root.length + 1) : path;
}

export interface Root {
	readonly name: string;
	readonly path: string;
}

/** Like `displayPath`; in a workspace of several folders the path begins with the name of the one it lies in. */
export function placeOf(path: string, cwd: string | null, roots: readonly Root[]): string {
	if (roots.length < 2) return displayPath(path, cwd);
	const inside = roots.filter((root) => path === root.path || displayPath(path, root.path) !== path);
	const [root] = inside.toSorted((one, other) => other.path.length - one.path.length);
	if (root === undefined) return path;
	return path === root.path ? root.name : `${root.name}/${displayPath(path, root.path)}`;
}

export interface FileTarget {
	readonly path: string;
	readonly line?: number;
}

/** Where a link or a piece of code that names a file leads: `src/a.ts:12`, `a.ts#L12`, `file:///a.ts`. */
export function parseFileTarget(text: string): FileTarget | null {
	const decoded = safeDecode(text.replace(/^file:\/\/(?=\/)/, '').replace(/^\/(?=[a-zA-Z]:)/, ''));
	const match = /^(?<path>[^#?]+?)(?:(?::|#L?)(?<line>\d+)(?:[:-][\dL:-]*)?)?$/.exec(decoded);
	const path = match?.groups?.path;
	if (path === undefined || /[\0\n\r]/.test(path)) {
		return null;
	}
	const line = match?.groups?.line;
	return line === undefined ? { path } : { path, line: Number(line) };
}

/** Whether inline code reads like a file of the project: a folder or a line number, and an extension. */
export function looksLikeFile(code: string): boolean {
	return (
		code.length < 200 && /^(?:[\w.@~-]*\/)+[\w.@-]+\.\w{1,10}(?::\d+(?::\d+)?)?$|^[\w.@-]+\.\w{1,10}:\d+(?::\d+)?$/.test(code) && !code.includes('//')
	);
}

function safeDecode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
