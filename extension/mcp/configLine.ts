/** The first line of a TOML text that says something of this path, counted from zero; null when none does. */
export function configLine(text: string, path: readonly string[]): number | null {
	let table: readonly string[] = [];
	for (const [line, source] of text.split('\n').entries()) {
		const header = /^\s*\[\[?([^\]]*)\]/.exec(source)?.[1];
		if (header !== undefined) table = segmentsOf(header);
		const key = header === undefined ? /^\s*((?:"(?:[^"\\]|\\.)*"|'[^']*'|[\w-]|[.\t ])+?)\s*=/.exec(source)?.[1] : '';
		if (key === undefined) continue;
		const named = [...table, ...segmentsOf(key)];
		if (path.every((segment, index) => named[index] === segment)) return line;
	}
	return null;
}

/** The parts of a dotted key, bare or in quotes. */
function segmentsOf(key: string): readonly string[] {
	return [...key.matchAll(/"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+)/g)].map(
		([, double, single, bare]) => double?.replace(/\\(.)/g, '$1') ?? single ?? bare ?? '',
	);
}
