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
	/** From 1. */
	readonly line?: number;
	readonly column?: number;
	readonly endLine?: number;
}

/** `a.ts:12`, `a.ts:12:5`, `a.ts:12-20`, `a.ts#L12`, `a.ts#L12-L20`, `a.ts#12,5`, `a.ts(12,5)`. */
const PLACED = /^(?<path>[^?]+?)(?::|#L?|\()(?<line>\d+)(?:[:,C](?<column>\d+))?(?:\s?[-–]\s?L?(?<end>\d+)(?:[:,C]\d+)?)?\)?$/;

/** Where a link or a piece of code that names a file leads, however it is spelled. */
export function parseFileTarget(text: string): FileTarget | null {
	const decoded = safeDecode(text.trim().replace(/^file:\/\/(?:localhost)?(?=\/)/i, '')).replace(/^\/(?=[a-zA-Z]:)/, '');
	if (decoded === '' || /[\0\n\r]/.test(decoded)) {
		return null;
	}
	const groups = PLACED.exec(decoded)?.groups;
	const path = groups?.['path'];
	if (path === undefined || /^[a-zA-Z]$/.test(path)) {
		return { path: decoded };
	}
	const number = (name: string): number | undefined => (groups?.[name] === undefined ? undefined : Number(groups[name]));
	const [line, column, endLine] = [number('line'), number('column'), number('end')];
	return {
		path,
		...(line === undefined ? {} : { line }),
		...(column === undefined ? {} : { column }),
		...(endLine === undefined ? {} : { endLine }),
	};
}

const extensions =
	'c|cc|cfg|cjs|conf|cpp|cs|css|csv|dart|ex|go|gradle|h|hpp|html|ini|java|js|json|jsonc|jsx|kt|less|lock|lua|md|mdx|mjs|php|proto|ps1|py|rb|rs|scala|scss|sh|sql|svelte|svg|swift|tf|toml|ts|tsx|txt|vue|xml|yaml|yml|zig';
const place = String.raw`(?:(?::\d+){1,2}(?:-\d+)?|#L\d+(?:-L\d+)?)?`;
const withFolder = new RegExp(String.raw`^(?:~|\.{1,2})?(?:[\w.@+-]*\/)+[\w.@+-]+\.\w{1,10}${place}$`);
const alone = new RegExp(String.raw`^[\w.@+-]+\.(?:${extensions})${place}$`, 'i');
/** Not files: they are called so. */
const products = /^(?:node|deno|vue|next|nuxt|react|three|d3|express|ember|backbone|chart|moment|socket|asp)\.(?:js|io|net)$/i;
const withPlace = /^[\w.@+-]+\.\w{1,10}:\d+(?::\d+)?(?:-\d+)?$/;

/** Whether inline code reads like a file of the project: a folder, a line number, or an extension that files have. */
export function looksLikeFile(code: string): boolean {
	return code.length < 200 && !code.includes('//') && (withFolder.test(code) || withPlace.test(code) || (alone.test(code) && !products.test(code)));
}

function safeDecode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}
