export interface PathTranslation {
	readonly toServer: (text: string) => string;
	readonly toTest: (text: string) => string;
}

/** Between a folder of this machine and the name that it has for a program in Wine (its disk `Z:` is the root of this machine). */
export function pathTranslation(root: string): PathTranslation {
	const windowsRoot = `Z:${root.replaceAll('/', '\\')}`;
	const pattern = new RegExp(`${windowsRoot.replaceAll(/[\\.*+?^${}()|[\]]/g, '\\$&')}((?:\\\\[^\\s"'<>|:*?\\\\]+)*)`, 'gi');
	return {
		// Only what is a path as a whole: in a text or a command the test means what it wrote.
		toServer: (text) => (text === root || text.startsWith(`${root}/`) ? windowsRoot + text.slice(root.length).replaceAll('/', '\\') : text),
		toTest: (text) => text.replaceAll(pattern, (_, rest: string) => root + rest.replaceAll('\\', '/')),
	};
}
