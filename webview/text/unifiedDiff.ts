/** A file change as rows to show. Updates carry hunks; added and deleted files carry their whole text. */
export interface DiffRow {
	readonly kind: 'added' | 'removed' | 'context' | 'gap';
	readonly text: string;
	readonly oldLine: number | null;
	readonly newLine: number | null;
}

export interface ParsedDiff {
	readonly rows: readonly DiffRow[];
	readonly added: number;
	readonly removed: number;
}

const hunkHead = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@ ?(.*)$/;

export function parseFileDiff(kind: 'add' | 'delete' | 'update', diff: string): ParsedDiff {
	const lines = diff.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
	if (lines.at(-1) === '') {
		lines.pop();
	}
	const isPatch = kind === 'update' || lines.slice(0, 3).some((line) => hunkHead.test(line));
	return counted(isPatch ? patchRows(lines) : wholeRows(lines, kind));
}

function wholeRows(lines: readonly string[], kind: 'add' | 'delete'): readonly DiffRow[] {
	return kind === 'add'
		? lines.map((text, index): DiffRow => ({ kind: 'added', text, oldLine: null, newLine: index + 1 }))
		: lines.map((text, index): DiffRow => ({ kind: 'removed', text, oldLine: index + 1, newLine: null }));
}

function patchRows(lines: readonly string[]): readonly DiffRow[] {
	const rows: DiffRow[] = [];
	let oldLine = 0;
	let newLine = 0;
	let inHunk = false;
	for (const line of lines) {
		const head = hunkHead.exec(line);
		if (head !== null) {
			oldLine = Number(head[1]);
			newLine = Number(head[2]);
			rows.push({ kind: 'gap', text: head[3] ?? '', oldLine: null, newLine: null });
			inHunk = true;
		} else if (!inHunk) {
			// File headers: the card names the file.
		} else if (line.startsWith('+')) {
			rows.push({ kind: 'added', text: line.slice(1), oldLine: null, newLine: newLine++ });
		} else if (line.startsWith('-')) {
			rows.push({ kind: 'removed', text: line.slice(1), oldLine: oldLine++, newLine: null });
		} else if (line.startsWith(' ')) {
			rows.push({ kind: 'context', text: line.slice(1), oldLine: oldLine++, newLine: newLine++ });
		}
	}
	// The gap before the first hunk says nothing when the hunk begins the file.
	return rows[0]?.kind === 'gap' && (rows[1]?.oldLine ?? rows[1]?.newLine ?? 0) <= 1 ? rows.slice(1) : rows;
}

function counted(rows: readonly DiffRow[]): ParsedDiff {
	return { rows, added: rows.filter((row) => row.kind === 'added').length, removed: rows.filter((row) => row.kind === 'removed').length };
}
